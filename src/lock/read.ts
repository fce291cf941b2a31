/**
 * Files to lock. A reader that refuses what it does not understand: every field is checked, every file must be what
 * was written, and all complaints come in one run.
 */
import { parse } from 'yaml'
import { diagnose, hasErrors, type Checked, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { parseIpv4 } from '../mesh/cidr.ts'
import { isLabelKey, isLabelValue } from '../mesh/names.ts'
import { isPrincipal } from '../mesh/principals.ts'
import { sidesOf } from '../tree/merge-conflict.ts'
import { ownerOf } from '../tree/ownership.ts'
import { describeSide } from './conflict.ts'
import { Fields, Malformed } from './fields.ts'
import { readAdoption, readPending } from './read-adopted.ts'
import { label, optionalText } from './read-item.ts'
import type {
  Exposure,
  FormerIntermediate,
  Lock,
  LockedCluster,
  LockedHost,
  LockedRoot,
  LockedSubset,
  PendingCluster,
  WorkloadPolicy,
} from './lock.ts'
import { readSealed } from './sealed.ts'
import { isIntact, LOCK_VERSION } from './write.ts'

export const LOCK_FOLDER = 'mesh.lock'

/** @param files text by path, relative to the lock folder */
export function readLock(files: ReadonlyMap<string, string>, mesh: string): Checked<Lock> {
  const diagnostics: Diagnostic[] = []
  const roots = new Map<string, LockedRoot>()
  const clusters = new Map<string, LockedCluster>()
  const hosts = new Map<string, LockedHost>()
  const pending = new Map<string, PendingCluster>()

  for (const [path, raw] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    // Names that begin with a dot are those of Git, editors and file managers.
    if (/(^|\/)\./.test(path)) continue
    const file = `${LOCK_FOLDER}/${path}`
    const span: Span = { file, start: 0, end: 0 }
    // A checkout with CRLF line ends is still the same lock.
    const text = raw.replaceAll('\r\n', '\n')
    const entry = readFile(path, text, mesh, span)
    if ('diagnostic' in entry) {
      diagnostics.push(entry.diagnostic)
    } else if (entry.kind === 'Root') {
      roots.set(entry.root.id, entry.root)
    } else if (entry.kind === 'Cluster') {
      clusters.set(entry.cluster.name, entry.cluster)
    } else if (entry.kind === 'Pending') {
      pending.set(entry.pending.name, entry.pending)
    } else {
      hosts.set(`${entry.host.service}.${entry.host.namespace}`, entry.host)
    }
  }
  diagnostics.push(...sharedAddresses(hosts))
  if (hasErrors(diagnostics)) return { ok: false, diagnostics }
  return { ok: true, value: { roots, clusters, hosts, ...(pending.size > 0 && { pending }) }, diagnostics }
}

type Entry =
  | { readonly kind: 'Root'; readonly root: LockedRoot }
  | { readonly kind: 'Cluster'; readonly cluster: LockedCluster }
  | { readonly kind: 'Host'; readonly host: LockedHost }
  | { readonly kind: 'Pending'; readonly pending: PendingCluster }

function readFile(path: string, text: string, mesh: string, span: Span): Entry | { readonly diagnostic: Diagnostic } {
  const { file } = span
  const sides = sidesOf(text)
  if (sides !== undefined) return { diagnostic: diagnose('MESH-E608', { file, sides: sides.map(describeSide) }, span) }
  const owner = ownerOf(text, mesh, path)
  if (owner.kind === 'other-mesh') return { diagnostic: diagnose('MESH-E607', { file, found: owner.mesh, mesh }, span) }
  if (owner.kind === 'foreign') return { diagnostic: diagnose('MESH-E604', { file }, span) }
  try {
    const fields = new Fields(parse(text, { version: '1.1' }), 'the file')
    const version = fields.number('version')
    // A newer version may have another way to be intact, so this comes first.
    if (version !== LOCK_VERSION) {
      return { diagnostic: diagnose('MESH-E601', { found: String(version), known: LOCK_VERSION }, span) }
    }
    if (!isIntact(text)) return { diagnostic: diagnose('MESH-E602', { file }, span) }
    fields.text('digest')
    const entry = readEntry(fields)
    fields.end()
    const [place, found] = placeOf(entry)
    return place === path ? entry : { diagnostic: diagnose('MESH-E605', { file, found }, span) }
  } catch (error) {
    if (error instanceof Malformed) return { diagnostic: diagnose('MESH-E603', { detail: error.message }, span) }
    const detail = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    return { diagnostic: diagnose('MESH-E603', { detail }, span) }
  }
}

function placeOf(entry: Entry): [path: string, found: string] {
  switch (entry.kind) {
    case 'Root':
      return [`roots/${entry.root.id}.yaml`, `root ${entry.root.id}`]
    case 'Cluster':
      return [`clusters/${entry.cluster.name}.yaml`, `cluster ${entry.cluster.name}`]
    case 'Pending':
      return [`pending/${entry.pending.name}.yaml`, `pending cluster ${entry.pending.name}`]
    case 'Host':
      return [
        `hosts/${entry.host.namespace}/${entry.host.service}.yaml`,
        `host ${entry.host.service}.${entry.host.namespace}`,
      ]
  }
}

function readEntry(fields: Fields): Entry {
  const kind = fields.oneOf('kind', ['Root', 'Cluster', 'Host', 'Pending'])
  if (kind === 'Root') {
    return {
      kind,
      root: {
        id: label(fields, 'id'),
        state: fields.oneOf('state', ['trusted', 'active', 'retired']),
        certificate: fields.text('certificate'),
        ...optionalText(fields, 'crl'),
      },
    }
  }
  if (kind === 'Pending') return { kind, pending: readPending(fields) }
  if (kind === 'Cluster') return { kind, cluster: readCluster(fields) }
  const address = fields.text('address')
  if (parseIpv4(address) === undefined) throw new Malformed(`address ${address} is not an IPv4 address`)
  return {
    kind,
    host: {
      service: label(fields, 'service'),
      namespace: label(fields, 'namespace'),
      removed: fields.flag('removed'),
      address,
      exposures: fields.list('exposures').map(readExposure),
    },
  }
}

function readExposure(fields: Fields): Exposure {
  const exposure = {
    cluster: label(fields, 'cluster'),
    ports: portNumbers(fields),
    retiring: fields.flag('retiring'),
    ...(fields.has('subsets') && { subsets: readSubsets(fields) }),
    ...(fields.has('policy') && { policy: readPolicy(fields.object('policy')) }),
  }
  fields.end()
  return exposure
}

function readSubsets(fields: Fields): LockedSubset[] {
  return fields.list('subsets').map((subset) => {
    const read = {
      name: label(subset, 'name'),
      ...(subset.has('labels') && { labels: subset.textMap('labels') }),
      retiring: subset.flag('retiring'),
    }
    subset.end()
    checkLabels(read.labels, 'a subset')
    return read
  })
}

function checkLabels(labels: Readonly<Record<string, string>> = {}, where: string): void {
  for (const [key, value] of Object.entries(labels)) {
    if (!isLabelKey(key) || !isLabelValue(value)) throw new Malformed(`label ${key} of ${where} is none`)
  }
}

/** What is wrong in here would leave a workload open, or shut it to those who may call. */
function readPolicy(fields: Fields): WorkloadPolicy {
  const policy = {
    labels: fields.textMap('labels'),
    strict: fields.flag('strict'),
    ...(fields.has('principals') && { principals: fields.texts('principals') }),
    ...(fields.has('ports') && { ports: portNumbers(fields) }),
  }
  fields.end()
  checkLabels(policy.labels, 'a policy')
  for (const principal of policy.principals ?? []) {
    if (!isPrincipal(principal)) throw new Malformed(`principal ${principal} is none`)
  }
  if (policy.ports?.length === 0) throw new Malformed('ports of a policy is empty')
  return policy
}

function portNumbers(fields: Fields): number[] {
  const ports = fields.numbers('ports')
  if (ports.some((port) => port < 1 || port > 65_535)) throw new Malformed('a port of an exposure is none')
  return ports
}

function readCluster(fields: Fields): LockedCluster {
  const root = label(fields, 'root')
  return {
    name: label(fields, 'name'),
    removed: fields.flag('removed'),
    generation: fields.number('generation'),
    root,
    bundle: fields.has('bundle') ? fields.texts('bundle') : [root],
    certificate: fields.text('certificate'),
    ...optionalText(fields, 'chain'),
    ...optionalText(fields, 'crl'),
    ...readAdoption(fields),
    ...(fields.has('former') && { former: fields.list('former').map(readFormer) }),
    sealed: readSealed(fields.object('sealed')),
  }
}

function readFormer(fields: Fields): FormerIntermediate {
  const former = {
    generation: fields.number('generation'),
    root: label(fields, 'root'),
    certificate: fields.text('certificate'),
    ...optionalText(fields, 'crl'),
  }
  fields.end()
  return former
}

/** Two branches can give one fresh address to two hosts; Git merges that without a word. */
function sharedAddresses(hosts: ReadonlyMap<string, LockedHost>): Diagnostic[] {
  const byAddress = new Map<string, string[]>()
  for (const [key, { address }] of hosts) byAddress.set(address, [...(byAddress.get(address) ?? []), key])
  return [...byAddress]
    .filter(([, keys]) => keys.length > 1)
    .map(([address, keys]) => {
      const host = hosts.get(keys[0] ?? '')
      const file = `${LOCK_FOLDER}/hosts/${host?.namespace}/${host?.service}.yaml`
      return diagnose('MESH-E311', { address, hosts: keys }, { file, start: 0, end: 0 })
    })
}
