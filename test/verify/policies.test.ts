import { describe, equal } from '../suite.ts'
import { both, codesOf, edit, put, type Mutate, type Mutation } from './mutation.ts'
import { makeSample } from './sample.ts'

const c1 = 'clusters/cluster-1'
const policies = `${c1}/gateway/policies-foo.yaml`
const gateway = `${c1}/gateway/gateway.yaml`

const sample = await makeSample()

/** Of the AuthorizationPolicy, which stands first. */
const inFirst = (from: string | RegExp, to: string): Mutate => edit(policies, from, to)
const caller = 'shop.example.com/ns/bar/sa/a'

/** What is refused whether there is a lock or not. */
const alone: readonly Mutation[] = [
  ['a policy without selector', ['MESH-E760'], inFirst(/ {2}selector:\n.*\n.*\n.*\n/, '')],
  ['a policy for all pods', ['MESH-E760'], inFirst(/matchLabels:\n.*\n.*\n/, 'matchLabels: {}\n')],
  ['DENY', ['MESH-E760'], inFirst('ALLOW', 'DENY')],
  ['no action', ['MESH-E760'], inFirst(/ {2}action: .*\n/, '')],
  ['a second rule', ['MESH-E760'], inFirst(/ {2}rules:\n/, '  rules:\n    - {}\n')],
  ['callers of a namespace by another field', ['MESH-E760'], inFirst('principals:', 'namespaces:')],
  [
    'a trial that refuses nobody',
    ['MESH-E760'],
    inFirst('  annotations:\n', '  annotations:\n    istio.io/dry-run: "true"\n'),
  ],
  ['another revision of Istio', ['MESH-E760'], inFirst('  labels:\n', '  labels:\n    istio.io/rev: canary\n')],
  ['an older version', ['MESH-E760'], inFirst('security.istio.io/v1\n', 'security.istio.io/v1beta1\n')],
  ['everybody', ['MESH-E781'], inFirst(caller, '"*"')],
  ['any namespace', ['MESH-E781'], inFirst(caller, 'shop.example.com/ns/*/sa/a')],
  ['a part of an account', ['MESH-E781'], inFirst(caller, `${caller}*`)],
  ['a caller with its scheme', ['MESH-E781'], inFirst(caller, `spiffe://${caller}`)],
  ['a caller of another trust domain', ['MESH-E781'], inFirst(caller, 'cluster.local/ns/bar/sa/a')],
  [
    'a policy for a service that is not exposed',
    ['MESH-E738', 'MESH-E780'],
    edit(gateway, '        - svc-3.foo.svc.cluster.local\n', ''),
  ],
  ['a policy in another namespace', ['MESH-E780'], inFirst('namespace: foo', 'namespace: istio-system')],
  ['a policy of another name', ['MESH-E780'], inFirst('name: meshwright-svc-3', 'name: svc-3')],
  ['PERMISSIVE', ['MESH-E760'], edit(policies, 'STRICT', 'PERMISSIVE')],
  [
    'a kind that is not rendered',
    ['MESH-E759'],
    both(
      put(
        `${c1}/gateway/more.yaml`,
        'apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: { name: a, namespace: foo }\n',
      ),
      edit(`${c1}/gateway/kustomization.yaml`, /$/, '  - more.yaml\n'),
    ),
  ],
]

/** What only the lock can know. */
const locked: readonly Mutation[] = [
  [
    'a caller more',
    ['MESH-E782'],
    inFirst(
      /( +- )shop.example.com\/ns\/bar\/sa\/a\n/,
      `              - ${caller}\n              - shop.example.com/ns/bar/sa/c\n`,
    ),
  ],
  ['a caller less', ['MESH-E782'], inFirst(/ +- shop.example.com\/ns\/bar\/sa\/a\n/, '')],
  ['all accounts', ['MESH-E782'], inFirst(caller, 'shop.example.com/ns/bar/sa/*')],
  ['another port', ['MESH-E782'], inFirst('"8080"', '"8000"')],
  ['every port', ['MESH-E782'], inFirst(/ {6}to:\n.*\n.*\n.*\n/, '')],
  ['other pods', ['MESH-E782'], inFirst('tier: back', 'tier: front')],
  ['no AuthorizationPolicy', ['MESH-E782'], inFirst(/apiVersion[^]*?---\n/, '')],
  ['no PeerAuthentication', ['MESH-E782'], inFirst(/---[^]*/, '')],
  [
    'a policy for a service without one',
    ['MESH-E782'],
    (files) =>
      put(
        policies,
        `${files.get(policies)}---\n${files.get(policies)?.split('---')[0]?.replaceAll('svc-3', 'svc-1')}`,
      )(files),
  ],
]

describe('verify: who may call', (test) => {
  test('what was rendered is taken', () => {
    equal(codesOf(sample.files, sample.lock), [])
  })

  for (const [title, codes, mutate] of alone) {
    test(title, () => equal(codesOf(mutate(sample.files)), codes))
  }

  for (const [title, codes, mutate] of locked) {
    test(`${title} than in the lock`, () => {
      equal(codesOf(mutate(sample.files)), [])
      equal(codesOf(mutate(sample.files), sample.lock), codes)
    })
  }
})
