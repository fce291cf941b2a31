import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTree } from './fixture.ts'
import { describe, is, match, ok } from './suite.ts'

describe('demo', (test) => {
  test('the main job runs from nothing to a verified output branch', () => {
    const root = mkdtempSync(join(tmpdir(), 'meshwright-demo-test-'))
    const folder = join(root, 'demo')
    // The throwaway key goes to a temporary folder of the run, so that one can be given here and is cleared away.
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'demo.js'), folder], {
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: root, SOURCE_DATE_EPOCH: '' },
    })
    is(status, 0, stderr)
    match(stdout, /\$ meshwright verify/)
    match(stdout, /clusters\/cluster-2\/trust\/cacerts\.yaml/)
    match(stderr, /nothing changed\n$/)
    for (const [path, bytes] of readTree(folder)) ok(!/PRIVATE KEY|AGE-SECRET/.test(bytes.toString('latin1')), path)
    rmSync(root, { recursive: true })
  })
})
