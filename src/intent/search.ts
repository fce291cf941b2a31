/** Which further files an intent asks for, and what is wrong with those that were found. */
import { diagnose, type Checked, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import type { IntentDocument } from './document.ts'
import { parseGlob, type Glob } from './glob.ts'
import type { Discovery, Mesh as Intent } from './schema.gen.ts'

/** One pattern of the intent, and what its files are read as. */
export interface Search {
  readonly glob: Glob
  /** Absent: the files hold documents of kind Cluster and Service. */
  readonly discovery?: { readonly said: Discovery; readonly index: number }
  readonly origin: Span
}

/** What a pattern found. */
export interface Candidate {
  /** Relative to the folder of the mesh file, with forward slashes. */
  readonly path: string
  readonly kind: 'file' | 'symbolic link'
  /** Size; 0 for a link. */
  readonly bytes: number
}

export const FILES_MAX = 10_000
/** All files that patterns find, together. */
export const FOUND_BYTES_MAX = 50_000_000

/** @param above names of the folders from the root of the repository to that of the mesh file; none without a repository */
export function searchesOf(
  intent: Intent,
  document: IntentDocument,
  above: readonly string[],
): Checked<readonly Search[]> {
  const levels = above.length
  const diagnostics: Diagnostic[] = []
  const searches: Search[] = []
  const add = (pattern: string, origin: Span, discovery?: Search['discovery']): void => {
    const made = searchFor(pattern, origin, levels)
    if ('diagnostic' in made) diagnostics.push(made.diagnostic)
    else searches.push({ ...made.search, ...(discovery && { discovery }) })
  }
  for (const [i, pattern] of (intent.include ?? []).entries()) add(pattern, document.valueAt(['include', i]))
  for (const [index, said] of (intent.discover ?? []).entries()) {
    add(said.manifests, document.valueAt(['discover', index, 'manifests']), { said, index })
  }
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, value: searches, diagnostics: [] }
}

/** @param levels how many folders of the repository are above that of the mesh file */
export function searchFor(
  pattern: string,
  origin: Span,
  levels: number,
): { readonly search: Search } | { readonly diagnostic: Diagnostic } {
  const parsed = parseGlob(pattern)
  if ('problem' in parsed) return { diagnostic: diagnose('MESH-E120', { pattern, problem: parsed.problem }, origin) }
  if (parsed.glob.up > levels) return { diagnostic: diagnose('MESH-E121', { pattern, levels }, origin) }
  return { search: { glob: parsed.glob, origin } }
}

/** Judges what the patterns found, before any of it is read. */
export function judgeFound(
  found: ReadonlyMap<Search, readonly Candidate[]>,
  limits: { readonly files: number; readonly bytes: number } = { files: FILES_MAX, bytes: FOUND_BYTES_MAX },
): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const sizes = new Map<string, number>()
  let last: Search | undefined
  for (const [search, candidates] of found) {
    const { glob, origin } = search
    if (candidates.length === 0) diagnostics.push(diagnose('MESH-E122', { pattern: glob.text }, origin))
    for (const { path, kind, bytes } of candidates) {
      if (kind === 'symbolic link') diagnostics.push(diagnose('MESH-E123', { pattern: glob.text, path }, origin))
      sizes.set(path, bytes)
    }
    if (candidates.length > 0) last = search
  }
  const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)
  if (last !== undefined && (sizes.size > limits.files || total > limits.bytes)) {
    const args = { files: sizes.size, filesMax: limits.files, bytes: total, bytesMax: limits.bytes }
    diagnostics.push(diagnose('MESH-E124', args, last.origin))
  }
  return diagnostics
}
