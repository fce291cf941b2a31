/** The output of the sample mesh is in the repository, and is what the code gives. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { plan } from '../src/plan/plan.ts'
import { render } from '../src/plan/render.ts'
import { gather } from '../src/shell/workspace.ts'
import { memorySources, NOW, PROJECT, readTree, twoClusters } from './fixture.ts'
import { describe, equal, fixture, is } from './suite.ts'

describe('golden', (test) => {
  test('output/ is what fixtures/two-clusters gives', async () => {
    const { checked } = await gather(memorySources(twoClusters()), 'mesh.yaml')
    if (!checked.ok) throw new Error(checked.diagnostics.map((d) => d.code).join())
    const planned = plan({ ...checked.value, now: NOW })
    const tree = render(planned, planned.lock)
    const expected = readTree(join(PROJECT, 'output'))
    equal([...tree.keys()].sort(), [...expected.keys()].sort())
    for (const [path, text] of tree) fixture(text, expected.get(path)?.toString('utf8') ?? '', path)
  })

  test('generate --check says the same', () => {
    const main = join(PROJECT, 'dist', 'main.js')
    const args = ['generate', '--check', '-f', 'fixtures/two-clusters/mesh.yaml', '-o', 'output']
    const { status, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: PROJECT, encoding: 'utf8' })
    is(status, 0, stderr)
  })
})
