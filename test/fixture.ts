/** Reads fixtures, and gives them to the core as sources in memory. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Sources } from '../src/shell/sources.ts'

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

/** @param above folders between the root of an imagined repository and the mesh file */
export function memorySources(files: ReadonlyMap<string, Uint8Array>, above: readonly string[] = []): Sources {
  return {
    find: (glob) =>
      Promise.resolve(
        [...files]
          .filter(([path]) => glob.matches(path))
          .map(([path, bytes]) => ({ path, kind: 'file' as const, bytes: bytes.length }))
          .sort((a, b) => (a.path < b.path ? -1 : 1)),
      ),
    above: () => Promise.resolve(above),
    read: (paths) => Promise.resolve(new Map([...files].filter(([path]) => paths.includes(path)))),
    readAll: (folder) =>
      Promise.resolve(
        new Map(
          [...files]
            .filter(([path]) => path.startsWith(`${folder}/`))
            .map(([path, bytes]) => [path.slice(folder.length + 1), bytes]),
        ),
      ),
  }
}

export function twoClusters(): Map<string, Buffer> {
  return readTree(join(FIXTURES, 'two-clusters'))
}
