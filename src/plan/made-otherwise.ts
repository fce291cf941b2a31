/** Fields of the intent that decide how an intermediate is made, held against those that are there already. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Lock } from '../lock/lock.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { keyTypeText } from '../trust/key-type.ts'
import { boundedName } from '../trust/profile.ts'
import { readCertificate, type Certificate } from '../trust/read.ts'
import type { SubjectAltName } from '../trust/task.ts'

export function intermediateSan(mesh: Mesh, cluster: Cluster): SubjectAltName | undefined {
  switch (mesh.trust.intermediateSan) {
    case 'none':
      return undefined
    case 'istiod':
      return { kind: 'DNS', value: `istiod.${cluster.istio.namespace}.svc` }
    case 'spiffe':
      return { kind: 'URI', value: `spiffe://${cluster.trustDomain}` }
  }
}

/**
 * What was made otherwise than the intent says now. A warning, since it is no fault: a field must be changed before the
 * clusters follow it, one after the other, with a new generation each.
 */
export function madeOtherwise(mesh: Mesh, lock: Lock): Diagnostic[] {
  const { keyType, origin } = mesh.trust
  const kept = mesh.clusters.flatMap((cluster) => {
    const locked = lock.clusters.get(cluster.name)
    if (locked === undefined || locked.removed || (cluster.generation?.number ?? 0) > locked.generation) return []
    const reading = readCertificate(locked.certificate)
    // One that was made elsewhere is as it is.
    if ('problem' in reading || !isOurs(reading.certificate, mesh.name, cluster.name, locked.generation)) return []
    return [{ cluster, certificate: reading.certificate }]
  })
  const differ = (field: string, wanted: string, found: (one: (typeof kept)[number]) => string): Diagnostic[] => {
    const others = kept.filter((one) => found(one) !== wanted)
    const [first] = others
    if (first === undefined) return []
    const clusters = others.map(({ cluster }) => cluster.name)
    return [diagnose('MESH-W415', { clusters, field, wanted, found: found(first) }, origin)]
  }
  return [
    ...differ('key', keyType, ({ certificate }) => keyTypeText(certificate.publicKey)),
    ...differ('san', mesh.trust.intermediateSan, ({ cluster, certificate }) => sanOf(mesh, cluster, certificate)),
  ]
}

/** By the end of its subject, which the organization does not change. */
function isOurs({ subject }: Certificate, mesh: string, cluster: string, generation: number): boolean {
  const tail = `CN=${boundedName(`${mesh} ${cluster} g${generation}`)}`
  return subject === tail || subject.endsWith(`, ${tail}`)
}

/** As the intent calls it, or else as it is in the certificate. */
function sanOf(mesh: Mesh, cluster: Cluster, { subjectAltNames = [] }: Certificate): string {
  const [name, another] = subjectAltNames
  if (name === undefined) return 'none'
  const wanted = intermediateSan(mesh, cluster)
  return another === undefined && wanted !== undefined && name === `${wanted.kind}:${wanted.value}`
    ? mesh.trust.intermediateSan
    : subjectAltNames.join(' ')
}
