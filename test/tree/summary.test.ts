import { describe, equal } from '../suite.ts'
import { changeSummary } from '../../src/tree/summary.ts'

const object = (kind: string, name: string, rest = ''): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: foo\n  labels:\n    name: other\n${rest}`
const file = (...objects: readonly string[]): string => `# header\n${objects.join('---\n')}`
const summary = (before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string[] =>
  changeSummary({ before: new Map(Object.entries(before)), after: new Map(Object.entries(after)) })

describe('change summary', (test) => {
  test('objects are told by cluster: what is new, other, gone; what stays is not', () => {
    const path = 'clusters/east/services/foo.yaml'
    const stays = object('ServiceEntry', 'stays')
    equal(
      summary(
        { [path]: file(stays, object('Gateway', 'g', 'a: 1\n'), object('ServiceEntry', '"old"')) },
        { [path]: file(stays, object('Gateway', 'g', 'a: 2\n'), object('DestinationRule', 'new')) },
      ),
      ['east: ServiceEntry old removed, Gateway g changed, DestinationRule new added'],
    )
  })

  test('one line for each cluster, and counts where names would be too many', () => {
    const many = Array.from({ length: 7 }, (_, i) => object('ServiceEntry', `s${String(i)}`))
    equal(
      summary(
        { 'clusters/west/README.md': 'a\n' },
        {
          'clusters/west/README.md': 'b\n',
          'clusters/east/services/foo.yaml': file(...many),
          '.gitattributes': 'x\n',
        },
      ),
      ['all clusters: file .gitattributes added', 'east: 7 ServiceEntries added', 'west: file README.md changed'],
    )
  })

  test('counts have plural forms, one of a kind has its name, and values are called by their chart', () => {
    const names = (kind: string, count: number): string[] =>
      Array.from({ length: count }, (_, i) => object(kind, `n${String(i)}`))
    const objects = [...names('Namespace', 2), ...names('AuthorizationPolicy', 3), ...names('Gateway', 1)]
    const files = Object.fromEntries(['a', 'b'].map((name) => [`clusters/east/${name}.md`, 'x\n']))
    equal(
      summary(
        { 'clusters/east/istio/values.yaml': 'a: 1\n' },
        {
          'clusters/east/istio/gateway-values.yaml': 'a: 1\n',
          'clusters/east/istio/values.yaml': 'a: 2\n',
          'clusters/east/services/foo.yaml': file(...objects),
          ...files,
        },
      ),
      [
        'east: gateway values added, istiod values changed, 2 Namespaces added, 3 AuthorizationPolicies added, ' +
          'Gateway n0 added, 2 other files added',
      ],
    )
    equal(summary({}, { 'clusters/east/istio/values.yaml': 'a: 1\n' }), ['east: istiod values added'])
    const many = Array.from({ length: 7 }, (_, i) => [`clusters/east/${String(i)}.md`, 'x\n'] as const)
    equal(summary({}, Object.fromEntries(many)), ['east: 7 files added'])
  })

  test('an index is a file, and what changes no object is not told', () => {
    const path = 'clusters/east/services/foo.yaml'
    equal(summary({ [path]: `# a\n${object('A', 'a')}` }, { [path]: `# b\n${object('A', 'a')}` }), [])
    equal(summary({ 'clusters/east/dns/kustomization.yaml': 'resources:\n- a\n' }, {}), [
      'east: file dns/kustomization.yaml removed',
    ])
    equal(summary({}, {}), [])
  })
})
