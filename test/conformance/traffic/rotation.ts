/** New intermediates while requests flow. */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { mustRefuse, present } from '../check.ts'
import { CLUSTERS } from './addresses.ts'
import { DIRECTIONS, type Direction } from './calls.ts'
import { startFlow, type Flow } from './flow.ts'
import { settled, type Clusters } from './judge.ts'
import { applicationPod, sniOf } from './pods.ts'
import { certificatesOf, endpointCounter } from './proxy.ts'
import type { Cluster, World } from './world.ts'

const TAKEN_S = 20
/** Agents renew every 6 s here. */
const RENEWED_S = 40
const STEADY_MS = 1000

/** Both istiods take up what was rotated, both pods are given certificates below it, and no request is lost meanwhile. */
export async function rotatedWithoutLoss(world: World, clusters: Clusters): Promise<void> {
  const { rotated } = world.settings.meshes
  const flows: { readonly direction: Direction; readonly flow: Flow; readonly connectionsBefore: number }[] = []
  try {
    for (const direction of DIRECTIONS) {
      const address = await settled(world, direction)
      const connectionsBefore = await connections(clusters, direction)
      flows.push({ direction, flow: startFlow(direction, address), connectionsBefore })
    }
    await sleep(STEADY_MS)
    for (const name of CLUSTERS) {
      await takenUp(world, clusters[name], rotated[name].cacerts)
      await sleep(STEADY_MS)
    }
    await Promise.all(
      flows.map(async ({ direction: { from }, flow }) => {
        await renewed(world, clusters[from], flow, intermediateIn(rotated[from].cacerts))
      }),
    )
    await sleep(STEADY_MS)
    for (const { direction, flow, connectionsBefore } of flows) {
      const requests = await flow.stop()
      deepStrictEqual(flow.lost(), [], 'requests were lost')
      const handshakes = (await connections(clusters, direction)) - connectionsBefore
      ok(handshakes >= requests / 8, `${requests} requests over ${handshakes} connections prove little`)
    }
  } finally {
    await Promise.all(flows.map(({ flow }) => flow.stop()))
    // They are not what their files say any more.
    await Promise.all(CLUSTERS.map((name) => world.discard(name)))
  }
}

/** How many connections the provider's gateway has passed on, each with a handshake between the two pods. */
async function connections(clusters: Clusters, { to }: Direction): Promise<number> {
  const counter = await endpointCounter(clusters[to].gateway, sniOf(applicationPod(to), 8000), 'cx_total')
  return present(counter, 'counter of connections').value
}

/** istiod stays with its own root when it is given an intermediate of another one. */
export async function strangerNotTaken(world: World, clusters: Clusters): Promise<void> {
  const cluster = clusters['cluster-2']
  const { article, own } = world.settings.meshes
  await mustRefuse('an intermediate of another root', /Updating new ROOT-CA not supported/, () =>
    takenUp(world, cluster, article[cluster.name].cacerts),
  )
  await takenUp(world, cluster, own[cluster.name].cacerts)
}

async function takenUp(world: World, { name, plane }: Cluster, cacerts: string): Promise<void> {
  const from = plane.istiod.log().length
  plane.replaceCacerts(cacerts)
  const line = await world.processes.until(
    `istiod of ${name} on its new cacerts`,
    TAKEN_S,
    () =>
      /.*(?:detected the newly added intermediate CA|ROOT-CA not supported|Failed to update new Plug-in).*/.exec(
        plane.istiod.log().slice(from),
      )?.[0],
  )
  if (!line.includes('detected the newly added intermediate CA')) throw new Error(line)
}

/** The pod has a certificate below this intermediate, and the server at the other end has seen it. */
async function renewed(world: World, cluster: Cluster, flow: Flow, intermediate: X509Certificate): Promise<void> {
  const known = new Set<string>()
  await world.processes.until(`calls from ${cluster.name} with a renewed certificate`, RENEWED_S, () => {
    const [leaf, issuer] = certificatesOf(cluster.sidecar)
    if (issuer?.fingerprint256 === intermediate.fingerprint256) known.add(present(leaf, 'certificate').fingerprint256)
    return [...known].some((hash) => hash.replaceAll(':', '').toLowerCase() === flow.lastCertificate()) || undefined
  })
}

function intermediateIn(cacerts: string): X509Certificate {
  return new X509Certificate(readFileSync(join(cacerts, 'ca-cert.pem')))
}
