/** Renders what is committed of goldens again: on purpose, and in the commit of the code that changes it. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FIXTURES, PROJECT } from './fixture.ts'

function generate(meshFile: string, output: string): void {
  const args = [join(PROJECT, 'dist', 'main.js'), 'generate', '-f', meshFile, '-o', output]
  const { status } = spawnSync(process.execPath, args, { cwd: PROJECT, stdio: 'inherit' })
  if (status !== 0) throw new Error(`generate ended with ${String(status)}`)
}

/** Of a mesh that differs by its engines alone, what is for the engines. */
function engines(): void {
  const folder = mkdtempSync(join(tmpdir(), 'meshwright-golden-'))
  const expected = join(FIXTURES, 'engines', 'expected')
  try {
    cpSync(join(FIXTURES, 'two-clusters'), folder, { recursive: true })
    cpSync(join(FIXTURES, 'engines', 'mesh.yaml'), join(folder, 'mesh.yaml'))
    generate(join(folder, 'mesh.yaml'), join(folder, 'output'))
    rmSync(expected, { recursive: true, force: true })
    for (const name of ['argocd', 'flux']) {
      cpSync(join(folder, 'output', name), join(expected, name), { recursive: true })
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

generate('fixtures/two-clusters/mesh.yaml', 'output')
engines()
