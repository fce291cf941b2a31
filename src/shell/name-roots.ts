/** Which root of the mesh a found one is. */
import { diagnose, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Lock, LockedRoot } from '../lock/lock.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import type { RootState } from '../mesh/trust.ts'
import { readCertificate, type Certificate } from '../trust/read.ts'

export interface NamedRoot {
  readonly id: string
  readonly state: RootState
  readonly parsed: Certificate
  /** Absent: it is new to the lock. */
  readonly locked?: LockedRoot
}

export interface NamingRequest {
  readonly mesh: Mesh
  readonly lock: Lock
  /** Where they were found. */
  readonly cluster: Cluster
  readonly roots: readonly Certificate[]
  /** Ids for those that are new, in their order. */
  readonly as: readonly string[]
  /** Whether a single new root may be taken for the single one that the mesh waits for. */
  readonly guess: boolean
}

/** A root is known by its certificate; a new one gets an id of the intent that has none yet. */
export function nameRoots({ mesh, lock, cluster, roots, as, guess }: NamingRequest): Checked<readonly NamedRoot[]> {
  const known = new Map(
    [...lock.roots.values()].flatMap((locked): [string, LockedRoot][] => {
      const reading = readCertificate(locked.certificate)
      return 'certificate' in reading ? [[reading.certificate.fingerprint, locked]] : []
    }),
  )
  const strangers = roots.filter(({ fingerprint }) => !known.has(fingerprint))
  const free = mesh.trust.roots
    .filter(({ id, state }) => state !== 'retired' && !lock.roots.has(id))
    .map(({ id }) => id)
  const ids = as.length === 0 && guess && strangers.length === 1 && free.length === 1 ? free : as
  if (ids.length !== strangers.length) {
    return { ok: false, diagnostics: [unnamed(cluster, strangers, mesh, lock, ids)] }
  }
  const diagnostics: Diagnostic[] = []
  const named = roots.flatMap((parsed): NamedRoot[] => {
    const locked = known.get(parsed.fingerprint)
    const id = locked?.id ?? ids[strangers.indexOf(parsed)] ?? ''
    const state = mesh.trust.roots.find((root) => root.id === id)?.state
    const isTaken = locked === undefined && lock.roots.has(id)
    if (state === undefined || state === 'retired' || isTaken) {
      diagnostics.push(
        diagnose('MESH-E438', { cluster: cluster.name, root: id, subject: parsed.subject }, mesh.trust.origin),
      )
      return []
    }
    return [{ id, state, parsed, ...(locked && { locked }) }]
  })
  if (new Set(ids).size !== ids.length) diagnostics.push(unnamed(cluster, strangers, mesh, lock, []))
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, value: named, diagnostics }
}

/** Says what to write: ids that the intent has are used first, but for the one that signs. */
function unnamed(
  cluster: Cluster,
  strangers: readonly Certificate[],
  mesh: Mesh,
  lock: Lock,
  given: readonly string[],
): Diagnostic {
  const usable = mesh.trust.roots
    .filter(({ id, state }) => state === 'trusted' && !lock.roots.has(id) && !given.includes(id))
    .map(({ id }) => id)
  const taken = new Set(mesh.trust.roots.map(({ id }) => id))
  const wanted = [...given, ...usable].slice(0, strangers.length)
  const lines: string[] = []
  for (let n = 1; wanted.length < strangers.length; n++) {
    const id = n === 1 ? `${cluster.name.slice(0, 50)}-ca` : `${cluster.name.slice(0, 50)}-ca-${n}`
    if (taken.has(id) || lock.roots.has(id)) continue
    wanted.push(id)
    lines.push(`- { id: ${id}, state: trusted }`)
  }
  const subjects = strangers.map(({ subject, fingerprint }) => `${subject} (${fingerprint})`)
  return diagnose('MESH-E437', { cluster: cluster.name, lines, ids: wanted, subjects }, mesh.trust.origin)
}
