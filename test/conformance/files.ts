/** Kustomize reads every folder, and reads in it what we meant; schemas and linters find nothing wrong. */
import { strictEqual } from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { parse } from 'yaml'
import { emitManifests } from '../../src/kubernetes/emit.ts'
import { readTree } from '../fixture.ts'
import { check, checkEach, mustRefuse, type Layer } from './check.ts'
import { edit } from './edit.ts'
import { ciChecks } from './files/ci.ts'
import { kubeconformChecks } from './files/kubeconform.ts'
import { yamllintChecks } from './files/yamllint.ts'
import { AMBIGUOUS } from './hostile.ts'
import { at, objectNamed, objectsOf, resourcesOf, sameObjects, type KubernetesObject } from './manifests.ts'
import type { Subject } from './subjects.ts'
import type { ToolName } from './tools.ts'
import type { Workbench } from './workbench.ts'

/** Two versions of Kustomize. */
const BOTH: readonly ToolName[] = ['kustomize', 'kubectl']

export const files: Layer = {
  name: 'files',
  checks: [
    ...checkEach('kustomize builds every folder, and finds the objects of our files', BOTH, buildAll),
    ...checkEach('what kustomize gives has the strings of intent, Corefile and lock', BOTH, sameStrings),
    check('ambiguous strings pass emitter and kustomize unchanged', ['kustomize'], ambiguousStrings),
    check('random texts pass emitter and kustomize unchanged', ['kustomize'], randomTexts),
    check('planted: a resource that is not there', ['kustomize'], (bench) =>
      planted(bench, /no such file|doesn't exist/, (folder) => rmSync(join(folder, 'gateway', 'gateway.yaml'))),
    ),
    check('planted: the same object twice', ['kustomize'], (bench) =>
      planted(bench, /already registered|may not add resource/, (folder) => {
        cpSync(join(folder, 'gateway', 'gateway.yaml'), join(folder, 'dns', 'gateway.yaml'))
        edit(join(folder, 'dns', 'kustomization.yaml'), '  - coredns.yaml\n', '  - coredns.yaml\n  - gateway.yaml\n')
      }),
    ),
    check('planted: a Corefile with one blank less', ['kustomize'], (bench) =>
      planted(bench, /ConfigMap kube-system\/coredns is not what its file says/, (folder) =>
        edit(join(folder, 'dns', 'coredns.yaml'), '    errors\n', '   errors\n'),
      ),
    ),
    check('planted: an annotation that some readers take for a number', ['kustomize'], (bench) =>
      planted(bench, /Gateway istio-system\/meshwright-exports is not what its file says/, (folder) =>
        edit(join(folder, 'gateway', 'gateway.yaml'), 'sync-wave: "0"', 'sync-wave: 1e1'),
      ),
    ),
    check('planted: a label that is a truth value to some readers only', ['kustomize'], (bench) =>
      planted(bench, /is not the same in YAML 1\.1 and 1\.2/, (folder) => {
        edit(join(folder, 'gateway', 'gateway.yaml'), 'istio: eastwestgateway', 'istio: yes')
        resourcesOf(folder)
      }),
    ),
    check('planted: a field that a kustomization does not have', ['kustomize'], (bench) =>
      planted(bench, /unknown field "resource"/, (folder) =>
        edit(join(folder, 'trust', 'kustomization.yaml'), 'resources:', 'resource: []\nresources:'),
      ),
    ),
    ...kubeconformChecks,
    ...yamllintChecks,
    ...ciChecks,
  ],
}

const FOLDERS = ['.', 'trust', 'gateway', 'services', 'dns']

function buildAll(bench: Workbench, { output, clusters }: Subject): void {
  for (const cluster of clusters) {
    for (const name of FOLDERS) {
      const folder = join(output, 'clusters', cluster, name)
      for (const build of builders(bench)) sameObjects(build(folder), resourcesOf(folder))
    }
  }
}

type Build = (folder: string) => KubernetesObject[]

/** kustomize, and the other version that is in kubectl. */
function builders(bench: Workbench): Build[] {
  const kustomize: Build = (folder) => objectsOf(built(bench, bench.tool('kustomize'), ['build', folder]), folder)
  const kubectl: Build = (folder) => objectsOf(built(bench, bench.tool('kubectl'), ['kustomize', folder]), folder)
  return [kustomize, kubectl]
}

function built(bench: Workbench, program: string, args: readonly string[]): string {
  return bench.run(program, args).toString('utf8')
}

/**
 * Object by object, kustomize and our files could agree on the same mistake. So what matters is compared with where it
 * came from: the user's Corefile, the addresses and ciphertexts of the lock, names put together here.
 */
function sameStrings(bench: Workbench, subject: Subject): void {
  const intent = parse(readFileSync(join(subject.mesh, 'mesh.yaml'), 'utf8')) as Intent
  const lock = [...readTree(join(subject.mesh, 'mesh.lock'))]
    .filter(([path]) => path.endsWith('.yaml'))
    .map(([path, bytes]) => ({ path, content: parse(bytes.toString('utf8')) as unknown }))
  for (const cluster of subject.clusters) {
    const folder = join(subject.output, 'clusters', cluster)
    for (const build of builders(bench)) {
      const objects = build(folder)
      for (const { metadata } of objects) {
        const texts = [...Object.values(metadata.annotations ?? {}), ...Object.values(metadata.labels ?? {})]
        for (const text of texts) strictEqual(typeof text, 'string', `${metadata.name}: ${text} is no string`)
      }
      const corefile = String(at(objectNamed(objects, 'ConfigMap', 'coredns'), 'data', 'Corefile'))
      const own = readFileSync(join(subject.mesh, 'corefiles', `${cluster}.Corefile`), 'utf8')
      strictEqual(corefile.slice(0, own.length), own, 'the Corefile does not begin with the bytes of the user')
      const sealed = lock.find(({ path }) => path === join('clusters', `${cluster}.yaml`))?.content
      for (const [item, text] of Object.entries(encrypted(objects))) {
        strictEqual(text, at(sealed, 'sealed', 'items', item, 'ciphertext'), `${item} is not that of the lock`)
      }
      for (const service of intent.services) importedStrings(intent, service, objects, lock)
    }
  }
}

interface Intent {
  readonly hostSuffix?: string
  readonly clusters: readonly { readonly name: string; readonly domain?: string }[]
  readonly services: readonly IntentService[]
}

interface IntentService {
  readonly name: string
  readonly namespace: string
  readonly clusters: readonly string[]
  readonly ports: readonly { readonly name: string; readonly port: number }[]
}

/** Address, host and SNI of an import, where this cluster imports the service. */
function importedStrings(
  intent: Intent,
  { name, namespace, clusters, ports }: IntentService,
  objects: readonly KubernetesObject[],
  lock: readonly { readonly path: string; readonly content: unknown }[],
): void {
  const isImport = (object: KubernetesObject): boolean => object.metadata.name === `${name}.${namespace}`
  const [entry, rule] = ['ServiceEntry', 'DestinationRule'].map((kind) =>
    objects.find((object) => object.kind === kind && isImport(object)),
  )
  if (entry === undefined && rule === undefined) return
  const host = `${name}.${namespace}.${intent.hostSuffix ?? 'global'}`
  strictEqual(at(entry, 'spec', 'hosts', 0), host)
  strictEqual(at(rule, 'spec', 'host'), host)
  const locked = lock.find(({ path }) => path === join('hosts', namespace, `${name}.yaml`))?.content
  strictEqual(at(entry, 'spec', 'addresses', 0), at(locked, 'address'))
  const domain = intent.clusters.find((c) => c.name === clusters[0])?.domain ?? 'cluster.local'
  const byNumber = [...ports].sort((a, b) => a.port - b.port)
  for (const [i, { name: portName, port }] of byNumber.entries()) {
    strictEqual(at(entry, 'spec', 'ports', i, 'name'), portName)
    const sni = `outbound_.${port}_._.${name}.${namespace}.svc.${domain}`
    strictEqual(at(rule, 'spec', 'trafficPolicy', 'portLevelSettings', i, 'tls', 'sni'), sni)
  }
}

function encrypted(objects: readonly KubernetesObject[]): Record<string, string> {
  return at(objectNamed(objects, 'SealedSecret', 'cacerts'), 'spec', 'encryptedData') as Record<string, string>
}

/**
 * Every string as value of data, and all of them in one text. Short ones as annotation too; kustomize cannot write all
 * texts of several lines there, but no user's text ever becomes an annotation.
 */
function ambiguousStrings(bench: Workbench): void {
  const problems = [...AMBIGUOUS, AMBIGUOUS.join('\n'), `first\n${AMBIGUOUS.join('\n\t ')}`].flatMap((text, i) => {
    const folder = join(bench.folder, 'ambiguous', String(i))
    mkdirSync(folder, { recursive: true })
    const metadata = { name: 'ambiguous', ...(!text.includes('\n') && { annotations: { text } }) }
    writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [config.yaml]\n')
    writeFileSync(
      join(folder, 'config.yaml'),
      emitManifests([{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { text } }]),
    )
    try {
      strictEqual(at(resourcesOf(folder), 0, 'data', 'text'), text)
      const objects = objectsOf(built(bench, bench.tool('kustomize'), ['build', folder]), folder)
      strictEqual(at(objects, 0, 'data', 'text'), text)
      sameObjects(objects, resourcesOf(folder))
      return []
    } catch (error) {
      return [`${JSON.stringify(text.slice(0, 60))}: ${error instanceof Error ? error.message : String(error)}`]
    }
  })
  if (problems.length > 0) throw new Error(problems.join('\n'))
}

/** Pieces of which texts are made that block scalars, folding and quotes go wrong with. */
const PIECES = [' ', '\t', '\n', '\n\n', '\r\n', '  ', 'a', '#', ': ', '- ', '"', "'", '\\', '{', 'words '.repeat(8)]
const RANDOM_TEXTS = 1500

/** The same texts in every run, so that a failure can be looked into. */
function randomTexts(bench: Workbench): void {
  const text = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 12 }).map((pieces) => pieces.join(''))
  const texts = fc.sample(text, { seed: 1, numRuns: RANDOM_TEXTS })
  const folder = bench.scratch('random')
  writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [config.yaml]\n')
  const manifests = texts.map((text, i) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `text-${i}`, annotations: { of: 'no importance' } },
    data: { text },
  }))
  writeFileSync(join(folder, 'config.yaml'), emitManifests(manifests))
  sameObjects(resourcesOf(folder), manifests)
  sameObjects(objectsOf(built(bench, bench.tool('kustomize'), ['build', folder]), folder), manifests)
}

/** Builds a copy of the output with one fault in it; the expectation is what the output says without it. */
async function planted(bench: Workbench, reason: RegExp, fault: (folder: string) => void): Promise<void> {
  const { output, clusters } = await bench.subject('output')
  const sound = join(output, 'clusters', clusters[0] ?? '')
  const folder = join(bench.scratch('planted'), 'cluster')
  cpSync(sound, folder, { recursive: true })
  const kustomize = bench.tool('kustomize')
  await mustRefuse('the fault', reason, () => {
    fault(folder)
    sameObjects(objectsOf(built(bench, kustomize, ['build', folder]), folder), resourcesOf(sound))
  })
}
