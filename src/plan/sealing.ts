/** How each cluster's key is to be sealed, and whether what is sealed already still opens where the intent has it. */
import { diagnose, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { LockedCluster } from '../lock/lock.ts'
import type { Cluster } from '../mesh/mesh.ts'
import { readCertificate } from '../trust/read.ts'
import { storeFileName } from '../trust/seal/external-secrets.ts'
import { readSealingCertificate } from '../trust/seal/sealed-secrets.ts'
import type { ControllerSealing, RewrapTask, Sealing } from '../trust/task.ts'

type Files = ReadonlyMap<string, Uint8Array>

/** What is needed to seal something for a cluster, if it is there. */
export function sealingOf(
  { mesh, files, now }: { readonly mesh: string; readonly files: Files; readonly now: Date },
  cluster: Cluster,
  generation: number,
): { readonly sealing?: Sealing; readonly diagnostics: readonly Diagnostic[] } {
  const { sealing } = cluster
  const place = { namespace: cluster.istio.namespace, name: 'cacerts' } as const
  switch (sealing.backend) {
    case 'sealed-secrets': {
      const { backend, scope } = sealing
      const { path, origin } = sealing.certificate
      const bytes = files.get(path)
      if (bytes === undefined) return { diagnostics: [diagnose('MESH-E811', { cluster: cluster.name, path }, origin)] }
      const { diagnostics, ...checked } = readSealingCertificate({ path, text: textOf(bytes) }, now)
      if (!checked.ok) return { diagnostics }
      return { sealing: { backend, scope, certificate: checked.value, ...place }, diagnostics }
    }
    case 'sops':
      return { sealing: { backend: sealing.backend, recipients: sealing.recipients, ...place }, diagnostics: [] }
    case 'external-secrets': {
      const { backend, recipients } = sealing
      const file = storeFileName(mesh, cluster.name, generation)
      return { sealing: { backend, recipients, file, ...place }, diagnostics: [] }
    }
  }
}

/** What only the sealed-secrets controller is given: keys that were made before, or whose certificate comes later. */
export function controllerSealingOf(
  cluster: Cluster,
  around: { readonly mesh: string; readonly files: Files; readonly now: Date },
): Checked<ControllerSealing> {
  const { sealing, diagnostics } = sealingOf(around, cluster, 1)
  if (sealing === undefined) return { ok: false, diagnostics }
  if (sealing.backend === 'sealed-secrets') return { ok: true, value: sealing, diagnostics }
  const args = { cluster: cluster.name, backend: sealing.backend }
  return { ok: false, diagnostics: [diagnose('MESH-E439', args, cluster.sealing.origin)] }
}

/** Of a cluster that keeps its key. */
export function keptSealing(cluster: Cluster, locked: LockedCluster, files: Files): Diagnostic[] {
  const { name, sealing } = cluster
  const { sealed, generation } = locked
  if (sealed.backend !== sealing.backend) {
    const args = { cluster: name, locked: sealed.backend, wanted: sealing.backend, generation }
    return [diagnose('MESH-E471', args, sealing.origin)]
  }
  if (sealed.backend === 'sealed-secrets' && sealing.backend === 'sealed-secrets') {
    if (sealed.scope !== sealing.scope) {
      const args = { cluster: name, locked: sealed.scope, wanted: sealing.scope, generation }
      return [diagnose('MESH-E470', args, sealing.origin)]
    }
    const { path, origin } = sealing.certificate
    const found = fingerprintOf(files.get(path))
    const key = sealed.items['ca-key.pem'].certificate ?? sealed.certificate
    if (found === undefined || found === key) return []
    return [diagnose('MESH-W475', { cluster: name, path, locked: shortened(key), found: shortened(found) }, origin)]
  }
  if (sealed.backend === 'sops' && sealing.backend === 'sops') {
    const removed = sealed.recipients.map((r) => r.recipient).filter((r) => !sealing.recipients.includes(r))
    return removed.length === 0
      ? []
      : [diagnose('MESH-W474', { cluster: name, recipients: removed, generation }, sealing.origin)]
  }
  return []
}

/** The data key of a cluster that keeps its key, for whoever the intent names now. */
export function rewrapTasks({ name, sealing }: Cluster, { sealed }: LockedCluster): RewrapTask[] {
  if (sealed.backend !== 'sops' || sealing.backend !== 'sops') return []
  const { recipients } = sealing
  if (sealed.recipients.map((r) => r.recipient).join() === recipients.join()) return []
  return [{ kind: 'rewrap-key', cluster: name, recipients }]
}

/** Of a cluster that gets a new key: what a former backend has made is not pruned. */
export function movedSealing(cluster: Cluster, locked: LockedCluster | undefined): Diagnostic[] {
  const { name, sealing } = cluster
  if (locked === undefined || locked.sealed.backend === sealing.backend) return []
  const { backend, namespace } = locked.sealed
  const args = {
    cluster: name,
    locked: backend,
    wanted: sealing.backend,
    steps: stepsFrom(backend, sealing.backend, namespace),
  }
  return [diagnose('MESH-W476', args, sealing.origin)]
}

/** Commands after which only the new backend has to do with the Secret. */
function stepsFrom(
  from: LockedCluster['sealed']['backend'],
  to: LockedCluster['sealed']['backend'],
  namespace: string,
): string {
  const kubectl = `kubectl -n ${namespace}`
  const steps = [
    ...(from === 'sealed-secrets' ? [`${kubectl} delete sealedsecret cacerts --cascade=orphan`] : []),
    ...(from === 'external-secrets' ? [`${kubectl} delete externalsecret cacerts`] : []),
    ...(to === 'sealed-secrets' ? [`${kubectl} annotate secret cacerts sealedsecrets.bitnami.com/managed=true`] : []),
  ]
  return steps.length === 0
    ? 'nothing is to be done by hand: the new object takes the Secret over'
    : `when the new object is in the cluster, run: ${steps.join('; then ')}`
}

function fingerprintOf(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined
  // What nothing is sealed for now is not judged.
  const reading = readCertificate(textOf(bytes))
  return 'certificate' in reading ? reading.certificate.fingerprint : undefined
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}

/** Enough to tell two apart. */
function shortened(fingerprint: string): string {
  return `${fingerprint.slice(0, 'sha256:'.length + 12)}…`
}
