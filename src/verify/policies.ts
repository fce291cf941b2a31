/** Who may call what a cluster exposes: policies for the pods of an exposed service, and for nobody else's. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Lock, WorkloadPolicy } from '../lock/lock.ts'
import { isPrincipal } from '../mesh/principals.ts'
import { fieldAt, fieldsOf, listOf, textOf } from './fields.ts'
import { ofKind, titleOf, type FoundObject } from './objects.ts'
import type { ClusterOutput } from './read.ts'
import { SECURITY } from './shapes.ts'

const KINDS = ['AuthorizationPolicy', 'PeerAuthentication'] as const

/**
 * @param hosts the names that the gateway of the cluster exposes
 * @param trustDomains those of all clusters; empty when they are not known
 */
export function judgePolicies(
  cluster: ClusterOutput,
  hosts: ReadonlySet<string>,
  trustDomains: ReadonlySet<string>,
): Diagnostic[] {
  const exposed = new Set([...hosts].map((host) => host.split('.').slice(0, 2).join('.')))
  return KINDS.flatMap((kind) => ofKind(cluster.objects, SECURITY, kind)).flatMap((policy) => [
    ...(cluster.whole && cluster.legacy === undefined ? judgeTarget(policy, exposed) : []),
    ...judgePrincipals(policy, cluster.settings.ownTrustDomains, trustDomains),
  ])
}

/** A policy that outlives what it is for shuts out callers of which the mesh knows nothing. */
function judgeTarget(policy: FoundObject, exposed: ReadonlySet<string>): Diagnostic[] {
  const key = keyOf(policy)
  if (key !== undefined && exposed.has(key)) return []
  return [diagnose('MESH-E780', { object: titleOf(policy) }, policy.at('metadata', 'name'))]
}

/** `<service>.<namespace>` that a policy is for. */
function keyOf({ name, namespace }: FoundObject): string | undefined {
  const service = /^meshwright-(.+)$/.exec(name)?.[1]
  return service === undefined ? undefined : `${service}.${namespace}`
}

/**
 * Whole accounts of a namespace at most, and of a trust domain of the mesh. `cluster.local` stands for the own one in every
 * cluster (istio: pilot/pkg/security/trustdomain/bundle.go), so it says nothing of the callers of another.
 */
function judgePrincipals(policy: FoundObject, own: readonly string[], trustDomains: ReadonlySet<string>): Diagnostic[] {
  const known = [...trustDomains].filter((domain) => domain !== 'cluster.local' || own.includes(domain))
  return principalsOf(policy).flatMap(({ principal, at }) => {
    const [trustDomain = ''] = principal.split('/')
    if (isPrincipal(principal) && (known.length === 0 || known.includes(trustDomain))) return []
    return [diagnose('MESH-E781', { object: titleOf(policy), found: principal, trustDomain: known.join('|') }, at)]
  })
}

function principalsOf({ fields, at }: FoundObject): { principal: string; at: ReturnType<FoundObject['at']> }[] {
  return listOf(fieldAt(fields, 'spec', 'rules')).flatMap((rule, i) =>
    listOf(fieldAt(rule, 'from')).flatMap((from, j) =>
      listOf(fieldAt(from, 'source', 'principals')).map((principal, k) => ({
        principal: textOf(principal),
        at: at('spec', 'rules', i, 'from', j, 'source', 'principals', k),
      })),
    ),
  )
}

/** What the lock says of each exposure is there, for the same pods and callers, and nothing else is. */
export function judgePoliciesAgainstLock(lock: Lock, cluster: ClusterOutput): Diagnostic[] {
  const wanted = new Map<string, WorkloadPolicy>()
  for (const [key, { exposures }] of lock.hosts) {
    const policy = exposures.find((exposure) => exposure.cluster === cluster.name)?.policy
    if (policy) wanted.set(key, policy)
  }
  return KINDS.flatMap((kind) => {
    const found = new Map(ofKind(cluster.objects, SECURITY, kind).map((policy) => [keyOf(policy) ?? '', policy]))
    const keys = new Set([...found.keys(), ...(cluster.whole ? wanted.keys() : [])])
    return [...keys].flatMap((key) => {
      const policy = found.get(key)
      const args = { kind, host: key, found: textOfFound(policy), locked: textOfLocked(kind, wanted.get(key)) }
      if (args.found === args.locked) return []
      const place = policy?.at('spec') ?? { file: `${cluster.folder}/gateway`, start: 0, end: 0 }
      return [diagnose('MESH-E782', args, place)]
    })
  })
}

const NONE = 'none'

function textOfFound(policy: FoundObject | undefined): string {
  if (policy === undefined) return NONE
  const labels = Object.entries(fieldsOf(fieldAt(policy.fields, 'spec', 'selector', 'matchLabels')))
  const pods = labelsText(labels.map(([key, value]) => [key, textOf(value)]))
  if (policy.kind === 'PeerAuthentication') return pods
  const ports = listOf(fieldAt(policy.fields, 'spec', 'rules')).flatMap((rule) =>
    listOf(fieldAt(rule, 'to')).flatMap((to) => listOf(fieldAt(to, 'operation', 'ports')).map(textOf)),
  )
  return policyText(
    pods,
    principalsOf(policy).map(({ principal }) => principal),
    ports,
  )
}

function textOfLocked(kind: (typeof KINDS)[number], policy: WorkloadPolicy | undefined): string {
  if (policy === undefined) return NONE
  const { labels, strict, principals, ports = [] } = policy
  const pods = labelsText(Object.entries(labels))
  if (kind === 'PeerAuthentication') return strict ? pods : NONE
  return principals === undefined ? NONE : policyText(pods, principals, ports.map(String))
}

function labelsText(labels: readonly (readonly [string, string])[]): string {
  return `pods ${labels
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',')}`
}

function policyText(pods: string, principals: readonly string[], ports: readonly string[]): string {
  return `${pods}, callers ${[...principals].sort().join(' ')}, ${ports.length === 0 ? 'all ports' : `ports ${[...ports].sort().join(' ')}`}`
}
