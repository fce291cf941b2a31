/** Reads the files that an intent includes: documents of kind Cluster and Service. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { parseDocuments, type IntentDocument } from './document.ts'
import type { Entry } from './entry.ts'
import type { Cluster, Service } from './schema.gen.ts'
import { describe, validateIncluded, type Schemas } from './validate.ts'

export interface Included {
  readonly clusters: readonly Entry<Cluster>[]
  readonly services: readonly Entry<Service>[]
  readonly diagnostics: readonly Diagnostic[]
}

const API_VERSION = 'meshwright.dev/v1'
const KINDS = ['Cluster', 'Service'] as const

/** @param files bytes by path, in the order in which what they say is to be judged */
export function readIncluded(files: ReadonlyMap<string, Uint8Array>, schemas: Schemas): Included {
  const clusters: Entry<Cluster>[] = []
  const services: Entry<Service>[] = []
  const diagnostics: Diagnostic[] = []
  for (const [file, bytes] of files) {
    const parsed = parseDocuments(file, bytes)
    diagnostics.push(...parsed.diagnostics)
    if (!parsed.ok) continue
    if (parsed.value.length === 0) diagnostics.push(diagnose('MESH-E106', { file }, { file, start: 0, end: 0 }))
    for (const document of parsed.value) {
      const judged = kindOf(document)
      const found = 'diagnostic' in judged ? [judged.diagnostic] : validateIncluded(document, judged.kind, schemas)
      diagnostics.push(...found)
      if ('diagnostic' in judged || found.length > 0) continue
      if (judged.kind === 'Cluster') clusters.push(entryOf<Cluster>(document))
      else services.push(entryOf<Service>(document))
    }
  }
  return { clusters, services, diagnostics }
}

/** What a document is, before the schema of its kind can judge it: of a foreign one, all else would be noise. */
function kindOf(
  document: IntentDocument,
): { readonly kind: 'Cluster' | 'Service' } | { readonly diagnostic: Diagnostic } {
  const { value } = document
  const said = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>
  for (const [where, allowed] of [
    ['apiVersion', [API_VERSION]],
    ['kind', KINDS],
  ] as const) {
    const found = said[where]
    if (found === undefined) {
      return { diagnostic: diagnose('MESH-E111', { key: where, where: 'the document' }, document.valueAt([])) }
    }
    if (!allowed.some((a) => a === found)) {
      const suggestion = typeof found === 'string' ? suggest(found, allowed) : undefined
      const args = { where, found: describe(found), allowed, ...(suggestion !== undefined && { suggestion }) }
      return { diagnostic: diagnose('MESH-E113', args, document.valueAt([where])) }
    }
  }
  return { kind: said['kind'] === 'Cluster' ? 'Cluster' : 'Service' }
}

/** The same as an entry of a list in the mesh file: what names it and what it is, side by side. */
function entryOf<T>(document: IntentDocument): Entry<T> {
  const { metadata, spec } = document.value as { readonly metadata: object; readonly spec?: object }
  return {
    said: { ...metadata, ...spec } as T,
    at: (...path) => document.valueAt([path[0] === 'name' || path[0] === 'namespace' ? 'metadata' : 'spec', ...path]),
  }
}
