/** What is tried within the network namespace, in this order. */
import { mustRefuse } from '../check.ts'
import type { ClusterName } from './addresses.ts'
import { asSaid } from './authorization.ts'
import { DIRECTIONS } from './calls.ts'
import { byWeight, ownCopyFirst } from './failover.ts'
import { lossesCounted, noSni, notAllowed, notInGateway, otherRoot, otherTrustDomain, wrongSan } from './faults.ts'
import { answered, otherProtocols, resolvedAlike, type Clusters } from './judge.ts'
import { bytesOfOthers, ownTls } from './protocols.ts'
import { limited, routed } from './routes.ts'
import { rotatedWithoutLoss, strangerNotTaken } from './rotation.ts'
import type { MeshName, World } from './world.ts'

export interface Scenario {
  readonly name: string
  readonly run: (world: World) => Promise<void>
}

const ARTICLE = { 'cluster-1': 'article', 'cluster-2': 'article' } as const
const SHARED = { 'cluster-1': 'shared', 'cluster-2': 'shared' } as const
const DOMAINS = { 'cluster-1': 'domains', 'cluster-2': 'domains' } as const
const VERSIONS = { 'cluster-1': 'versions', 'cluster-2': 'versions' } as const
const OWN = { 'cluster-1': 'own', 'cluster-2': 'own' } as const

export const SCENARIOS: readonly Scenario[] = [
  scenario('both directions: 200 through the gateway, identities on both ends', ARTICLE, answered),
  scenario('DNS capture answers as CoreDNS does', ARTICLE, (_, clusters) =>
    resolvedAlike(clusters, ({ files }) => files.corefile),
  ),
  scenario('planted: a Corefile with another address', ARTICLE, (_, clusters) =>
    mustRefuse('an address that is off by one', /the agent about .* A/, () =>
      resolvedAlike(clusters, ({ files }) =>
        files.corefile.replace(/^( +240\.\d+\.\d+\.)(\d+)/m, (_, head, last) => `${head}${Number(last) ^ 1}`),
      ),
    ),
  ),
  scenario('planted: no sni in the DestinationRule', ARTICLE, noSni),
  scenario('planted: a host that the Gateway does not list', ARTICLE, notInGateway),
  scenario('planted: the SAN of somebody else', ARTICLE, wrongSan),
  scenario('planted: an AuthorizationPolicy for another principal', ARTICLE, notAllowed),
  scenario('planted: requests that are lost are counted', ARTICLE, lossesCounted),
  scenario('planted: a provider under another root', { 'cluster-1': 'article', 'cluster-2': 'own' }, otherRoot),
  scenario('clusters in trust domains of their own, one let in by the name of its cluster', DOMAINS, answered),
  scenario(
    'planted: a trust domain of which istiod was not told',
    { 'cluster-1': 'domains', 'cluster-2': 'strangers' },
    otherTrustDomain,
  ),
  scenario('gRPC and TCP in both directions', OWN, (world) => otherProtocols(world, DIRECTIONS)),
  scenario('TLS of the application within that of the mesh, under another port', OWN, ownTls),
  scenario('a server that speaks first, and Mongo through a gateway that looks for it', OWN, bytesOfOthers),
  scenario('callers are let in and refused as authorization says, from elsewhere and locally', OWN, asSaid),
  scenario('planted: an intermediate of another root', OWN, strangerNotTaken),
  scenario(
    'a service of both clusters: the own copy first, then the other cluster, in no circle',
    SHARED,
    ownCopyFirst,
  ),
  scenario('a service of both clusters: by weight, and without a gateway that is gone', SHARED, byWeight),
  scenario('requests go to versions by header and weight', VERSIONS, routed),
  scenario('requests end in time, and are tried again', VERSIONS, limited),
  scenario('rotated intermediates are taken up, and no request is lost', OWN, rotatedWithoutLoss),
]

function scenario(
  name: string,
  meshes: Readonly<Record<ClusterName, MeshName>>,
  judge: (world: World, clusters: Clusters) => Promise<void>,
): Scenario {
  return { name, run: async (world) => judge(world, await world.with(meshes)) }
}
