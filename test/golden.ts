/** Renders what is committed of goldens again: on purpose, and in the commit of the code that changes it. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { FIXTURES, PROJECT, readTree } from './fixture.ts'

function generate(meshFile: string, output: string): void {
  const args = [join(PROJECT, 'dist', 'main.js'), 'generate', '-f', meshFile, '-o', output]
  const { status } = spawnSync(process.execPath, args, { cwd: PROJECT, stdio: 'inherit' })
  if (status !== 0) throw new Error(`generate ended with ${String(status)}`)
}

/**
 * Of the mesh of a fixture, what is worth a look.
 *
 * @param parts folders and files of output and lock
 * @param base the fixture whose other files it has
 */
function overlaid(name: string, parts: readonly string[], base = 'two-clusters'): void {
  const folder = mkdtempSync(join(tmpdir(), 'meshwright-golden-'))
  const expected = join(FIXTURES, name, 'expected')
  try {
    cpSync(join(FIXTURES, base), folder, { recursive: true })
    cpSync(join(FIXTURES, name), folder, { recursive: true, filter: (source) => source !== expected })
    // The hosts of another mesh would stay as tombstones.
    if (name !== base && base !== 'two-clusters') rmSync(join(folder, 'mesh.lock', 'hosts'), { recursive: true })
    generate(join(folder, 'mesh.yaml'), join(folder, 'output'))
    rmSync(expected, { recursive: true, force: true })
    for (const part of parts)
      cpSync(join(folder, part), join(expected, part.replace(/^output\//, '')), { recursive: true })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Of a mesh that differs by how its gateways are installed, what is not as in `output/`. */
function gatewayInstall(): void {
  const folder = mkdtempSync(join(tmpdir(), 'meshwright-golden-'))
  const expected = join(FIXTURES, 'gateway-install', 'expected')
  try {
    cpSync(join(FIXTURES, 'two-clusters'), folder, { recursive: true })
    cpSync(join(FIXTURES, 'gateway-install', 'mesh.yaml'), join(folder, 'mesh.yaml'))
    generate(join(folder, 'mesh.yaml'), join(folder, 'output'))
    rmSync(expected, { recursive: true, force: true })
    const output = readTree(join(PROJECT, 'output'))
    for (const [path, bytes] of readTree(join(folder, 'output'))) {
      if (output.get(path)?.equals(bytes) === true) continue
      mkdirSync(join(expected, dirname(path)), { recursive: true })
      writeFileSync(join(expected, path), bytes)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

generate('fixtures/two-clusters/mesh.yaml', 'output')
overlaid('engines', ['output/argocd', 'output/flux'])
overlaid('authorization', [
  ...['cluster-1', 'cluster-2'].flatMap((cluster) => [
    `output/clusters/${cluster}/gateway`,
    `output/clusters/${cluster}/README.md`,
  ]),
  'mesh.lock/hosts',
])
gatewayInstall()
overlaid('ports-and-protocols', [
  ...['cluster-1', 'cluster-2'].map((cluster) => `output/clusters/${cluster}/services`),
  'mesh.lock/hosts',
])
const OF_ISTIO = ['cluster-1', 'cluster-2', 'cluster-3'].flatMap((cluster) => [
  `output/clusters/${cluster}/gateway`,
  `output/clusters/${cluster}/services`,
])
overlaid('several-providers', OF_ISTIO, 'several-providers')
overlaid('version-routing', [...OF_ISTIO, 'mesh.lock/hosts'], 'several-providers')
overlaid(
  'istio-1.6',
  ['cluster-1', 'cluster-2'].flatMap((cluster) =>
    ['gateway', 'services', 'istio', 'dns', 'README.md'].map((part) => `output/clusters/${cluster}/${part}`),
  ),
)
