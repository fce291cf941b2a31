/** Reads fixtures. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

/** The project's root, seen from .build/test. */
export const PROJECT: string = join(import.meta.dirname, '..', '..')
export const FIXTURES: string = join(PROJECT, 'fixtures')

/** When tests take place: shortly after the fixtures' certificates were made. */
export const NOW: Date = new Date('2026-11-26T12:00:00Z')

/** Every file below a folder, by path with forward slashes. */
export function readTree(folder: string): Map<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return new Map(
    files
      .filter((file) => statSync(join(folder, file)).isFile())
      .map((file) => [relative(folder, join(folder, file)), readFileSync(join(folder, file))]),
  )
}

export function severalProviders(): Map<string, Buffer> {
  return withoutExpected(readTree(join(FIXTURES, 'several-providers')))
}

/** Two clusters with Istio 1.6, with the lock of two others. */
export function legacy(): Map<string, Buffer> {
  return new Map([...twoClusters(), ...withoutExpected(readTree(join(FIXTURES, 'istio-1.6')))])
}

/** The mesh of fixtures/version-routing, in the same clusters, of which the lock knows no host yet. */
export function versionRouting(): Map<string, Buffer> {
  const files = [...severalProviders()].filter(([path]) => !path.startsWith('mesh.lock/hosts/'))
  return new Map(files).set('mesh.yaml', readFileSync(join(FIXTURES, 'version-routing', 'mesh.yaml')))
}

/** The inputs of a fixture that holds what is rendered of it as well. */
function withoutExpected(files: Map<string, Buffer>): Map<string, Buffer> {
  return new Map([...files].filter(([path]) => !path.startsWith('expected/')))
}

/** The fixture of ports and settings, which has all other files from that of two clusters. */
export function portsAndProtocols(): Map<string, Buffer> {
  const mesh = readFileSync(join(FIXTURES, 'ports-and-protocols', 'mesh.yaml'))
  return twoClusters().set('mesh.yaml', mesh)
}

export function twoClusters(): Map<string, Buffer> {
  return readTree(join(FIXTURES, 'two-clusters'))
}

/** A tree with one file changed. */
export function edited(
  tree: ReadonlyMap<string, string>,
  path: string,
  what: RegExp | string,
  by: string,
): ReadonlyMap<string, string> {
  const text = tree.get(path) ?? ''
  const changed = text.replace(what, by)
  if (changed === text) throw new Error(`${path} has no ${String(what)}`)
  return new Map([...tree, [path, changed]])
}
