/** The rendered rules about who may call: each caller is let in or refused as the intent says, on every protocol. */
import { deepStrictEqual, match, strictEqual } from 'node:assert/strict'
import { mustRefuse, present } from '../check.ts'
import type { KubernetesObject } from '../manifests.ts'
import { CLUSTERS } from './addresses.ts'
import { call, DIRECTIONS, resolve } from './calls.ts'
import { callGrpc } from './grpc.ts'
import { otherProtocols, settled, type Clusters } from './judge.ts'
import { callPod } from './local-caller.ts'
import { applicationPod, hostOf } from './pods.ts'
import { accessLogs, type Proxy } from './proxy.ts'
import { callTcp } from './tcp-client.ts'
import type { World } from './world.ts'

const [ALLOWED, REFUSED] = DIRECTIONS.map((direction) => present(direction, 'direction'))
const TAKEN_S = 20

/** svc-2 of cluster-2 lets svc-1 in; svc-1 of cluster-1 does not let svc-2 in. Before the policies both are let in. */
export async function asSaid(world: World, clusters: Clusters): Promise<void> {
  const [allowed, refused] = [present(ALLOWED, 'direction'), present(REFUSED, 'direction')]
  await settled(world, refused)
  const policies = CLUSTERS.flatMap((name) =>
    policiesOf(world.settings.meshes.guarded[name].objects).map((policy) => ({ plane: clusters[name].plane, policy })),
  )
  strictEqual(policies.length, 4, 'an AuthorizationPolicy and a PeerAuthentication for each of both')
  try {
    for (const { plane, policy } of policies) plane.apply(policy)
    await refusedByPolicy(world, clusters, await resolve(refused))
    // Refusals first: only they show that the policy is taken up.
    await localCallers(world, clusters)
    await settled(world, allowed)
    await otherProtocols(world, [allowed])
  } finally {
    for (const { plane, policy } of policies) plane.remove(policy)
  }
  await settled(world, refused)
}

function policiesOf(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  return objects.filter(({ apiVersion }) => apiVersion === 'security.istio.io/v1')
}

/** 403 over HTTP and gRPC, and an end without an answer over TCP; the provider says why. */
async function refusedByPolicy(world: World, clusters: Clusters, address: string): Promise<void> {
  const direction = present(REFUSED, 'direction')
  const { sidecar } = clusters[direction.to]
  const before = sidecar.agent.log().length
  await world.processes.until('403', TAKEN_S, async () => {
    const { status, body } = await call(direction, address, '/refused')
    if (status === 403) return true
    throw new Error(`${status}: ${body.slice(0, 200)}`)
  })
  // Each port of a pod has a listener of its own, which takes the policy up by itself.
  await world.processes.until('PERMISSION_DENIED', TAKEN_S, async () => {
    const grpc = await callGrpc(address, 9090, `${hostOf(applicationPod(direction.to))}:9090`)
    deepStrictEqual([grpc.httpStatus, grpc.grpcStatus], [200, 7])
    return true
  })
  await world.processes.until('an end over TCP', TAKEN_S, async () => {
    await mustRefuse('TCP', /without an answer|ECONNRESET/, () => callTcp(address, 9000, 'hello'))
    return true
  })
  const reasons = await world.processes.until('a refusal in the access log', TAKEN_S, () => {
    const found = accessLogs(sidecar, before).map((log) => log.response_code_details ?? '')
    return found.some((reason) => reason.startsWith('rbac_access_denied')) ? found : undefined
  })
  match(reasons.join(' '), /rbac_access_denied_matched_policy\[none\]/)
}

/** Within cluster-2 its own namespace is let in, and the gateway's account is not; nobody comes without a certificate. */
async function localCallers(world: World, clusters: Clusters): Promise<void> {
  const { sidecar, gateway } = clusters[present(ALLOWED, 'direction').to]
  const { pod } = sidecar
  const [http, , tcp] = pod.ports
  const get = (caller: Proxy): Promise<string> =>
    callPod(
      caller,
      pod,
      present(http, 'port'),
      'HTTP',
      `GET /local HTTP/1.1\r\nhost: ${pod.service}.${pod.namespace}\r\nconnection: close\r\n\r\n`,
    )
  const say = (caller: Proxy): Promise<string> => callPod(caller, pod, present(tcp, 'port'), 'TCP', 'hello')
  await world.processes.until('403 for a local caller that is not named', TAKEN_S, async () => {
    match(await get(gateway), /^HTTP\/1\.1 403 /)
    return true
  })
  match(await get(sidecar), /^HTTP\/1\.1 200 /)
  await world.processes.until('TCP for a local caller, and none for another', TAKEN_S, async () => {
    deepStrictEqual([await say(sidecar), await say(gateway)], [`${pod.cluster} got hello`, ''])
    return true
  })
}
