/** Makes the meshes whose traffic is judged, by the real command line, and opens what it has sealed. */
import { ok } from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { parse } from 'yaml'
import { FIXTURES } from '../../fixture.ts'
import { openWithKubeseal, unpacked } from '../cacerts.ts'
import { at, objectNamed, resourcesOf, type KubernetesObject } from '../manifests.ts'
import { meshwright } from '../subjects.ts'
import type { Workbench } from '../workbench.ts'
import { CLUSTERS, gatewayAddress, gatewayName, type ClusterName } from './addresses.ts'

/** What one cluster is given; all of it was rendered. */
export interface ClusterFiles {
  /** Of the gateway and of the services. */
  readonly objects: readonly KubernetesObject[]
  readonly corefile: string
  /** Of istiod's Helm chart. */
  readonly values: Values
  /** Folder with the items of the Secret `cacerts`. */
  readonly cacerts: string
}

export interface Values {
  readonly global: { readonly meshID: string; readonly multiCluster: { readonly clusterName: string } }
  readonly meshConfig: {
    readonly trustDomain: string
    readonly caCertificates?: readonly { readonly trustDomains: readonly string[] }[]
    readonly defaultConfig: { readonly proxyMetadata: Readonly<Record<string, string>> }
  }
  readonly pilot: { readonly env: Readonly<Record<string, string>> }
}

export type MeshFiles = Readonly<Record<ClusterName, ClusterFiles>>

/** All that is tried. */
export interface Meshes {
  /** The fixture: its lock, its certificates, its sealing keys. */
  readonly article: MeshFiles
  /** The same two services with ports of every protocol, under a root of its own; one gateway has a name. */
  readonly own: MeshFiles
  /** The latter with a new intermediate in both clusters. */
  readonly rotated: MeshFiles
  /** `own` with rules about who may call: svc-2 lets in svc-1 and its own namespace, svc-1 nobody who is here. */
  readonly guarded: MeshFiles
  /** The fixture's clusters in trust domains of their own; svc-2 lets svc-1 of cluster-1 in, and no other. */
  readonly domains: MeshFiles
  /** The latter, where istiod is not told of the other domain. */
  readonly strangers: MeshFiles
  /** The fixture's clusters with one service that both run and call. */
  readonly shared: MeshFiles
  /** The fixture with versions, routes, timeouts and retries. */
  readonly versions: MeshFiles
  /** `shared` with its calls shared by weight. */
  readonly weighted: MeshFiles
}

export async function makeMeshes(bench: Workbench): Promise<Meshes> {
  const article = fixture(bench, 'article', gatewayAddress('cluster-1'))
  meshwright(bench, article, ['generate'])

  const own = fixture(bench, 'own', gatewayName('cluster-1'))
  rmSync(join(own, 'mesh.lock'), { recursive: true })
  edit(own, /^( +ports: \[)(\{ name: http, port: 8000, protocol: HTTP \})/gm, `$1$2, ${MORE_PORTS}`)
  const keys = bench.scratch('keys')
  const [identity, rootKey] = [join(keys, 'identity'), join(keys, 'r1.key.age')]
  const secret = await generateX25519Identity()
  writeFileSync(identity, `${secret}\n`, { mode: 0o600 })
  const recipient = await identityToRecipient(secret)
  meshwright(bench, own, ['trust', 'root', 'create', '--recipient', recipient, '--key-out', rootKey])
  const generate = ['generate', '--root-key', rootKey, '--identity', identity]
  meshwright(bench, own, generate)

  const rotated = bench.scratch('rotated')
  cpSync(own, rotated, { recursive: true })
  edit(rotated, /current: none/, 'current: none, generation: 2')
  meshwright(bench, rotated, generate)

  const guarded = bench.scratch('guarded')
  cpSync(own, guarded, { recursive: true })
  edit(
    guarded,
    /(name: grpc, port: 9090)(.*)(name: tcp, port: 9000)(.*\n.*\[svc-2\])/,
    '$1, targetPort: 9090$2$3, targetPort: 9000$4',
  )
  edit(guarded, /(name: http, port: 8000)(.*\n.*\[svc-2\])/, '$1, targetPort: 8080$2')
  edit(guarded, /^ +serviceAccounts: \[svc-1\]\n/m, `$&${rulesFor('svc-1', '[ops]', '[]')}`)
  edit(guarded, /$/, rulesFor('svc-2', '[foo], serviceAccounts: [svc-1]', '[{ namespaces: [bar] }]'))
  meshwright(bench, guarded, ['generate'])

  const versions = fixture(bench, 'versions', gatewayAddress('cluster-1'))
  edit(versions, /^ +serviceAccounts: \[svc-1\]\n/m, `$&    traffic: { timeout: 500ms, retries: { attempts: 0 } }\n`)
  edit(versions, /$/, VERSIONS)
  meshwright(bench, versions, ['generate'])

  const both = (name: string, clusters: string, mode: string): string => {
    const folder = fixture(bench, name, gatewayAddress('cluster-1'))
    edit(folder, /^services:\n[^]*/m, sharedService(clusters, mode))
    meshwright(bench, folder, ['generate'])
    return folder
  }
  const shared = both('shared', '[cluster-1, cluster-2]', 'locality')
  const weights = '[{ name: cluster-1, weight: 30 }, { name: cluster-2, weight: 70 }]'
  const weighted = both('weighted', weights, 'weighted')
  const domains = fixture(bench, 'domains', gatewayAddress('cluster-1'))
  edit(domains, /^ {2}- name: (cluster-\d)\n/gm, '$&    trustDomain: $1.example.com\n')
  edit(domains, /$/, rulesFor('svc-2', '[foo], cluster: cluster-1, serviceAccounts: [svc-1]', '[]'))
  meshwright(bench, domains, ['generate'])
  return {
    domains: filesOf(bench, domains),
    strangers: withoutForeignDomains(filesOf(bench, domains)),
    article: filesOf(bench, article),
    own: filesOf(bench, own),
    rotated: filesOf(bench, rotated),
    guarded: filesOf(bench, guarded),
    versions: filesOf(bench, versions),
    shared: filesOf(bench, shared),
    weighted: filesOf(bench, weighted),
  }
}

function withoutForeignDomains(files: MeshFiles): MeshFiles {
  const entries = CLUSTERS.map((name) => {
    const { values } = files[name]
    const { caCertificates, ...meshConfig } = values.meshConfig
    ok(caCertificates !== undefined, `${name} is told of no other trust domain`)
    return [name, { ...files[name], values: { ...values, meshConfig } }] as const
  })
  return Object.fromEntries(entries) as Record<ClusterName, ClusterFiles>
}

function rulesFor(app: string, namespaces: string, local: string): string {
  return `    workload: { labels: { app: ${app} }, mtls: STRICT }
    authorization: { from: [{ namespaces: ${namespaces} }], local: ${local} }
`
}

function sharedService(clusters: string, mode: string): string {
  return `services:
  - name: shared
    namespace: shop
    clusters: ${clusters}
    ports: [{ name: http, port: 8000, protocol: HTTP }]
    serviceAccounts: [shared]
    consumers: [{ cluster: cluster-1 }, { cluster: cluster-2 }]
    traffic: { failover: { mode: ${mode} } }
`
}

/** Of svc-2, whose only pod is taken for one of version v2. */
const VERSIONS = `    subsets:
      - { name: v2, labels: { app: svc-2 } }
      - { name: v9, labels: { version: v9 } }
    routes:
      - { match: [{ headers: { x-version: { exact: v2 } } }], to: [{ subset: v2 }] }
      - { match: [{ headers: { x-version: { exact: v9 } } }], to: [{ subset: v9 }] }
      - { match: [{ headers: { x-share: { exact: some } } }], to: [{ subset: v2, weight: 75 }, { subset: v9, weight: 25 }] }
      - { to: [{}] }
    traffic: { timeout: 10s, retries: { attempts: 2, perTryTimeout: 300ms, retryOn: [gateway-error] } }
`

const MORE_PORTS = `{ name: grpc, port: 9090, protocol: GRPC }, { name: tcp, port: 9000, protocol: TCP }, \
{ name: tls, port: 443, consumerPort: 9443, targetPort: 8443, protocol: TLS }, \
{ name: mongo, port: 27017, targetPort: 27017, protocol: Mongo }, { name: mysql, port: 3306, targetPort: 3306, protocol: MySQL }`

/** A copy whose gateways are here, the first by an address or name. */
function fixture(bench: Workbench, name: string, gateway: string): string {
  const folder = join(bench.scratch(name), 'mesh')
  mkdirSync(folder)
  cpSync(join(FIXTURES, 'two-clusters'), folder, { recursive: true })
  edit(folder, /cluster-1-gw\.example\.com/, gateway)
  edit(folder, /203\.0\.113\.7/, gatewayAddress('cluster-2'))
  return folder
}

function edit(folder: string, what: RegExp, by: string): void {
  const file = join(folder, 'mesh.yaml')
  const text = readFileSync(file, 'utf8')
  ok(what.test(text), `mesh.yaml has no ${String(what)}`)
  writeFileSync(file, text.replace(what, by))
}

function filesOf(bench: Workbench, mesh: string): MeshFiles {
  const entries = CLUSTERS.map((cluster): [ClusterName, ClusterFiles] => {
    const folder = join(mesh, 'output', 'clusters', cluster)
    const key = join(FIXTURES, 'keys', 'two-clusters', `${cluster}.key.pem`)
    const sealed = readFileSync(join(folder, 'trust', 'cacerts.yaml'), 'utf8')
    const corefile = at(objectNamed(resourcesOf(join(folder, 'dns')), 'ConfigMap', 'coredns'), 'data', 'Corefile')
    return [
      cluster,
      {
        objects: ['gateway', 'services'].flatMap((part) => resourcesOf(join(folder, part))),
        corefile: String(corefile),
        values: parse(readFileSync(join(folder, 'istio', 'values.yaml'), 'utf8')) as Values,
        cacerts: unpacked(bench, openWithKubeseal(bench, sealed, key)),
      },
    ]
  })
  return Object.fromEntries(entries) as MeshFiles
}
