/** A cluster on which nothing is but sealed-secrets, and a mesh that is about to be published to it. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyOf, openWithKubeseal, sealedFile } from '../cacerts.ts'
import { mustRefuse, present } from '../check.ts'
import { at, nameOf, type KubernetesObject } from '../manifests.ts'
import type { ToolName } from '../tools.ts'
import type { Server, Workbench } from '../workbench.ts'
import { builtObjects, FOLDERS } from './applied.ts'
import type { Reference } from './api-client.ts'
import { CONTROL_PLANE, startControlPlane, type ControlPlane } from './control-plane.ts'
import { installCrds } from './crds.ts'
import { addService, deliver, removeService, type Delivery } from './delivery.ts'
import type { Stage } from './scenario.ts'
import { CONTROLLER, startController } from './sealed-secrets.ts'
import { throughout, until } from './wait.ts'

export const STAGE: readonly ToolName[] = [...CONTROL_PLANE, ...CONTROLLER, 'go', 'git', 'kustomize', 'kubeseal']

/** The cluster that is judged. It imports `ratings.books` and `stock.books`. */
export const CLUSTER = 'east'

/** What is written down when a check fails; no Secret is among it. */
const KINDS: readonly (readonly [string, string])[] = [
  ['v1', 'Namespace'],
  ['v1', 'ConfigMap'],
  ['bitnami.com/v1alpha1', 'SealedSecret'],
  ['networking.istio.io/v1', 'Gateway'],
  ['networking.istio.io/v1', 'ServiceEntry'],
  ['networking.istio.io/v1', 'DestinationRule'],
  ['source.toolkit.fluxcd.io/v1', 'GitRepository'],
  ['kustomize.toolkit.fluxcd.io/v1', 'Kustomization'],
  ['argoproj.io/v1alpha1', 'Application'],
  ['argoproj.io/v1alpha1', 'ApplicationSet'],
]

export interface MeshStage extends Stage {
  readonly plane: ControlPlane
  readonly delivery: Delivery
}

export async function setStage(bench: Workbench): Promise<MeshStage> {
  const plane = await startControlPlane(bench)
  const stops = [plane.stop]
  const stop = async (): Promise<void> => {
    for (const each of stops.toReversed()) await each()
  }
  try {
    await installCrds(bench, plane.api, 'sealed-secrets')
    const subject = await bench.subject('fresh')
    const [certificate, privateKey] = [join(subject.mesh, 'sealing', `${CLUSTER}.pem`), keyOf(subject, CLUSTER)]
    const controller = await startController(bench, plane, CLUSTER, { certificate, privateKey })
    stops.push(controller.stop)
    const delivery = await deliver(bench, subject)
    stops.push(delivery.stop)
    delivery.edit('One more service', (intent) => addService(intent, 'stock', 'books', 'west'))
    return { plane, delivery, objects: () => plane.api.listAll(KINDS), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Ends these before what a stage has. */
export function withServers<T extends MeshStage>(stage: T, servers: readonly Server[]): T {
  return {
    ...stage,
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()))
      await stage.stop()
    },
  }
}

function reference(apiVersion: string, kind: string, namespace: string | undefined, name: string): Reference {
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } }
}

export const CACERTS: Reference = reference('v1', 'Secret', 'istio-system', 'cacerts')
export const SEALED: Reference = reference('bitnami.com/v1alpha1', 'SealedSecret', 'istio-system', 'cacerts')
export const GATEWAY: Reference = reference('networking.istio.io/v1', 'Gateway', 'istio-system', 'meshwright-exports')
export const COREDNS: Reference = reference('v1', 'ConfigMap', 'kube-system', 'coredns')
const NAMESPACES = ['istio-system', 'mesh-imports'].map((name) => reference('v1', 'Namespace', undefined, name))

/** What no engine may ever take away. */
export const STAYS: readonly Reference[] = [CACERTS, SEALED, COREDNS, ...NAMESPACES]

/** What carries an imported service. */
export function imports(host: string): readonly Reference[] {
  return ['ServiceEntry', 'DestinationRule'].map((kind) =>
    reference('networking.istio.io/v1', kind, 'mesh-imports', host),
  )
}

/** One imported service less, and another one more. */
export function exchangeService({ delivery }: MeshStage): void {
  delivery.edit('Other services', (intent) => {
    removeService(intent, 'stock')
    addService(intent, 'quotes', 'books', 'west')
  })
}

export async function assertThere({ plane }: MeshStage, references: readonly Reference[]): Promise<void> {
  for (const each of references) ok((await plane.api.get(each)) !== undefined, `there is no ${nameOf(each)}`)
}

/** Where a kind is not known there is no object of it either. */
export async function assertGone({ plane }: MeshStage, references: readonly Reference[]): Promise<void> {
  for (const { apiVersion, kind, metadata } of references) {
    if (!(await plane.api.knows(apiVersion, kind))) continue
    ok((await plane.api.get({ apiVersion, kind, metadata })) === undefined, `there is ${kind} ${metadata.name}`)
  }
}

/** Identities of what must stay: an object that was deleted and made again has another one. */
export async function identities({ plane }: MeshStage): Promise<readonly string[]> {
  return Promise.all(
    STAYS.map(async (each) => {
      const { uid } = present(await plane.api.get(each), nameOf(each)).metadata as unknown as { uid: string }
      return `${nameOf(each)} ${uid}`
    }),
  )
}

/** The four items are those that were sealed. */
export async function assertCacerts({ plane, delivery }: MeshStage, bench: Workbench): Promise<void> {
  const secret = present(await plane.api.get(CACERTS), 'Secret istio-system/cacerts')
  const sealed = readFileSync(sealedFile(delivery.subject, CLUSTER), 'utf8')
  const bundle = openWithKubeseal(bench, sealed, keyOf(delivery.subject, CLUSTER))
  const data = Object.fromEntries([...bundle].map(([item, bytes]) => [item, bytes.toString('base64')]))
  deepStrictEqual(secret['data'], data, 'cacerts is not what was sealed')
}

/** Everything that the folder of the cluster gives is there, with the content that it has there. */
export async function assertApplied({ plane, delivery }: MeshStage, bench: Workbench): Promise<void> {
  for (const object of builtObjects(bench, delivery.subject, CLUSTER, '.')) {
    const stored = present(await plane.api.get(object), nameOf(object))
    for (const field of ['spec', 'data']) {
      if (object[field] !== undefined) deepStrictEqual(stored[field], object[field], `${field} of ${nameOf(object)}`)
    }
  }
}

/** Trust, gateway, services and DNS were created in this order. */
export async function assertOrder({ plane }: MeshStage): Promise<void> {
  const history = await plane.history()
  const steps = [
    ['/registry/secrets/istio-system/cacerts'],
    ['/registry/networking.istio.io/gateways/istio-system/meshwright-exports'],
    ['ratings.books', 'stock.books'].flatMap((host) =>
      ['serviceentries', 'destinationrules'].map(
        (kind) => `/registry/networking.istio.io/${kind}/mesh-imports/${host}`,
      ),
    ),
    ['/registry/configmaps/kube-system/coredns'],
  ]
  const places = steps.map((keys) => keys.map((key) => history.indexOf(key)))
  ok(
    places.flat().every((place) => place >= 0),
    `not all were created: ${JSON.stringify(places)}`,
  )
  const ordered = places.slice(1).every((place, i) => Math.min(...place) > Math.max(...(places[i] ?? [])))
  ok(ordered, `created in another order: ${JSON.stringify(places)}`)
}

/** No kind of Istio is known to the cluster. */
export async function assertNoIstio({ plane }: MeshStage): Promise<void> {
  strictEqual(await plane.api.knows('networking.istio.io/v1', 'ServiceEntry'), false, 'Istio is there already')
}

/** By hand: nothing is listed in any folder any more, but for those that are named. */
export function emptyFolders(clone: string, but: readonly string[] = []): void {
  for (const folder of FOLDERS.slice(1)) {
    if (but.includes(folder)) continue
    const file = join(clone, 'clusters', CLUSTER, folder, 'kustomization.yaml')
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace(/resources:\n( +- .*\n)+/, 'resources: []\n'))
  }
}

/** By hand: one letter of the sealed key is another one. */
export function breakSeal(clone: string): void {
  replaceIn(
    join(clone, 'clusters', CLUSTER, 'trust', 'cacerts.yaml'),
    /(ca-key\.pem: \S{40})(\S)/,
    (_, head, letter) => {
      return `${head}${letter === 'A' ? 'B' : 'A'}`
    },
  )
}

/** By hand: the folder of the cluster is not there any more. */
export function removeFolder(clone: string): void {
  rmSync(join(clone, 'clusters', CLUSTER), { recursive: true })
}

/** By hand: Argo CD is told nothing any more about kinds that are not there yet. */
export function demandKinds(clone: string): void {
  const folder = join(clone, 'clusters', CLUSTER)
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/^(gateway|services)\/(?!kustomization|_)/.test(file)) continue
    replaceIn(join(folder, file), / +argocd\.argoproj\.io\/sync-options: SkipDryRunOnMissingResource=true\n/g, () => '')
  }
}

/** By hand: neither engine is told any more to keep the SealedSecret. */
export function unprotect(clone: string): void {
  const file = join(clone, 'clusters', CLUSTER, 'trust', 'cacerts.yaml')
  replaceIn(file, /^ +kustomize\.toolkit\.fluxcd\.io\/prune: Disabled\n/m, () => '')
  replaceIn(file, /Prune=false,Delete=false,/, () => '')
}

function replaceIn(file: string, pattern: RegExp, by: (...found: string[]) => string): void {
  const text = readFileSync(file, 'utf8')
  ok(pattern.test(text), `${file} has no ${String(pattern)}`)
  writeFileSync(file, text.replace(pattern, by))
}

/** A condition of an object, by its type. */
export function condition(
  object: KubernetesObject | undefined,
  type: string,
): Readonly<Record<string, string>> | undefined {
  const conditions = (at(object, 'status', 'conditions') ?? []) as readonly Record<string, string>[]
  return conditions.find((each) => each['type'] === type)
}

/** The exchange of services waits: what was imported before is there all the time, and the new one is not. */
export async function assertExchangeHeld(stage: MeshStage, seconds: number): Promise<void> {
  await throughout(seconds, async () => {
    await assertThere(stage, [GATEWAY, ...imports('ratings.books'), ...imports('stock.books')])
    await assertGone(stage, imports('quotes.books'))
  })
}

/** The unprotected SealedSecret goes, the Secret goes with what owns it, and the other checks would have seen that. */
export async function assertTrustLost(stage: MeshStage, seconds: number): Promise<void> {
  await until('cacerts is gone', seconds, async () => {
    await assertGone(stage, [SEALED, CACERTS])
    return true
  })
  await mustRefuse('it', /there is no (Sealed)?Secret istio-system\/cacerts/, () => identities(stage))
}
