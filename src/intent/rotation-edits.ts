/** The edits of the intent that a change of trust is made of, as text of the file where each belongs. */
import type { Span } from '../diagnostics/diagnostic.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Root, RootState } from '../mesh/trust.ts'
import { edited, type Edit } from './edit.ts'
import { parseDocuments } from './document.ts'

/** What the text becomes, or what is to be written by hand where no safe place is found. */
export type Edited = { readonly text: string } | { readonly byHand: string }

/** @param bytes of the file that the cluster is in */
export function withGeneration(
  bytes: Uint8Array,
  cluster: { readonly name: string; readonly origin: Span },
  generation: number,
): Edited {
  const text = Buffer.from(bytes).toString('utf8')
  const byHand = `of ${cluster.name}, in ${cluster.origin.file}:\n  trust: { generation: ${generation} }`
  const path = pathTo(cluster.origin, bytes, cluster.name)
  const result =
    path === undefined
      ? undefined
      : edited(text, cluster.origin.start, [{ path: [...path, 'trust', 'generation'], value: generation }])
  return result === undefined ? { byHand } : { text: result }
}

/** In the mesh file a cluster is an item of a list; in an included one it is a document. */
function pathTo({ file, start }: Span, bytes: Uint8Array, name: string): (string | number)[] | undefined {
  const parsed = parseDocuments(file, bytes)
  if (!parsed.ok) return undefined
  const value = parsed.value.findLast((document) => document.start <= start)?.value
  const { clusters, kind } = (value ?? {}) as { readonly clusters?: unknown; readonly kind?: unknown }
  if (kind === 'Cluster') return ['spec']
  const index = Array.isArray(clusters) ? clusters.findIndex((c: { readonly name?: unknown }) => c.name === name) : -1
  return index < 0 ? undefined : ['clusters', index]
}

/**
 * The roots with other states, and with one more at their end.
 *
 * @param bytes of the mesh file
 */
export function withRoots(
  bytes: Uint8Array,
  mesh: Mesh,
  wanted: readonly { readonly id: string; readonly state: RootState }[],
): Edited {
  const text = Buffer.from(bytes).toString('utf8')
  const { roots } = mesh.trust
  const list = wanted.map(({ id, state }) => ({ id, state }))
  const byHand = `in the mesh file:\ntrust:\n  roots:\n${list.map(({ id, state }) => `    - { id: ${id}, state: ${state} }`).join('\n')}`
  const at = mesh.origin.start
  const result = isSaid(roots, mesh)
    ? edited(
        text,
        at,
        wanted.flatMap(({ id, state }): Edit[] => {
          const index = roots.findIndex((root) => root.id === id)
          if (index < 0) return [{ path: ['trust', 'roots', roots.length], value: { id, state } }]
          return roots[index]?.state === state ? [] : [{ path: ['trust', 'roots', index, 'state'], value: state }]
        }),
      )
    : edited(text, at, [{ path: ['trust', 'roots'], value: list }])
  return result === undefined ? { byHand } : { text: result }
}

/** Where the intent lists no roots, its one root stands where the mesh is named. */
function isSaid(roots: readonly Root[], mesh: Mesh): boolean {
  return roots.some(({ origin }) => origin.start !== mesh.origin.start)
}
