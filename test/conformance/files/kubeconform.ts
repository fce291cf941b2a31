/** kubeconform finds every manifest in order, by the schemas of those who will read it. */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { cpSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { FIXTURES, readTree } from '../../fixture.ts'
import { check, checkEach, mustRefuse, present, type Check } from '../check.ts'
import { edit } from '../edit.ts'
import { objectsOf, ownObjectsOf } from '../manifests.ts'
import type { Subject } from '../subjects.ts'
import type { ToolName } from '../tools.ts'
import type { Workbench } from '../workbench.ts'
import { schemaLocation, writeSchemas, type IstioRelease } from './schemas.ts'

const NEEDS: readonly ToolName[] = ['kubeconform', 'go']
const EXPECTED = join(FIXTURES, 'engines', 'expected')
const ARGO_FILE = join(EXPECTED, 'argocd', 'shop.yaml')
const FLUX_FILE = join(EXPECTED, 'flux', 'cluster-1.yaml')
const RELEASES: readonly IstioRelease[] = ['istio', 'istio-before']

export const kubeconformChecks: readonly Check[] = [
  ...checkEach('kubeconform finds every manifest in order', NEEDS, everyManifest),
  ...checkEach('kubeconform finds what kustomize gives in order', [...NEEDS, 'kustomize'], everyBuild),
  check('kubeconform finds what the engines are given in order', NEEDS, (bench) => {
    judge(bench, 'istio', [ARGO_FILE, FLUX_FILE])
  }),
  ...engineFaults().map(([what, file, from, to, reason]) =>
    check(`planted: ${what} (kubeconform)`, NEEDS, async (bench) => {
      const copy = join(bench.scratch('planted'), basename(file))
      cpSync(file, copy)
      edit(copy, from, to)
      await mustRefuse('the fault', reason, () => judge(bench, 'istio', [copy]))
    }),
  ),
  ...faults().map(([what, file, from, to, reason]) =>
    check(`planted: ${what} (kubeconform)`, NEEDS, async (bench) => {
      const { output, clusters } = await bench.subject('output')
      const copy = join(bench.scratch('planted'), basename(file))
      cpSync(join(output, 'clusters', present(clusters[0], 'cluster'), file), copy)
      judge(bench, 'istio', [copy])
      edit(copy, from, to)
      await mustRefuse('the fault', reason, () => judge(bench, 'istio', [copy]))
    }),
  ),
]

type Row = readonly [what: string, file: string, from: string, to: string, reason: RegExp]

/** The texts begin and end where the fault needs it, so that there is no other. */
function faults(): readonly Row[] {
  const [entry, gateway, dns] = ['services/bar.yaml', 'gateway/gateway.yaml', 'dns/coredns.yaml']
  const [namespace, sealed] = ['trust/namespace.yaml', 'trust/cacerts.yaml']
  const unknown = (field: string): RegExp => new RegExp(`additional properties '${field}' not allowed`)
  return [
    ['a field that is not there', entry, '  location: ', '  locations: a\n  location: ', unknown('locations')],
    ['such a field in a list', gateway, '    - port:\n', '    - tlss: {}\n      port:\n', unknown('tlss')],
    ['such a field of a SealedSecret', sealed, '  encryptedData:', '  data2: {}\n  encryptedData:', unknown('data2')],
    ['such a field in metadata', entry, '  namespace: ', '  nameSpace: a\n  namespace: ', unknown('nameSpace')],
    ['such a field of a Namespace', namespace, 'metadata:', 'specs: {}\nmetadata:', unknown('specs')],
    ['a text for a number', entry, '- number: 8000', '- number: "8000"', /number': got string, want integer/],
    ['a number for a text', entry, 'resolution: STATIC', 'resolution: 7', /resolution': got number, want string/],
    ['a number for an annotation', gateway, 'sync-wave: "0"', 'sync-wave: 0', /sync-wave': got number, want string/],
    ['a list in a ConfigMap', dns, '  Corefile: |\n', '  a: [b]\n  Corefile: |\n', /data\/a': got array, want string/],
    ['a word that is no resolution', entry, 'resolution: STATIC', 'resolution: STATIK', /resolution': value must be/],
    ['a rule for no host', entry, '  host: svc-2.bar.global\n', '', /spec': missing property 'host'/],
    ['a key twice', entry, '  location: ', '  resolution: STATIC\n  location: ', /"resolution" already set/],
    [
      'a kind that nobody has',
      namespace,
      'kind: Namespace',
      'kind: Namespaces',
      /could not find schema for Namespaces/,
    ],
    ['a version that nobody has', gateway, 'istio.io/v1\n', 'istio.io/v2\n', /could not find schema for Gateway/],
  ]
}

function engineFaults(): readonly Row[] {
  const unknown = (field: string): RegExp => new RegExp(`additional properties '${field}' not allowed`)
  return [
    [
      'a field that an ApplicationSet does not have',
      ARGO_FILE,
      'goTemplate:',
      'goTemplates: a\n  goTemplate:',
      unknown('goTemplates'),
    ],
    ['such a field of its retries', ARGO_FILE, 'refresh: true', 'refreshes: true', unknown('refreshes')],
    ['a text for the number of retries', ARGO_FILE, 'limit: -1', 'limit: never', /limit': got string, want integer/],
    ['a word that is no policy', ARGO_FILE, 'create-update', 'create-updates', /applicationsSync': value must be/],
    [
      'a project without the group of a kind',
      ARGO_FILE,
      '    - group: bitnami.com\n      kind',
      '    - kind',
      /missing property 'group'/,
    ],
    [
      'a field that a Kustomization does not have',
      FLUX_FILE,
      '  dependsOn:',
      '  dependOn: []\n  dependsOn:',
      unknown('dependOn'),
    ],
    ['a word that is no deletion policy', FLUX_FILE, 'Orphan', 'Orphans', /deletionPolicy': value must be/],
    ['a URL that Flux does not take', FLUX_FILE, 'https:', 'file:', /url': .*does not match pattern/],
    ['an interval that is none', FLUX_FILE, 'interval: 1m', 'interval: 1 m', /interval': .*does not match pattern/],
  ]
}

function everyManifest(bench: Workbench, subject: Subject): void {
  const files = manifestsOf(subject)
  for (const file of files) ownObjectsOf(readFileSync(file, 'utf8'), file)
  for (const release of RELEASES) judge(bench, release, files)
}

/**
 * Every YAML file but the indexes of Kustomize, which kustomize itself judges by its own strict types, and the values
 * for Istio's charts, which are no manifest.
 */
function manifestsOf({ output }: Subject): string[] {
  const others = /(^|\/)(kustomization\.yaml|istio\/[^/]+\.yaml)$/
  return [...readTree(output).keys()]
    .filter((path) => path.endsWith('.yaml') && !others.test(path))
    .map((path) => join(output, path))
}

export function everyBuild(bench: Workbench, { output, clusters }: Subject): void {
  for (const cluster of clusters) {
    const folder = join(output, 'clusters', cluster)
    const text = bench.run(bench.tool('kustomize'), ['build', folder]).toString('utf8')
    for (const release of RELEASES) judge(bench, release, ['-'], text)
  }
}

interface Report {
  readonly resources: readonly { readonly filename: string; readonly kind: string; readonly msg: string }[]
  readonly summary: Readonly<Record<'valid' | 'invalid' | 'errors' | 'skipped', number>>
}

/** Fails unless every object of the files, or of the text, is found valid; none may be left out. */
export function judge(bench: Workbench, release: IstioRelease, files: readonly string[], input?: string): void {
  const args = ['-strict', '-summary', '-output', 'json', '-schema-location', schemaLocation(schemasOf(bench, release))]
  const { stdout, stderr } = bench.try(bench.tool('kubeconform'), [...args, ...files], {
    ...(input !== undefined && { input }),
  })
  if (stdout.length === 0) throw new Error(`kubeconform says nothing: ${stderr}`)
  const { resources, summary } = JSON.parse(stdout.toString('utf8')) as Report
  const problems = resources.map(({ filename, kind, msg }) => `${filename}: ${kind}: ${msg}`)
  if (problems.length > 0) throw new Error(problems.join('\n'))
  const texts = input === undefined ? files.map((file) => readFileSync(file, 'utf8')) : [input]
  const objects = texts.flatMap((text, i) => objectsOf(text, files[i] ?? ''))
  ok(objects.length > 0, 'there is nothing to judge')
  deepStrictEqual(summary, { valid: objects.length, invalid: 0, errors: 0, skipped: 0 }, 'not every object is judged')
}

const schemas = new Map<IstioRelease, string>()

function schemasOf(bench: Workbench, release: IstioRelease): string {
  const folder = schemas.get(release) ?? writeSchemas(bench, release)
  schemas.set(release, folder)
  return folder
}
