import fc from 'fast-check'
import { difference, REMOVED_MAX, tooMuchRemoved } from '../../src/tree/difference.ts'
import { fieldChanges } from '../../src/tree/fields.ts'
import type { FileTree } from '../../src/tree/file-tree.ts'
import { idOf, titleOf } from '../../src/tree/objects.ts'
import { describe, equal, is, match } from '../suite.ts'

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('a', 'b', 'a\nb', 'b\na\n', 1, 2, true),
    tie('list'),
    tie('map'),
  ),
  list: fc.array(tie('any'), { maxLength: 4 }),
  map: fc.dictionary(fc.constantFrom('name', 'number', 'host', 'x', 'y'), tie('any'), { noNullPrototype: true }),
})).any

const object = (kind: string, name: string, spec = 'spec: { a: 1 }'): string =>
  `apiVersion: networking.istio.io/v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: ns\n${spec}\n`

const tree = (...files: readonly (readonly [string, string])[]): FileTree => new Map(files)
const services = 'clusters/c1/services'

/** `- ServiceEntry ns/a`, for each object that differs. */
const told = (before: FileTree, after: FileTree): string[] =>
  difference(before, after).parts.flatMap(({ cluster, objects, files }) => [
    ...objects.map(({ kind, object: o }) => `${cluster} ${kind} ${titleOf(o)}`),
    ...files.map(({ kind, path }) => `${cluster} ${kind} ${path}`),
  ])

describe('field changes', (test) => {
  test('a value does not differ from itself, and what differs is told', () => {
    fc.assert(fc.property(value, (a) => equal(fieldChanges(a, structuredClone(a)), [])))
    const text = (v: unknown): string => (typeof v === 'string' ? v.replaceAll(/\s+/g, ' ').trim() : JSON.stringify(v))
    fc.assert(
      fc.property(value, value, (a, b) => {
        if (fieldChanges(a, b).length === 0) equal(normal(a, text), normal(b, text))
      }),
    )
  })

  test('an element is told apart by what names it', () => {
    const before = { ports: [{ name: 'http', number: 80 }], list: ['a', 'b'] }
    const after = {
      ports: [
        { name: 'grpc', number: 90 },
        { name: 'http', number: 81 },
      ],
      list: ['b', 'c'],
    }
    equal(fieldChanges(before, after), [
      { path: 'ports[grpc]', after: { name: 'grpc', number: 90 } },
      { path: 'ports[http].number', before: 80, after: 81 },
      { path: 'list[]', after: 'c' },
      { path: 'list[]', before: 'a' },
    ])
    const setting = (number: number, sni: string): object => ({ port: { number }, tls: { sni } })
    equal(fieldChanges([setting(1, 'a'), setting(2, 'b')], [setting(2, 'b'), setting(1, 'c')]), [
      { path: '[1].tls.sni', before: 'a', after: 'c' },
    ])
  })

  test('one more of the same and another order are changes', () => {
    is(fieldChanges(['a'], ['a', 'a']).length, 1)
    is(fieldChanges(['a', 'b'], ['b', 'a']).length, 1)
  })

  test('a text of several lines differs line by line', () => {
    equal(fieldChanges('a\n  b\n', 'a\n  c\n'), [
      { path: '[]', after: 'c' },
      { path: '[]', before: 'b' },
    ])
  })
})

/** White space at the ends of lines and empty lines are no difference that a reviewer is shown. */
function normal(v: unknown, text: (v: unknown) => string): string {
  return JSON.stringify(v, (_, inner: unknown) => (typeof inner === 'string' ? text(inner) : inner))
}

describe('difference of outputs', (test) => {
  test('objects are found again in another file and in another order', () => {
    const before = tree([`${services}/a.yaml`, `${object('ServiceEntry', 'a')}---\n${object('ServiceEntry', 'b')}`])
    const after = tree(
      [`${services}/x.yaml`, object('ServiceEntry', 'a')],
      [`${services}/y.yaml`, `# a comment\n${object('ServiceEntry', 'b')}`],
    )
    equal(told(before, after), [])
    equal(
      difference(before, after).rewritten,
      ['a.yaml', 'x.yaml', 'y.yaml'].map((file) => `${services}/${file}`),
    )
    equal(told(before, before), [])
    equal(difference(before, before).rewritten, [])
  })

  test('what is removed is told first, and each object in its cluster', () => {
    const before = tree([`${services}/a.yaml`, `${object('ServiceEntry', 'a')}---\n${object('ServiceEntry', 'b')}`])
    const after = tree(
      [`${services}/a.yaml`, `${object('ServiceEntry', 'c')}---\n${object('ServiceEntry', 'b', 'spec: { a: 2 }')}`],
      ['clusters/c2/README.md', 'x'],
      ['argocd/project.yaml', object('AppProject', 'mesh')],
    )
    equal(told(before, after), [
      ' added AppProject ns/mesh',
      'c1 removed ServiceEntry ns/a',
      'c1 added ServiceEntry ns/c',
      'c1 changed ServiceEntry ns/b',
      'c2 added clusters/c2/README.md',
    ])
  })

  test('values of a chart differ by field, an index and a broken file as files', () => {
    const values = 'clusters/c1/istio/values.yaml'
    const [part] = difference(tree([values, '# x\na: 1\n']), tree([values, '# x\na: 2\n'])).parts
    equal(
      part?.objects.map(({ fields }) => fields),
      [[{ path: 'spec.a', before: 1, after: 2 }]],
    )
    const index = `${services}/kustomization.yaml`
    equal(told(tree([index, 'resources: []\n']), tree([index, 'resources: [a.yaml]\n'])), [`c1 changed ${index}`])
    equal(told(tree([`${services}/a.yaml`, ': {']), tree([`${services}/a.yaml`, ': ['])), [
      `c1 changed ${services}/a.yaml`,
    ])
  })

  test('nothing sealed and no PEM is shown', () => {
    const sealed = (text: string): FileTree =>
      tree([
        'clusters/c1/trust/a.yaml',
        object('SealedSecret', 'a', `spec: { encryptedData: { ca-key.pem: ${text} } }`),
      ])
    const [part] = difference(sealed('AAAA'), sealed('BBBB')).parts
    equal(part?.objects[0]?.fields, [{ path: 'spec.encryptedData.ca-key.pem', before: '(sealed)', after: '(sealed)' }])
    const pem = (text: string): FileTree =>
      tree(['clusters/c1/trust/a.yaml', object('ConfigMap', 'a', `data: { x: "-----BEGIN ${text}" }`)])
    equal(
      difference(pem('A'), pem('B')).parts[0]?.objects[0]?.fields.map((f) => f.after),
      ['(not shown)'],
    )
  })

  test('a secret is hidden wherever it stands, and where secrets live everything is', () => {
    const file = 'clusters/c1/trust/a.yaml'
    const shown = (kind: string, before: string, after: string): string =>
      JSON.stringify(
        difference(tree([file, object(kind, 'a', before)]), tree([file, object(kind, 'a', after)])).parts.flatMap((p) =>
          p.objects.map((o) => o.fields),
        ),
      )
    const secret = fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9+/]{88,200}$/),
      fc.stringMatching(/^[a-z]{20}$/).map((body) => `-----BEGIN EC PRIVATE KEY-----\n${body}\n-----END`),
      fc.stringMatching(/^[A-Z0-9]{20}$/).map((body) => `AGE-SECRET-KEY-1${body}`),
      fc.stringMatching(/^[A-Za-z0-9]{20}$/).map((body) => `ENC[AES256_GCM,data:${body}]`),
    )
    const place = fc.constantFrom<(text: string) => string>(
      (text) => `a: ${text}\n`,
      (text) => `a: { b: [${text}] }\n`,
      (text) => `a: [{ name: ${text}, c: 1 }]\n`,
      (text) => `a: [{ name: x, b: { ${text}: 1 } }]\n`,
      (text) => `? ${text}\n: 1\n`,
    )
    fc.assert(
      fc.property(secret, place, place, (hidden, from, to) => {
        const text = shown('ConfigMap', from(JSON.stringify(hidden)), to(JSON.stringify(hidden)))
        is(text.includes(hidden.split('\n')[1] ?? hidden.slice(-16)), false, text)
      }),
      { numRuns: 500 },
    )
    for (const [kind, fields] of [
      ['Secret', 'stringData: { password: hunter2 }'],
      ['Secret', 'data: { password: hunter2 }'],
      ['SealedSecret', 'spec: { encryptedData: { a: hunter2 } }'],
      ['SealedSecret', 'spec: { template: { data: { a: hunter2 } } }'],
    ] as const) {
      for (const other of ['', fields.replace('hunter2', 'hunter1'), 'spec: {}']) {
        is(/hunter/.test(shown(kind, fields, other) + shown(kind, other, fields)), false, `${kind} ${fields} ${other}`)
      }
    }
    const account = `spiffe://cluster.local/ns/${'n'.repeat(60)}/sa/${'s'.repeat(60)}`
    is(shown('ServiceEntry', 'spec: {}', `spec: { a: [${account}] }`).includes(account), true, 'an identity is none')
  })

  test('what was edited by hand is never trusted', () => {
    const file = 'clusters/c1/services/a.yaml'
    const good = tree([file, object('ServiceEntry', 'a')])
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...['b', 'c', 'd', 'e'].map((k, i) => `${k}: &${k} [${`*${'abcd'[i]},`.repeat(10)}]`),
    ]
    for (const spec of [
      'spec: &a [*a]',
      'spec: &a { b: *a }',
      bomb.join('\n'),
      `spec: ${'['.repeat(200)}${']'.repeat(200)}`,
      `spec: ${'['.repeat(20_000)}`,
      'spec: !!set { b }',
      'spec: !!binary aGk=',
      '<<<<<<< HEAD\nspec: 1\n=======\nspec: 2\n>>>>>>> other',
    ]) {
      const bad = tree([file, object('ServiceEntry', 'a', spec)])
      equal(told(bad, good), ['c1 added ServiceEntry ns/a'], spec.slice(0, 30))
      equal(told(good, bad), ['c1 removed ServiceEntry ns/a'], spec.slice(0, 30))
    }
    const odd = tree([file, object('ServiceEntry', 'a', 'spec: { a: 1, constructor: 1, __proto__: { b: 1 } }')])
    is(difference(good, odd).parts[0]?.objects[0]?.fields.length, 2)
    is(difference(odd, good).parts[0]?.objects[0]?.fields.length, 2)
  })

  test('removing a cluster or a crowd of objects needs consent, however many clusters lose them', () => {
    const many = (cluster: string, count: number): (readonly [string, string])[] => [
      [`clusters/${cluster}/kustomization.yaml`, 'resources: []\n'],
      [
        `clusters/${cluster}/services/a.yaml`,
        Array.from({ length: count }, (_, i) => object('ServiceEntry', `a${i}`)).join('---\n'),
      ],
    ]
    const consent = (before: FileTree, after: FileTree): string | undefined => tooMuchRemoved(difference(before, after))
    is(consent(tree(...many('c1', REMOVED_MAX + 1)), tree(...many('c1', 1))), undefined)
    match(consent(tree(...many('c1', REMOVED_MAX + 2)), tree(...many('c1', 1))) ?? '', /21 different/)
    const both = (count: number): FileTree => tree(...many('c1', count), ...many('c2', count))
    is(consent(both(REMOVED_MAX), both(0)), undefined)
    match(consent(tree(...many('c1', 1), ...many('c2', 1)), tree(...many('c1', 1))) ?? '', /output of c2/)
  })

  test('an identity has no version', () => {
    const [part] = difference(tree(), tree(['clusters/c1/services/a.yaml', object('ServiceEntry', 'a')])).parts
    is(part?.objects[0] && idOf(part.objects[0].object), 'networking.istio.io ServiceEntry ns a')
  })
})
