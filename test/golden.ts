/** Renders fixtures/two-clusters into output/ again: on purpose, and in the commit of the code that changes it. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { PROJECT } from './fixture.ts'

const args = ['generate', '-f', 'fixtures/two-clusters/mesh.yaml', '-o', 'output']
const { status } = spawnSync(process.execPath, [join(PROJECT, 'dist', 'main.js'), ...args], {
  cwd: PROJECT,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
