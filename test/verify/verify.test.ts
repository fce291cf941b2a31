import { describe, equal, is } from '../suite.ts'
import { verifyOutput } from '../../src/verify/verify.ts'
import { keyPem, later, newKey, NOW, parsed } from '../trust/authority.ts'
import { append, both, codesOf, copyCluster, edit, put, remove, type Mutation } from './mutation.ts'
import { makeSample } from './sample.ts'

const c1 = 'clusters/cluster-1'
const c3 = 'clusters/cluster-3'
const bar = `${c3}/services/bar.yaml`
const dns = `${c3}/dns/coredns.yaml`
const cacerts = `${c1}/trust/cacerts.yaml`

const sample = await makeSample()

const reading: readonly Mutation[] = [
  ['YAML that is cut', ['MESH-E701'], edit(bar, '"*"\n---', '"*\n---')],
  ['a key twice', ['MESH-E701'], edit(bar, 'spec:\n', 'kind: Other\nspec:\n')],
  ['a text instead of an object', ['MESH-E702'], append(bar, '---\nhello\n')],
  ['an object without a name', ['MESH-E702'], append(bar, '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {}\n')],
  ['a key in a README', ['MESH-E703'], append(`${c1}/README.md`, keyPem(newKey()).toString())],
  ['a key outside of clusters/', ['MESH-E703'], put('notes.txt', `AGE-SECRET-KEY-1${'Q'.repeat(58)}\n`)],
  [
    'a Secret in the clear',
    ['MESH-E704'],
    append(cacerts, '---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n  b: Yg==\n'),
  ],
  [
    'a Secret in a list',
    ['MESH-E704'],
    append(
      cacerts,
      '---\napiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Secret\n    metadata: {name: a}\n    stringData: {b: c}\n',
    ),
  ],
  [
    'a Secret outside of clusters/',
    ['MESH-E704'],
    put('others.yaml', 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {b: c}\n'),
  ],
  [
    'an object twice',
    ['MESH-E705'],
    append(
      bar,
      '---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: mesh-imports\n  annotations: {argocd.argoproj.io/sync-options: "Prune=false,Delete=false", kustomize.toolkit.fluxcd.io/prune: disabled}\n',
    ),
  ],
  ['a namespace that may be pruned', ['MESH-E707'], edit(`${c1}/trust/namespace.yaml`, 'Prune=false,', '')],
  ['a SealedSecret that Flux may prune', ['MESH-E707'], edit(cacerts, /.*fluxcd.*\n/, '')],
  ['a Corefile that may be deleted', ['MESH-E707'], edit(dns, ',Delete=false', '')],
]

const sealed: readonly Mutation[] = [
  ['no SealedSecret', ['MESH-E717', 'MESH-E759'], edit(cacerts, 'kind: SealedSecret', 'kind: Other')],
  ['another name', ['MESH-E717'], edit(cacerts, 'name: cacerts', 'name: cacert')],
  [
    'two of them',
    ['MESH-E717'],
    (files) =>
      append(cacerts, `---\n${files.get(cacerts)?.replace('namespace: istio-system', 'namespace: other')}`)(files),
  ],
  ['another namespace', ['MESH-E718'], edit(cacerts, /istio-system/g, 'istio')],
  ['istiod elsewhere', ['MESH-E718'], edit(`${c1}/istio/values.yaml`, 'istio-system', 'istio')],
  ['an item is missing', ['MESH-E719'], edit(cacerts, / {4}root-cert.pem: .*\n/, '')],
  ['an item too many', ['MESH-E719'], edit(cacerts, 'encryptedData:\n', 'encryptedData:\n    other.pem: AAAA\n')],
  ['an item is no base64', ['MESH-E720'], edit(cacerts, 'ca-key.pem: A', 'ca-key.pem: -')],
  ['an item is cut', ['MESH-E720'], edit(cacerts, /ca-key.pem: (.{200}).*/, 'ca-key.pem: AQAA')],
  [
    'one item for another',
    ['MESH-E720'],
    (files) => {
      const value = /ca-cert.pem: (.*)/.exec(files.get(cacerts) ?? '')?.[1] ?? ''
      return edit(cacerts, /ca-key.pem: .*/, `ca-key.pem: ${value}`)(files)
    },
  ],
  ['an item of another length', ['MESH-E721'], edit(cacerts, /root-cert.pem: (.{400})/, 'root-cert.pem: AQAA')],
  ['a template of another name', ['MESH-E722'], edit(cacerts, /(?<=template:[^]*)name: cacerts/, 'name: other')],
  ['a template of another type', ['MESH-E722'], edit(cacerts, 'type: Opaque', 'type: kubernetes.io/tls')],
  ['an immutable Secret', ['MESH-E722'], edit(cacerts, 'type: Opaque', 'type: Opaque\n    immutable: true')],
  [
    'a wider scope',
    ['MESH-W484'],
    edit(cacerts, 'annotations:\n', 'annotations:\n    sealedsecrets.bitnami.com/namespace-wide: "true"\n'),
  ],
  [
    'a scope that is not true',
    ['MESH-E723'],
    edit(cacerts, 'annotations:\n', 'annotations:\n    sealedsecrets.bitnami.com/cluster-wide: "false"\n'),
  ],
]

const indexes: readonly Mutation[] = [
  ['no index', ['MESH-E724', 'MESH-E726'], remove(`${c1}/trust/kustomization.yaml`)],
  ['a transformer', ['MESH-E725'], append(`${c1}/trust/kustomization.yaml`, 'namePrefix: x-\n')],
  [
    'a resource that is not there',
    ['MESH-E726'],
    edit(`${c1}/trust/kustomization.yaml`, 'resources:\n', 'resources:\n  - other.yaml\n'),
  ],
  ['a file that is not named', ['MESH-E727'], edit(`${c3}/services/kustomization.yaml`, '  - bar.yaml\n', '')],
  ['a folder that is not named', ['MESH-E727'], edit(`${c3}/kustomization.yaml`, '  - dns\n', '')],
  [
    'a resource outside',
    ['MESH-E728'],
    edit(`${c1}/trust/kustomization.yaml`, 'resources:\n', 'resources:\n  - ../dns\n'),
  ],
  ['a resource twice', ['MESH-E728'], append(`${c1}/trust/kustomization.yaml`, '  - cacerts.yaml\n')],
  ['a resource that is no manifest', ['MESH-E728'], append(`${c1}/trust/kustomization.yaml`, '  - chain.pem\n')],
  ['another kind', ['MESH-E728'], edit(`${c1}/dns/kustomization.yaml`, 'kind: Kustomization', 'kind: Component')],
  ['a second index', ['MESH-E728'], put(`${c1}/dns/Kustomization`, 'resources: []\n')],
]

const chains: readonly Mutation[] = [
  ['no chain', ['MESH-E708'], remove(`${c1}/trust/chain.pem`)],
  ['a damaged chain', ['MESH-E708'], edit(`${c1}/trust/chain.pem`, '-----END CERTIFICATE-----\n', '')],
  ['the root is missing', ['MESH-E709'], edit(`${c1}/trust/chain.pem`, /(?<=END CERTIFICATE-----\n)[^]*/, '')],
]

describe('verify', (test) => {
  test('what was rendered is sound, with and without its lock', () => {
    const verdict = verifyOutput(sample.files, { now: NOW, lock: sample.lock })
    equal(verdict.diagnostics, [])
    equal(verdict.clusters, ['cluster-1', 'cluster-2', 'cluster-3', 'cluster-4'])
    is(verdict.hosts, 3)
    equal(verdict.roots, [parsed(sample.root.certificate).fingerprint])
    equal(codesOf(sample.files), [])
  })

  test('so is a checkout with CRLF line ends', () => {
    equal(codesOf(new Map([...sample.files].map(([path, text]) => [path, text.replaceAll('\n', '\r\n')]))), [])
  })

  test('files of others beside clusters/ are none of its business', () => {
    const more = both(put('.github/workflows/x.yaml', 'a: ['), put('chart/secret.yaml', '{{ Secret }}'))
    equal(codesOf(more(sample.files)), [])
  })

  const groups = { reading, chains, sealed, indexes }
  for (const [group, mutations] of Object.entries(groups)) {
    for (const [title, codes, mutate] of mutations) {
      test(`${group}: ${title}`, () => {
        equal(codesOf(mutate(sample.files)), codes)
      })
    }
  }

  test('a copied cluster has the key of another', () => {
    equal(codesOf(copyCluster('cluster-4', 'cluster-5')(sample.files)), ['MESH-W444'])
  })

  test('time', () => {
    const at = (days: number): string[] => [
      ...new Set(verifyOutput(sample.files, { now: later(days) }).diagnostics.map((d) => d.code)),
    ]
    equal(at(549), [])
    equal(at(551), ['MESH-W713'])
    equal(at(731), ['MESH-E712'])
    equal(at(-1), ['MESH-E712'])
    equal(at(3500), ['MESH-E712', 'MESH-W713'])
  })

  test('a folder without anything is told what it lacks', () => {
    equal(codesOf(new Map([['clusters/a/README.md', '']])), ['MESH-E708', 'MESH-E717', 'MESH-E724', 'MESH-E748'])
  })
})
