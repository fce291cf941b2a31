/** A real API server takes every folder, and the real controller makes `cacerts` of what was sealed. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ITEMS, keyOf, openWithKubeseal, openWithOpenssl, sealedFile } from './cacerts.ts'
import { check, checkEach, EACH_SUBJECT, mustRefuse, present, type Layer } from './check.ts'
import type { ApiClient } from './kube/api-client.ts'
import { applySame, builtObjects, FOLDERS, makeNamespaces, versionOf } from './kube/applied.ts'
import { CONTROL_PLANE, startControlPlane, type ControlPlane } from './kube/control-plane.ts'
import { installCrds } from './kube/crds.ts'
import { FAULTS } from './kube/faults.ts'
import { assertProtected, unprotected } from './kube/protection.ts'
import { CONTROLLER, startController, type SealingKey } from './kube/sealed-secrets.ts'
import { until } from './kube/wait.ts'
import { at, nameOf, objectNamed, type KubernetesObject } from './manifests.ts'
import type { Subject } from './subjects.ts'
import type { ToolName } from './tools.ts'
import type { Workbench } from './workbench.ts'

const APPLY: readonly ToolName[] = [...CONTROL_PLANE, 'kustomize', 'go']
const UNSEAL: readonly ToolName[] = [...APPLY, ...CONTROLLER, 'kubeseal']

export const cluster: Layer = {
  name: 'cluster',
  checks: [
    ...checkEach('the API server takes every folder, as a dry run and for real', APPLY, everyFolder),
    check('the API server takes every folder (gateways)', APPLY, async (bench) =>
      everyFolder(bench, await bench.subject('gateways')),
    ),
    ...checkEach('what must stay is protected from pruning, the rest is not', APPLY, protection),
    ...checkEach('the controller makes cacerts of what was sealed, byte for byte', UNSEAL, unsealed),
    check('the rest of the ConfigMap of CoreDNS stays', APPLY, restOfConfigMap),
    check('the API server of the Istio release before takes every folder', APPLY, olderIstio),
    ...FAULTS.map((fault) =>
      check(`planted: ${fault.what}`, APPLY, async (bench) => {
        const { api } = await plane(bench)
        const objects = builtObjects(bench, await bench.subject('output'), 'cluster-1', '.')
        const object = objectNamed(objects, fault.kind, fault.name)
        await makeNamespaces(api, objects)
        await applySame(api, object, { dryRun: true })
        await mustRefuse('the fault', fault.reason, () => api.apply(fault.plant(object), { dryRun: true }))
      }),
    ),
    check('planted: a Corefile that another owner holds, without force', APPLY, conflict),
    check('planted: a cacerts without protection', APPLY, unprotectedCacerts),
    check('planted: sealed for another namespace, or for another cluster', UNSEAL, notOurs),
    check('planted: a cacerts that somebody else made', UNSEAL, foreignSecret),
    check('a cacerts that is marked is taken over, but not one of another type', UNSEAL, markedSecret),
  ],
  end: async () => {
    const started = shared
    shared = undefined
    // Of one that could not be started, the checks have told why.
    await (await started?.catch(() => undefined))?.stop()
  },
}

let shared: Promise<ControlPlane> | undefined

/** One for all checks. */
function plane(bench: Workbench): Promise<ControlPlane> {
  shared ??= (async () => {
    const started = await startControlPlane(bench)
    try {
      await installCrds(bench, started.api, 'istio')
      await installCrds(bench, started.api, 'gateway-api')
      await installCrds(bench, started.api, 'sealed-secrets')
      return started
    } catch (error) {
      await started.stop()
      throw error
    }
  })()
  return shared
}

async function everyFolder(bench: Workbench, subject: Subject): Promise<void> {
  const { api } = await plane(bench)
  for (const name of subject.clusters) {
    await takes(bench, api, subject, name, { dryRun: true })
    const applied = await takes(bench, api, subject, name, {})
    // An engine that applies again finds nothing to do.
    for (const object of applied) {
      const before = versionOf(await api.get(object))
      strictEqual(versionOf(await api.apply(object)), before, `${nameOf(object)} changes when applied again`)
    }
    await remove(api, applied)
  }
}

/** Applies every folder of a cluster, the whole one last. */
async function takes(
  bench: Workbench,
  api: ApiClient,
  subject: Subject,
  name: string,
  options: { readonly dryRun?: boolean },
): Promise<readonly KubernetesObject[]> {
  const folders = FOLDERS.map((folder) => builtObjects(bench, subject, name, folder))
  const [whole = [], ...parts] = folders
  deepStrictEqual(parts.flat().map(nameOf).sort(), whole.map(nameOf).sort(), 'the folders are not the whole')
  await makeNamespaces(api, whole)
  for (const object of [...parts.flat(), ...whole]) await applySame(api, object, options)
  return whole
}

/** Takes away all but namespaces: these never end without the controllers of a whole cluster. */
async function remove(api: ApiClient, objects: readonly KubernetesObject[]): Promise<void> {
  for (const object of objects) if (object.kind !== 'Namespace') await api.delete(object)
}

async function protection(bench: Workbench, subject: Subject): Promise<void> {
  const { api } = await plane(bench)
  for (const name of subject.clusters) {
    const objects = builtObjects(bench, subject, name, '.')
    await makeNamespaces(api, objects)
    const stored: KubernetesObject[] = []
    for (const object of objects) stored.push(await api.apply(object))
    assertProtected(stored)
    await remove(api, objects)
  }
}

async function unprotectedCacerts(bench: Workbench): Promise<void> {
  const objects = builtObjects(bench, await bench.subject('output'), 'cluster-1', '.')
  assertProtected(objects)
  for (const engine of ['argo', 'flux'] as const) {
    await mustRefuse(engine, /SealedSecret istio-system\/cacerts/, () =>
      assertProtected(objects.map((object) => (object.kind === 'SealedSecret' ? unprotected(object, engine) : object))),
    )
  }
}

async function restOfConfigMap(bench: Workbench): Promise<void> {
  const { api } = await plane(bench)
  const objects = builtObjects(bench, await bench.subject('output'), 'cluster-1', 'dns')
  const ours = objectNamed(objects, 'ConfigMap', 'coredns')
  const before = { ...ours, metadata: { name: 'coredns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } } }
  await api.apply({ ...before, data: { Corefile: '.:53 {\n}\n', NodeHosts: '192.0.2.1 node\n' } }, { manager: 'k3s' })
  const stored = await api.apply(ours)
  deepStrictEqual(stored['data'], { Corefile: at(ours, 'data', 'Corefile'), NodeHosts: '192.0.2.1 node\n' })
  strictEqual(stored.metadata.labels?.['k8s-app'], 'kube-dns')
  await api.delete(ours)
}

async function conflict(bench: Workbench): Promise<void> {
  const { api } = await plane(bench)
  const objects = builtObjects(bench, await bench.subject('output'), 'cluster-1', 'dns')
  const ours = objectNamed(objects, 'ConfigMap', 'coredns')
  await api.apply({ ...ours, data: { Corefile: '.:53 {\n}\n' } }, { manager: 'k3s' })
  await mustRefuse('it', /409 .*conflict with "k3s".*Corefile/s, () => api.apply(ours, { force: false }))
  await api.delete(ours)
}

async function olderIstio(bench: Workbench): Promise<void> {
  const { api } = await plane(bench)
  await installCrds(bench, api, 'istio-before')
  for (const which of EACH_SUBJECT) {
    const subject = await bench.subject(which)
    for (const name of subject.clusters) await takes(bench, api, subject, name, { dryRun: true })
  }
  await installCrds(bench, api, 'istio')
}

function sealingKey(subject: Subject, name: string): SealingKey {
  return { certificate: join(subject.mesh, 'sealing', `${name}.pem`), privateKey: keyOf(subject, name) }
}

/** Runs with the controller of a cluster and its folder `trust`, of which `use` applies what it wants. */
async function withController(
  bench: Workbench,
  subject: Subject,
  name: string,
  use: (api: ApiClient, sealed: KubernetesObject) => Promise<void>,
): Promise<void> {
  const started = await plane(bench)
  const objects = builtObjects(bench, subject, name, 'trust')
  await makeNamespaces(started.api, objects)
  const controller = await startController(bench, started, name, sealingKey(subject, name))
  const sealed = objectNamed(objects, 'SealedSecret', 'cacerts')
  try {
    await use(started.api, sealed)
  } finally {
    await controller.stop()
    for (const object of [sealed, secretOf(sealed)]) await started.api.delete(object)
  }
}

function secretOf({ metadata: { name, namespace = '' } }: KubernetesObject): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } }
}

const UNSEAL_SECONDS = 20

/** Waits until the controller has said whether it could make the Secret; gives what it says then. */
function verdict(api: ApiClient, sealed: KubernetesObject): Promise<{ status: string; message: string }> {
  return until(`a verdict on ${nameOf(sealed)}`, UNSEAL_SECONDS, async () => {
    const stored = await api.get(sealed)
    if (at(stored, 'status', 'observedGeneration') !== at(stored, 'metadata', 'generation')) return undefined
    const conditions = at(stored, 'status', 'conditions') as { type: string; status: string; message?: string }[]
    const synced = conditions.find(({ type }) => type === 'Synced')
    return synced === undefined ? undefined : { status: synced.status, message: synced.message ?? '' }
  })
}

async function unsealed(bench: Workbench, subject: Subject): Promise<void> {
  for (const name of subject.clusters) {
    await withController(bench, subject, name, async (api, sealed) => {
      await api.apply(sealed)
      const { status, message } = await verdict(api, sealed)
      strictEqual(status, 'True', message)
      const secret = present(await api.get(secretOf(sealed)), 'Secret istio-system/cacerts')
      strictEqual(secret['type'], 'Opaque')
      const data = secret['data'] as Readonly<Record<string, string>>
      deepStrictEqual(Object.keys(data).sort(), [...ITEMS])
      const text = readFileSync(sealedFile(subject, name), 'utf8')
      for (const open of [openWithKubeseal, openWithOpenssl]) {
        const bundle = open(bench, text, keyOf(subject, name))
        for (const item of ITEMS) {
          ok(present(bundle.get(item), item).equals(Buffer.from(data[item] ?? '', 'base64')), `${item} of ${name}`)
        }
      }
      // Why a SealedSecret must not be pruned: what it owns goes with it.
      const [owner] = (secret.metadata as unknown as { ownerReferences: readonly unknown[] }).ownerReferences
      deepStrictEqual(
        [at(owner, 'kind'), at(owner, 'name'), at(owner, 'controller')],
        ['SealedSecret', 'cacerts', true],
      )
    })
  }
}

async function notOurs(bench: Workbench): Promise<void> {
  const subject = await bench.subject('output')
  const [own, other] = [present(subject.clusters[0], 'cluster'), present(subject.clusters[1], 'second cluster')]
  await withController(bench, subject, own, async (api, sealed) => {
    const namespace = 'istio-other'
    const template = { type: 'Opaque', metadata: { name: 'cacerts', namespace } }
    const spec = { encryptedData: at(sealed, 'spec', 'encryptedData'), template }
    const elsewhere = { ...sealed, metadata: { ...sealed.metadata, namespace }, spec }
    const foreign = objectNamed(builtObjects(bench, subject, other, 'trust'), 'SealedSecret', 'cacerts')
    await makeNamespaces(api, [elsewhere])
    for (const wrong of [elsewhere, foreign]) {
      await api.apply(wrong)
      const { status, message } = await verdict(api, wrong)
      strictEqual(status, 'False', 'it is unsealed')
      ok(/no key could decrypt secret/.test(message), `not for its fault: ${message}`)
      strictEqual(await api.get(secretOf(wrong)), undefined, 'there is a Secret all the same')
      await api.delete(wrong)
    }
  })
}

/** As the README of a cluster that is taken over has it. */
async function markedSecret(bench: Workbench): Promise<void> {
  const subject = await bench.subject('output')
  await withController(bench, subject, present(subject.clusters[0], 'cluster'), async (api, sealed) => {
    const data = { 'ca-cert.pem': Buffer.from('of the old mesh').toString('base64') }
    const old = secretOf(sealed)
    const annotations = { 'sealedsecrets.bitnami.com/managed': 'true' }
    const marked = { ...old, metadata: { ...old.metadata, annotations }, data }
    await api.apply({ ...marked, type: 'istio.io/ca-root' }, { manager: 'somebody' })
    await api.apply(sealed)
    const refused = await verdict(api, sealed)
    strictEqual(refused.status, 'False', 'the type of a Secret was changed')
    ok(/immutable/.test(refused.message), `not for its fault: ${refused.message}`)
    for (const object of [sealed, old]) await api.delete(object)
    await api.apply({ ...marked, type: 'Opaque' }, { manager: 'somebody' })
    await api.apply(sealed)
    const taken = await verdict(api, sealed)
    strictEqual(taken.status, 'True', taken.message)
    const after = present(await api.get(old), 'Secret')
    deepStrictEqual(Object.keys(after['data'] ?? {}).sort(), [...ITEMS])
  })
}

async function foreignSecret(bench: Workbench): Promise<void> {
  const subject = await bench.subject('output')
  await withController(bench, subject, present(subject.clusters[0], 'cluster'), async (api, sealed) => {
    const data = { 'ca-cert.pem': Buffer.from('of the old mesh').toString('base64') }
    const before = await api.apply({ ...secretOf(sealed), type: 'Opaque', data }, { manager: 'somebody' })
    await api.apply(sealed)
    const { status, message } = await verdict(api, sealed)
    strictEqual(status, 'False', 'it is taken over')
    ok(/already exists and is not managed by SealedSecret/.test(message), `not for its fault: ${message}`)
    const after = await api.get(secretOf(sealed))
    deepStrictEqual(after?.['data'], data, 'the Secret of somebody else was changed')
    strictEqual(versionOf(after), versionOf(before))
  })
}
