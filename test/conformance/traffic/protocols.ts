/** Calls in protocols that are bytes to sidecars. */
import { match, ok, strictEqual } from 'node:assert/strict'
import { OWN_NAME } from './application.ts'
import { DIRECTIONS } from './calls.ts'
import { settled, type Clusters } from './judge.ts'
import { applicationPod, hostOf, sniOf } from './pods.ts'
import { admin, endpointCounter } from './proxy.ts'
import { callTcp, callTls } from './tcp-client.ts'
import type { World } from './world.ts'

const SETTLE_S = 30

/** The application's own certificate and server name arrive, inside of mutual TLS with the SNI of the Service's port. */
export async function ownTls(world: World, clusters: Clusters): Promise<void> {
  for (const direction of DIRECTIONS) {
    const host = await settled(world, direction)
    const provider = applicationPod(direction.to)
    const servername = hostOf(provider)
    const { got, issuer } = await world.processes.until('TLS', SETTLE_S, () =>
      callTls({ host, port: 9443, servername }, 'hello'),
    )
    strictEqual(got, `${direction.to} got hello as ${servername}`)
    match(issuer, new RegExp(OWN_NAME), 'the certificate is not that of the application')
    const passed = await endpointCounter(clusters[direction.to].gateway, sniOf(provider, 443), 'cx_total')
    ok((passed?.value ?? 0) > 0, 'the gateway has had no connection for it')
  }
}

export async function bytesOfOthers(world: World, clusters: Clusters): Promise<void> {
  for (const direction of DIRECTIONS) {
    const host = await settled(world, direction)
    const greeting = await world.processes.until('MySQL', SETTLE_S, () => callTcp(host, 3306, ''))
    strictEqual(greeting, `${direction.to} greets`)
    const text = await world.processes.until('Mongo', SETTLE_S, () => callTcp(host, 27_017, 'hello'))
    strictEqual(text, `${direction.to} got hello`)
    // What MESH-W232 warns of: once it is gone, so may the warning be.
    const { body } = await admin(clusters[direction.to].gateway.pod, '/config_dump?resource=dynamic_listeners')
    match(body, /outbound_\.27017_\._\.[^]*?filters\.network\.mongo_proxy/, 'the gateway looks for no Mongo')
  }
}
