/**
 * Meshes that must be refused. A file is a whole mesh.yaml; a folder holds what differs from fixtures/two-clusters.
 * What is expected stands behind `# expect: ` in the first line of the mesh file, or in the folder's file `expect`, one
 * a line: code and place, where a place without a file is in mesh.yaml. `remove PATH` takes a file away.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Diagnostic } from '../src/diagnostics/diagnostic.ts'
import { plan } from '../src/plan/plan.ts'
import { memorySources } from '../src/shell/memory-sources.ts'
import { gather } from '../src/shell/workspace.ts'
import { FIXTURES, NOW, readTree, twoClusters } from './fixture.ts'

const FOLDER = join(FIXTURES, 'invalid')

/** Their names, each of which begins with its code. */
export function invalidFixtures(): string[] {
  return readdirSync(FOLDER).sort()
}

interface Case {
  readonly files: Map<string, Buffer>
  readonly expected: readonly string[]
}

export function readInvalid(name: string): Case {
  const path = join(FOLDER, name)
  const files = twoClusters()
  if (statSync(path).isDirectory()) {
    for (const [file, bytes] of readTree(path)) files.set(file, bytes)
    const lines = readFileSync(join(path, 'expect'), 'utf8').split('\n').filter(Boolean)
    for (const line of lines) if (line.startsWith('remove ')) files.delete(line.slice('remove '.length))
    files.delete('expect')
    return { files, expected: lines.filter((line) => !line.startsWith('remove ')) }
  }
  const bytes = readFileSync(path)
  files.set('mesh.yaml', bytes)
  const first = bytes.toString('utf8').split('\n')[0] ?? ''
  return { files, expected: first.replace(/^# expect: /, '').split(', ') }
}

export async function diagnosticsOf(
  files: ReadonlyMap<string, Buffer>,
): Promise<{ found: readonly Diagnostic[]; texts: ReadonlyMap<string, string> }> {
  const { checked, texts } = await gather(memorySources(files), 'mesh.yaml')
  const planned = checked.ok ? plan({ ...checked.value, now: NOW }).diagnostics : []
  return { found: [...checked.diagnostics, ...planned], texts }
}
