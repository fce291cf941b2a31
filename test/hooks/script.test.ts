import { isCallOf, type Call } from '../../src/hooks/call.ts'
import { withCall, withoutCall } from '../../src/hooks/script.ts'
import { describe, equal, is, match, ok } from '../suite.ts'

const CALL: Call = { command: 'meshwright', options: [] }
const PROD: Call = { command: 'meshwright', options: ['-C', "it's prod"] }

/** The text that an edit writes. */
function written(script: string | undefined, call: Call, append = false): string {
  const edit = withCall(script, call, append)
  if (edit.kind !== 'write') throw new Error(edit.kind)
  return edit.text
}

describe('hook script', (test) => {
  test('a new one is a script for sh, and the same call twice is one', () => {
    const script = written(undefined, CALL)
    match(script, /^#!\/bin\/sh\n(?:#.*\n)meshwright hook run \|\| exit \$\?\n#.*\n$/)
    is(withCall(script, CALL, false).kind, 'unchanged')
    const moved = written(script, { command: '/opt/meshwright', options: [] })
    is(moved.match(/hook run/g)?.length, 1)
    match(moved, /^\/opt\/meshwright hook run/m)
  })

  test('one call for each mesh, and each is taken away by itself', () => {
    const one = written(undefined, CALL)
    const both = written(one, PROD)
    match(both, /^meshwright hook run \|\| exit \$\?$/m)
    match(both, /^meshwright hook run -C 'it'\\''s prod' \|\| exit \$\?$/m)
    equal(withoutCall(both, PROD), { kind: 'write', text: one })
    is(withoutCall(one, PROD).kind, 'unchanged')
    is(withoutCall(one, CALL).kind, 'remove')
    is(withoutCall(undefined, CALL).kind, 'unchanged')
  })

  test("somebody else's is left alone, or added to where it is made for that", () => {
    const foreign = '#!/bin/bash\nset -e\nnpm test'
    is(withCall(foreign, CALL, false).kind, 'foreign')
    const appended = written(foreign, CALL, true)
    ok(appended.startsWith(`${foreign}\n`))
    equal(withoutCall(appended, CALL), { kind: 'write', text: `${foreign}\n` })
    is(withCall('', CALL, true).kind, 'write')
  })

  test('what stands around our lines stays', () => {
    const script = `#!/bin/sh\necho before\n${written(undefined, CALL).replace('#!/bin/sh\n', '')}echo after\n`
    is(withCall(script, CALL, false).kind, 'unchanged')
    const both = written(script, PROD)
    match(both, /^#!\/bin\/sh\necho before\n[^]*\necho after\n$/)
    equal(withoutCall(script, CALL), { kind: 'write', text: '#!/bin/sh\necho before\necho after\n' })
  })

  test('a call that was added by hand is a call', () => {
    for (const line of [
      'meshwright hook run',
      '  npx meshwright hook run || exit 1',
      "node '/x/dist/main.js' hook run",
    ]) {
      is(withCall(`#!/bin/sh\n${line}\n`, CALL, false).kind, 'unchanged', line)
      is(withoutCall(`#!/bin/sh\n${line}\n`, CALL).kind, 'foreign')
    }
    for (const line of [
      '# meshwright hook run',
      'lefthook run',
      'git hook run pre-commit',
      'meshwright hook run -C x',
    ]) {
      ok(!isCallOf(line, CALL), line)
    }
  })
})
