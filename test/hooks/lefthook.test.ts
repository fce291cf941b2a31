import { parse } from 'yaml'
import type { Call } from '../../src/hooks/call.ts'
import { exampleOf, withCommand, withoutCommand } from '../../src/hooks/lefthook.ts'
import { describe, equal, is, match, ok } from '../suite.ts'

const CALL: Call = { command: 'meshwright', options: [] }
const PROD: Call = { command: 'npx meshwright', options: ['-C', 'env/my prod'] }

const USERS = `# EXAMPLE

pre-commit:
  parallel: true   # all at once
  commands:
    eslint:
      glob: "*.{js,ts}"  # two blanks


      run: yarn eslint {staged_files}   # a tail

    # about the next
    fmt:
      run: |
        a
        b

# the end
pre-push:
  commands: {x: {run: y}}
`

const SETTINGS: Readonly<Record<string, string>> = {
  nothing: '',
  'only comments': '# one\n#\n\n',
  "a user's": USERS,
  jobs: 'pre-commit:\n    jobs:\n    - run: a\n    - name: b\n      run: b # c\ncommit-msg:\n    jobs:\n    - run: z\n',
  'scripts only': 'pre-commit:\n  piped: true\n  scripts:\n    "x.sh":\n      runner: bash\n',
  'line ends of Windows': 'pre-commit:\r\n  commands:\r\n    a:\r\n      run: b\r\n',
  'a flow within': 'pre-commit:\n  commands:\n    a: { run: b,\n      glob: "*" }\n',
}

function written(text: string, call: Call): string {
  const edit = withCommand(text, call)
  if (edit.kind !== 'write') throw new Error(edit.kind)
  return edit.text
}

describe('lefthook settings', (test) => {
  test('a command is added, no line of the user is touched, and it is taken away again', () => {
    for (const [what, text] of Object.entries(SETTINGS)) {
      const one = written(text, CALL)
      const left = one.split('\n')
      for (const line of text.split('\n')) {
        const at = left.indexOf(line)
        ok(at >= 0, `${what}: ${JSON.stringify(line)} is gone, or stands elsewhere`)
        left.splice(0, at + 1)
      }
      const { hooks } = { hooks: parse(one) as Record<string, { commands?: unknown; jobs?: unknown }> }
      match(JSON.stringify(hooks['pre-commit']), /"run":"meshwright hook run"/)
      match(JSON.stringify(hooks['pre-merge-commit']), /"run":"meshwright hook run --merge"/)
      is(withCommand(one, CALL).kind, 'unchanged', what)
      equal(withoutCommand(one, CALL), { kind: 'write', text }, what)

      const two = written(one, PROD)
      match(JSON.stringify(parse(two)), /npx meshwright hook run -C 'env\/my prod'/)
      equal(withoutCommand(two, PROD), { kind: 'write', text: one }, what)
    }
  })

  test('in a list of jobs it is one more job', () => {
    const { 'pre-commit': hook } = parse(written(SETTINGS['jobs'] ?? '', CALL)) as Record<string, unknown>
    equal(hook, { jobs: [{ run: 'a' }, { name: 'b', run: 'b' }, { name: 'meshwright', run: 'meshwright hook run' }] })
  })

  test('what cannot be added to without a rewrite is refused', () => {
    for (const text of [
      'pre-commit: {commands: {a: {run: b}}}\n',
      'pre-commit:\n',
      '[a]\n',
      'a: [\n',
      'a: 1\na: 2\n',
    ]) {
      is(withCommand(text, CALL).kind, 'refused', text)
    }
    match(exampleOf(PROD), /"meshwright-env-my-prod":\{"run":"npx meshwright hook run -C 'env\/my prod'"\}/)
  })
})
