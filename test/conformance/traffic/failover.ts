/** One service in two clusters, each of which calls it too: who answers, and who does when that one is gone. */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { mustRefuse, present } from '../check.ts'
import { callerAddress, CLUSTERS, type ClusterName } from './addresses.ts'
import { clientCertificate, seenBy } from './calls.ts'
import type { Seen } from './application.ts'
import { httpGet } from './http-client.ts'
import type { Clusters } from './judge.ts'
import { hostOf, sharedPod, sniOf, spiffeOf } from './pods.ts'
import { endpointCounter } from './proxy.ts'
import { startServiceProxy, type ServiceProxy } from './service-proxy.ts'
import type { World } from './world.ts'

const SETTLE_S = 30
const CALLS = 20
/** Locality weights are kept by a schedule, not by chance; the first calls and retries may be out of it. */
const WEIGHTED_CALLS = 200
const OFF_MAX = 20

/** The own copy first; then, when a Service has no pod any more, the other cluster: in both directions, and in no circle. */
export async function ownCopyFirst(world: World, clusters: Clusters): Promise<void> {
  await withServices(async (services) => {
    for (const name of CLUSTERS) await answeredBy(world, name, name)
    const entered = await connections(clusters)
    for (const name of CLUSTERS) deepStrictEqual(await tally(name, CALLS), { [name]: CALLS })
    deepStrictEqual(await connections(clusters), entered, 'a call of the own copy has gone through a gateway')

    await services['cluster-1'].stop()
    await answeredBy(world, 'cluster-1', 'cluster-2')
    deepStrictEqual(await tally('cluster-1', CALLS), { 'cluster-2': CALLS })
    deepStrictEqual(await tally('cluster-2', CALLS), { 'cluster-2': CALLS }, 'the other cluster has its own')

    // Both call each other now. What enters a gateway goes to a pod: a circle would end at the caller's own.
    await services['cluster-2'].stop()
    await answeredBy(world, 'cluster-2', 'cluster-1')
    const before = await connections(clusters)
    deepStrictEqual(await tally('cluster-1', CALLS), { 'cluster-2': CALLS })
    deepStrictEqual(await tally('cluster-2', CALLS), { 'cluster-1': CALLS })
    const after = await connections(clusters)
    for (const name of CLUSTERS) {
      const more = after[name] - before[name]
      ok(more > 0 && more <= CALLS, `${CALLS} calls made ${more} connections through the gateway of ${name}`)
    }
  })
  await world.discard('cluster-1')
  await world.discard('cluster-2')
}

/** Calls by weight; and when the gateway of who has most of them is gone, none is answered by nobody for long. */
export async function byWeight(world: World, clusters: Clusters): Promise<void> {
  const caller = clusters['cluster-1']
  await withServices(async () => {
    for (const object of world.settings.meshes.weighted['cluster-1'].objects) caller.plane.apply(object)
    await answeredBy(world, 'cluster-1', 'cluster-2')
    await tally('cluster-1', CALLS)
    const shares = await tally('cluster-1', WEIGHTED_CALLS)
    assertShare(shares, 70)
    await mustRefuse('another share', /of 200 calls/, () => assertShare(shares, 50))

    await world.processes.stop(clusters['cluster-2'].gateway.agent)
    await world.processes.until('calls that are all answered here', SETTLE_S, async () => {
      const answers = await tally('cluster-1', CALLS)
      return answers['cluster-1'] === CALLS || undefined
    })
  })
  await world.discard('cluster-1')
  await world.discard('cluster-2')
}

function assertShare(shares: Readonly<Record<string, number>>, percent: number): void {
  const [found = 0, wanted] = [shares['cluster-2'], (WEIGHTED_CALLS * percent) / 100]
  ok(Math.abs(found - wanted) <= OFF_MAX, `cluster-2 has ${found} of ${WEIGHTED_CALLS} calls, not about ${wanted}`)
}

async function withServices(
  run: (services: Readonly<Record<ClusterName, ServiceProxy>>) => Promise<void>,
): Promise<void> {
  const started = await Promise.all(
    CLUSTERS.map(async (name): Promise<[ClusterName, ServiceProxy]> => {
      return [name, await startServiceProxy(sharedPod(name))]
    }),
  )
  try {
    await run(Object.fromEntries(started) as Record<ClusterName, ServiceProxy>)
  } finally {
    await Promise.all(started.map(([, proxy]) => proxy.stop()))
  }
}

/** Waits until a call is answered there, by the right identity. */
async function answeredBy(world: World, from: ClusterName, by: ClusterName): Promise<void> {
  await world.processes.until(`an answer of ${by} for ${from}`, SETTLE_S, async () => {
    const { cluster, headers } = seenBy(await callShared(from))
    if (cluster !== by) throw new Error(`${cluster} answers`)
    const { By, URI } = clientCertificate(headers['x-forwarded-client-cert'] ?? '')
    deepStrictEqual({ By, URI }, { By: spiffeOf(sharedPod(by)), URI: spiffeOf(sharedPod(from)) })
    return true
  })
}

/** How many calls each cluster has answered; all must be. */
async function tally(from: ClusterName, calls: number): Promise<Readonly<Record<string, number>>> {
  const counts: Partial<Record<ClusterName, number>> = {}
  for (let i = 0; i < calls; i++) {
    const { cluster }: Seen = seenBy(await callShared(from))
    counts[cluster] = (counts[cluster] ?? 0) + 1
  }
  return counts
}

function callShared(from: ClusterName): ReturnType<typeof httpGet> {
  const host = `${hostOf(sharedPod(from))}:8000`
  return httpGet({ host: callerAddress(from), port: 8000, path: '/shared', headers: { host } })
}

/** How many connections each gateway has passed on. */
async function connections(clusters: Clusters): Promise<Readonly<Record<ClusterName, number>>> {
  const counted = await Promise.all(
    CLUSTERS.map(async (name): Promise<[ClusterName, number]> => {
      const counter = await endpointCounter(clusters[name].gateway, sniOf(sharedPod(name), 8000), 'cx_total')
      return [name, present(counter, `endpoint of the gateway of ${name}`).value]
    }),
  )
  return Object.fromEntries(counted) as Record<ClusterName, number>
}
