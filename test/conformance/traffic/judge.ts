/** What must hold for calls from one cluster to the other. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { recordsOf } from '../../../src/dns/records.ts'
import { present } from '../check.ts'
import { ask } from '../dns-client.ts'
import { agentDnsPort, CLUSTERS, dnsAddress, gatewayAddress, podAddress, type ClusterName } from './addresses.ts'
import { call, clientCertificate, DIRECTIONS, resolve, seenBy, type Direction } from './calls.ts'
import { callGrpc, type GrpcAnswer } from './grpc.ts'
import { applicationPod, hostOf, sniOf, spiffeOf, type Pod } from './pods.ts'
import { endpointCounter } from './proxy.ts'
import { callTcp } from './tcp-client.ts'
import type { Cluster, World } from './world.ts'

export type Clusters = Readonly<Record<ClusterName, Cluster>>

const SETTLE_S = 30

/** The virtual address of the provider's host, once calls to it succeed. */
export function settled(world: World, direction: Direction): Promise<string> {
  return world.processes.until(`a call from ${direction.from} to ${direction.to} that succeeds`, SETTLE_S, async () => {
    const address = await resolve(direction)
    seenBy(await call(direction, address, '/settling'))
    return address
  })
}

/** 200 from the other cluster; the server knows the caller, the caller the server; and the way is that over the gateway. */
export async function answered(world: World, clusters: Clusters): Promise<void> {
  for (const direction of DIRECTIONS) {
    const address = await settled(world, direction)
    const [caller, provider] = [applicationPod(direction.from), applicationPod(direction.to)]
    const way = (): Promise<Awaited<ReturnType<typeof endpointCounter>>[]> =>
      Promise.all([
        endpointCounter(clusters[direction.from].sidecar, `outbound|8000||${hostOf(provider)}`, 'rq_total'),
        endpointCounter(clusters[direction.to].gateway, sniOf(provider, 8000), 'cx_total'),
      ])
    const [requestsBefore] = await way()
    const seen = seenBy(await call(direction, address, '/hello'))
    const [requests, connections] = await way()
    deepStrictEqual([seen.cluster, seen.path], [direction.to, '/hello'])
    const { By, URI } = clientCertificate(seen.headers['x-forwarded-client-cert'] ?? '')
    const idOf = (pod: Pod): string => spiffeOf(pod, clusters[pod.cluster].files.values.meshConfig.trustDomain)
    deepStrictEqual({ By, URI }, { By: idOf(provider), URI: idOf(caller) })
    strictEqual(requests?.endpoint, `${gatewayAddress(direction.to)}:15443`, 'the caller dials another address')
    ok(requests.value > (requestsBefore?.value ?? 0), 'the call did not go to the gateway')
    strictEqual(connections?.endpoint, `${podAddress(direction.to)}:8080`, 'the gateway dials another address')
    ok(connections.value > 0, 'the gateway has had no connection')
  }
}

/** The other protocols: gRPC with its trailers and the caller's identity, and bare TCP. */
export async function otherProtocols(world: World, directions: readonly Direction[]): Promise<void> {
  for (const direction of directions) {
    const address = await settled(world, direction)
    const [caller, provider] = [applicationPod(direction.from), applicationPod(direction.to)]
    const answer = await world.processes.until('gRPC', SETTLE_S, async () => {
      const got = await callGrpc(address, 9090, `${hostOf(provider)}:9090`)
      return got.httpStatus === 200 ? got : refused(got)
    })
    strictEqual(answer.grpcStatus, 0)
    strictEqual(clientCertificate(answer.message)['URI'], spiffeOf(caller))
    const text = await world.processes.until('TCP', SETTLE_S, () => callTcp(address, 9000, 'hello'))
    strictEqual(text, `${direction.to} got hello`)
  }
}

function refused({ httpStatus, message }: GrpcAnswer): never {
  throw new Error(`${httpStatus}: ${message}`)
}

/** The agent answers the address that was rendered into the Corefile, as CoreDNS does, and knows no other host. */
export async function resolvedAlike(clusters: Clusters, corefileOf: (cluster: Cluster) => string): Promise<void> {
  for (const name of CLUSTERS) {
    const records = present(recordsOf(corefileOf(clusters[name]), 'global'), `records in the Corefile of ${name}`)
    ok(records.size > 0, `${name} imports nothing`)
    for (const [host, address] of records) {
      match(address, /^240\.\d+\.\d+\.\d+$/)
      deepStrictEqual(await answer(name, host, 'A'), ['NOERROR', address], `the agent about ${host} A`)
      // Anything but an empty answer here makes musl's resolver fail the whole name.
      deepStrictEqual(await answer(name, host, 'AAAA'), ['NOERROR'], `the agent about ${host} AAAA`)
      const { rcode, records: served } = await ask(53, host, 'A', dnsAddress(name))
      deepStrictEqual([rcode, ...served.map(({ data }) => data)], ['NOERROR', address], `CoreDNS about ${host}`)
    }
    deepStrictEqual(await answer(name, 'nobody.nowhere.global', 'A'), ['NXDOMAIN'])
    deepStrictEqual(await answer(name, 'nobody.nowhere.global', 'AAAA'), ['NXDOMAIN'])
    // What is not of the mesh goes on to CoreDNS, and from there upstream.
    deepStrictEqual(await answer(name, 'public.example', 'A'), ['NOERROR', '192.0.2.1'])
  }
}

async function answer(cluster: ClusterName, host: string, type: 'A' | 'AAAA'): Promise<string[]> {
  const { rcode, records } = await ask(agentDnsPort(cluster), host, type)
  return [rcode, ...records.map(({ data }) => data)]
}
