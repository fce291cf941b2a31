/** Faults that are planted into running clusters: each is refused for its own reason, and calls succeed again without it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { present } from '../check.ts'
import { at, type KubernetesObject } from '../manifests.ts'
import { allowOnly } from './cluster-objects.ts'
import { call, DIRECTIONS, resolve, seenBy } from './calls.ts'
import { startFlow } from './flow.ts'
import { settled, type Clusters } from './judge.ts'
import { applicationPod, hostOf, sniOf, spiffeOf } from './pods.ts'
import { accessLogs, type AccessLog } from './proxy.ts'
import type { Cluster, World } from './world.ts'

/** What the caller is told, and where in an access log the reason is. */
interface Refusal {
  readonly status: number
  readonly who: 'caller' | 'gateway of the provider' | 'provider'
  readonly reason: (log: AccessLog) => boolean
}

const DIRECTION = present(DIRECTIONS[0], 'direction')
const PROVIDER = applicationPod(DIRECTION.to)
const REFUSED_S = 20

/** Without its `sni` Istio asks for the host of the caller's cluster, which is not the provider's. */
export function noSni(world: World, clusters: Clusters): Promise<void> {
  const edit = edited(clusters[DIRECTION.from], 'DestinationRule', (rule) => {
    for (const { tls } of at(rule, 'spec', 'trafficPolicy', 'portLevelSettings') as { tls: { sni?: string } }[]) {
      delete tls.sni
    }
  })
  const sni = `outbound_.8000_._.${hostOf(PROVIDER)}`
  return refusedThenMended(world, clusters, edit, unmatched(sni))
}

export function notInGateway(world: World, clusters: Clusters): Promise<void> {
  const edit = exportsOther(clusters[DIRECTION.to])
  return refusedThenMended(world, clusters, edit, unmatched(sniOf(PROVIDER, 8000)))
}

export function wrongSan(world: World, clusters: Clusters): Promise<void> {
  const edit = edited(clusters[DIRECTION.from], 'ServiceEntry', (entry) => {
    ;(entry['spec'] as { subjectAltNames: string[] }).subjectAltNames = ['spiffe://cluster.local/ns/bar/sa/somebody']
  })
  return refusedThenMended(world, clusters, edit, unverified(/CERTIFICATE_VERIFY_FAILED:.*SAN/))
}

/** The provider's own policy works on the caller's identity: it is let in by name, and not by another. */
export async function notAllowed(world: World, clusters: Clusters): Promise<void> {
  const { plane } = clusters[DIRECTION.to]
  const address = await settled(world, DIRECTION)
  const apply = (principal: string): void => plane.apply(allowOnly(DIRECTION.to, principal))
  const named = spiffeOf(applicationPod(DIRECTION.from)).replace('spiffe://', '')
  const refusal: Refusal = {
    status: 403,
    who: 'provider',
    reason: (log) => log.response_code_details === 'rbac_access_denied_matched_policy[none]',
  }
  const edit: Edit = {
    plant: () => apply(named.replace(/[^/]+$/, 'somebody')),
    mend: () => apply(named),
  }
  try {
    await refusedThenMended(world, clusters, edit, refusal)
    seenBy(await call(DIRECTION, address, '/named'))
  } finally {
    plane.remove(allowOnly(DIRECTION.to, named))
  }
}

/** The provider's cluster is under another root than the caller's. */
export async function otherRoot(world: World, clusters: Clusters): Promise<void> {
  await refused(world, clusters, unverified(/CERTIFICATE_VERIFY_FAILED:.*self_signed_certificate_in_certificate_chain/))
}

/**
 * The provider ends the connection when it has seen the caller's certificate; with TLS 1.3 the caller learns no reason. The
 * same two clusters answer each other once their istiods are told of both domains, which is the only difference.
 */
export async function otherTrustDomain(world: World, clusters: Clusters): Promise<void> {
  await refused(world, clusters, {
    status: 503,
    who: 'caller',
    reason: (log) => /connection_termination/.test(log.response_code_details ?? ''),
  })
}

/** So that a flow without losses means something: it counts what is lost to a fault. */
export async function lossesCounted(world: World, clusters: Clusters): Promise<void> {
  const { plant, mend } = exportsOther(clusters[DIRECTION.to])
  const address = await settled(world, DIRECTION)
  const flow = startFlow(DIRECTION, address)
  try {
    await sleep(500)
    plant()
    await world.processes.until('a lost request', REFUSED_S, () => flow.lost().length > 0 || undefined)
  } finally {
    mend()
    await flow.stop()
  }
  await settled(world, DIRECTION)
}

interface Edit {
  readonly plant: () => void
  readonly mend: () => void
}

function edited(cluster: Cluster, kind: string, change: (copy: KubernetesObject) => void): Edit {
  const original = present(
    cluster.files.objects.find((object) => object.kind === kind),
    `${kind} in ${cluster.name}`,
  )
  const copy = structuredClone(original)
  change(copy)
  return { plant: () => cluster.plane.apply(copy), mend: () => cluster.plane.apply(original) }
}

/** Lists a service that there is instead of the one that is called. */
function exportsOther(cluster: Cluster): Edit {
  return edited(cluster, 'Gateway', (gateway) => {
    for (const server of at(gateway, 'spec', 'servers') as { hosts: string[] }[]) {
      server.hosts = [`other.${PROVIDER.namespace}.svc.cluster.local`]
    }
  })
}

/** The gateway is asked for this, and has nothing for it. */
function unmatched(sni: string): Refusal {
  return {
    status: 503,
    who: 'gateway of the provider',
    reason: (log) => log.requested_server_name === sni && log.response_code_details === 'filter_chain_not_found',
  }
}

/** The caller's Envoy does not take the provider's certificate. */
function unverified(reason: RegExp): Refusal {
  return { status: 503, who: 'caller', reason: (log) => reason.test(log.upstream_transport_failure_reason ?? '') }
}

async function refusedThenMended(world: World, clusters: Clusters, edit: Edit, refusal: Refusal): Promise<void> {
  await settled(world, DIRECTION)
  try {
    edit.plant()
    await refused(world, clusters, refusal)
  } finally {
    edit.mend()
  }
  await settled(world, DIRECTION)
}

/** Calls until one is refused for this reason; what is still on its way from istiod is waited for. */
async function refused(world: World, clusters: Clusters, { status, who, reason }: Refusal): Promise<void> {
  const [from, to] = [clusters[DIRECTION.from], clusters[DIRECTION.to]]
  const proxy = { caller: from.sidecar, provider: to.sidecar, 'gateway of the provider': to.gateway }[who]
  const before = proxy.agent.log().length
  const address = await resolve(DIRECTION)
  await world.processes.until(`${status} for the fault`, REFUSED_S, async () => {
    const answer = await call(DIRECTION, address, '/refused')
    const logs = accessLogs(proxy, before)
    if (answer.status === status && logs.some(reason)) return true
    const last = logs.at(-1)
    const why = [last?.requested_server_name, last?.response_code_details, last?.upstream_transport_failure_reason]
    throw new Error(`${answer.status} ${answer.body.slice(0, 200)}; the ${who} says: ${why.join(', ')}`)
  })
}
