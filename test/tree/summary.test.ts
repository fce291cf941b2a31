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
      ['all clusters: file .gitattributes added', 'east: 7 ServiceEntry added', 'west: file README.md changed'],
    )
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
