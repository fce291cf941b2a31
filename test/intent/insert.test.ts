import fc from 'fast-check'
import { parse } from 'yaml'
import { insertItem, type ListName } from '../../src/intent/insert.ts'
import { applied } from '../../src/intent/insertion.ts'
import { clusterItem, serviceItem, type Item } from '../../src/intent/item.ts'
import { sortedPlace } from '../../src/intent/sorted-place.ts'
import { describe, equal, is, ok } from '../suite.ts'

const NEW = clusterItem({ name: 'kilo', address: '192.0.2.9' })
const SERVICE = serviceItem({ name: 'svc', namespace: 'ns', cluster: 'kilo', port: 80, protocol: 'HTTP' })

/** The text with the item in it; what was there is looked at each time. */
function added(text: string, list: ListName, item: Item): string | undefined {
  const insertion = insertItem(text, list, item)
  if (insertion === undefined) return undefined
  const after = applied(text, insertion)
  const { start, replaced, text: inserted } = insertion
  is(after.slice(0, start) + replaced + after.slice(start + inserted.length), text, 'the rest is what it was')
  ok(/^[ \t]*\[?[ \t]*\]?[ \t]*$/.test(replaced), `nothing but empty brackets is replaced: ${JSON.stringify(replaced)}`)
  ok(replaced === '' || /^[ \t]*\[/.test(replaced))
  if (!text.endsWith('\n') && start === text.length) ok(!after.endsWith('\n'), 'no line end is added at the end')
  if (text.includes('\r\n')) ok(!/(?<!\r)\n/.test(inserted), 'line ends are those of the file')
  else ok(!inserted.includes('\r'))
  const [before, now] = [parse(text), parse(after)] as Readonly<Record<string, unknown[] | undefined>>[]
  const elements = before?.[list] ?? []
  equal(now, { ...before, [list]: elements.toSpliced(sortedPlace(list, elements, item), 0, item) })
  return after
}

interface Style {
  readonly shape: 'block' | 'inline' | 'lines' | 'braces' | 'json'
  readonly dash: number
  readonly gap: number
  readonly ending: '\n' | '\r\n'
  readonly lastEnding: boolean
  readonly apart: boolean
  readonly above: boolean
  readonly beside: boolean
  readonly below: 'none' | 'dash' | 'deep' | 'margin'
  readonly heading: boolean
  /** A list of nothing is a key alone, in place of brackets. */
  readonly bare: boolean
  readonly last: boolean
  readonly anchored: boolean
  readonly trailingComma: boolean
  readonly names: readonly string[]
}

const style: fc.Arbitrary<Style> = fc.record({
  shape: fc.constantFrom('block', 'inline', 'lines', 'braces', 'json'),
  dash: fc.integer({ min: 0, max: 4 }),
  gap: fc.integer({ min: 2, max: 5 }),
  ending: fc.constantFrom('\n', '\r\n'),
  lastEnding: fc.boolean(),
  apart: fc.boolean(),
  above: fc.boolean(),
  beside: fc.boolean(),
  below: fc.constantFrom('none', 'dash', 'deep', 'margin'),
  heading: fc.boolean(),
  bare: fc.boolean(),
  last: fc.boolean(),
  anchored: fc.boolean(),
  trailingComma: fc.boolean(),
  names: fc.uniqueArray(fc.constantFrom('alpha', 'bravo', 'lima', 'mike', 'zulu', 'n-2', 'n-10'), { maxLength: 5 }),
})

/** A mesh with clusters in that style; comments say which cluster they are about. */
function meshOf(s: Style): string {
  const lines =
    s.shape === 'json'
      ? [`{"kind": "Mesh", "clusters": [`, ...s.names.map((n, i) => json(n, i < s.names.length - 1)), ']}']
      : s.last
        ? ['# the mesh', 'kind: Mesh', ...list(s)]
        : ['# the mesh', 'kind: Mesh', ...list(s), '# after the clusters', 'metadata: { name: "shop" }']
  return lines.join(s.ending) + (s.lastEnding ? s.ending : '')
}

function json(name: string, more: boolean): string {
  return `  {"name": "${name}", "gateway": {"addresses": ["${name}.example"]}}${more ? ',' : ''}`
}

function list(s: Style): string[] {
  const flow = (n: string): string => `{ name: ${n}, gateway: { addresses: [${n}.example] } }`
  const anchor = (n: string): string => (s.anchored && n === s.names[0] ? '&first ' : '')
  if (s.names.length === 0) {
    const key = s.bare ? 'clusters:' : 'clusters: []'
    return [s.beside ? `${key} # none yet` : key, ...(s.bare && s.below === 'deep' ? ['    # - name: later'] : [])]
  }
  if (s.shape === 'inline') {
    return [`clusters: [${s.names.map((n) => anchor(n) + flow(n)).join(', ')}${s.trailingComma ? ',' : ''}]`]
  }
  if (s.shape === 'lines') {
    const inner = s.names.flatMap((n, i) => [
      ...(s.above ? [`    # above ${n}`] : []),
      `    ${anchor(n)}${flow(n)}${i < s.names.length - 1 || s.trailingComma ? ',' : ''}${s.beside ? ` # beside ${n}` : ''}`,
    ])
    return [s.heading ? 'clusters: [ # all of them' : 'clusters: [', ...inner, '  ]']
  }
  const [indent, gap] = [' '.repeat(s.dash), '-'.padEnd(s.gap)]
  const body = s.names.flatMap((n, i) => {
    const beside = s.beside ? ` # beside ${n}` : ''
    const inner = ' '.repeat(s.dash + s.gap)
    return [
      ...(s.apart && i > 0 ? [''] : []),
      ...(s.above ? [`${indent}# above ${n}`] : []),
      ...(s.shape === 'braces'
        ? [`${indent}${gap}${anchor(n)}${flow(n)}${beside}`]
        : [
            ...(s.anchored && i === 0
              ? [`${indent}${gap}&first`, `${inner}name: ${n}`]
              : [`${indent}${gap}name: '${n}'`]),
            `${inner}gateway:`,
            `${inner}  addresses: [ ${n}.example ]${beside}`,
          ]),
      ...(s.below === 'deep' ? [`${inner}# beneath ${n}`] : []),
    ]
  })
  const below = { none: [], deep: [], dash: [`${indent}# below`], margin: ['# below'] }[s.below]
  return [s.heading ? 'clusters: # all of them' : 'clusters:', ...body, ...below]
}

describe('insert', (test) => {
  test('in any style of writing, the item is added and the rest stays as it is', () => {
    fc.assert(
      fc.property(style, (s) => {
        const text = meshOf(s)
        const after = added(text, 'clusters', NEW)
        if (after === undefined) throw new Error(`refused:\n${text}`)
        const lines = after.split(/\r?\n/)
        for (const [i, line] of lines.entries()) {
          const [, where, name = ''] = /# (above|beside|beneath) (\S+)$/.exec(line) ?? []
          // What is in the way is the anchor's own line.
          const about = lines.slice(i + 1, i + 3).join('\n')
          if (where === 'above') ok(about.includes(name), `the comment above ${name} stays there:\n${after}`)
          if (where === 'beside')
            ok(
              line.includes(`${name}.example`) && !line.includes('kilo'),
              `the comment beside ${name} stays there:\n${after}`,
            )
          if (where === 'beneath')
            ok(lines[i - 1]?.includes(name), `the comment beneath ${name} stays there:\n${after}`)
        }
        if (s.shape === 'json') JSON.parse(after)
        // Once more, into what we wrote ourselves.
        ok(added(after, 'clusters', clusterItem({ name: 'papa', address: '192.0.2.8' })) !== undefined, after)
        ok(added(after, 'services', SERVICE) !== undefined, after)
      }),
      { numRuns: 300, seed: 5 },
    )
  })

  test('lines go where a reader expects them', () => {
    const expected: readonly (readonly [string, string])[] = [
      // In its place, with an empty line as the others have, and without taking a comment from what it is about.
      [
        'clusters:\n  # first\n  - name: lima # x\n\n  # second\n  - name: zulu\n',
        'clusters:\n  - name: kilo\n    gateway:\n      addresses: [192.0.2.9]\n\n  # first\n  - name: lima # x\n\n  # second\n  - name: zulu\n',
      ],
      // At the end of what is in no order, and of what is too short to be in one.
      [
        'clusters:\n- name: zulu\n- name: alpha\n# tail',
        'clusters:\n- name: zulu\n- name: alpha\n- name: kilo\n  gateway:\n    addresses: [192.0.2.9]\n# tail',
      ],
      ['clusters: [{name: zulu}]', 'clusters: [{name: zulu}, { name: kilo, gateway: { addresses: [192.0.2.9] } }]'],
      // In braces as the others; behind a comment the comma has a line of its own.
      [
        'clusters: [\n  {name: zulu} # two\n ]',
        'clusters: [\n  {name: zulu} # two\n  , { name: kilo, gateway: { addresses: [192.0.2.9] } }\n ]',
      ],
      [
        'clusters:\n  - &a {name: zulu, gateway: &g {addresses: [b]}}\n  - {<<: *a, name: alpha}\n',
        'clusters:\n  - &a {name: zulu, gateway: &g {addresses: [b]}}\n  - {<<: *a, name: alpha}\n  - { name: kilo, gateway: { addresses: [192.0.2.9] } }\n',
      ],
      // As wide as the others, and in braces within as they are.
      [
        'clusters:\n-   name: alpha\n    gateway: { addresses: [b] }\nmetadata:\n    name: shop\n',
        'clusters:\n-   name: alpha\n    gateway: { addresses: [b] }\n-   name: kilo\n    gateway: { addresses: [192.0.2.9] }\nmetadata:\n    name: shop\n',
      ],
      // A list that is empty, has nothing behind its key, or is not there.
      ['clusters: []\n# x\n', 'clusters:\n  - name: kilo\n    gateway:\n      addresses: [192.0.2.9]\n# x\n'],
      ['clusters: [] # x', 'clusters: [{ name: kilo, gateway: { addresses: [192.0.2.9] } }] # x'],
      ['clusters: # x\r\n', 'clusters: # x\r\n  - name: kilo\r\n    gateway:\r\n      addresses: [192.0.2.9]\r\n'],
      [
        'services:\n- name: a\n  namespace: b',
        'services:\n- name: a\n  namespace: b\nclusters:\n- name: kilo\n  gateway:\n    addresses: [192.0.2.9]',
      ],
      // There is no room before the first one, but behind the last one.
      [
        '? clusters\n: - name: lima\n  - name: zulu\n',
        '? clusters\n: - name: lima\n  - name: zulu\n  - name: kilo\n    gateway:\n      addresses: [192.0.2.9]\n',
      ],
      // Empty lines at the end of a text belong to it.
      [
        'clusters:\n- name: a\n  text: |+\n    x\n\nkind: Mesh\n',
        'clusters:\n- name: a\n  text: |+\n    x\n\n- name: kilo\n  gateway:\n    addresses: [192.0.2.9]\nkind: Mesh\n',
      ],
    ]
    for (const [text, after] of expected) {
      const insertion = insertItem(text, 'clusters', NEW)
      is(insertion && applied(text, insertion), after)
    }
  })

  test('what cannot be added to without changing something else is refused', () => {
    for (const text of [
      'services: &all\n  - name: a\nclusters: *all\n',
      'clusters: null\n',
      'clusters: { a: b }\n',
      'clusters:\n\t- name: a\n',
      '- clusters\n',
      '',
    ]) {
      is(insertItem(text, 'clusters', NEW), undefined, text)
    }
  })

  test('a list in order stays in order, whichever order it is', () => {
    const clusters = (...names: readonly string[]): unknown[] => names.map((name) => ({ name }))
    const services = (...keys: readonly string[]): unknown[] =>
      keys.map((key) => ({ name: key.split('.')[0], namespace: key.split('.')[1] }))
    const place = (list: ListName, elements: readonly unknown[], [element]: readonly unknown[]): number =>
      sortedPlace(list, elements, element)
    is(place('clusters', clusters('a', 'c'), clusters('b')), 1)
    is(place('clusters', clusters('c', 'a'), clusters('b')), 2)
    is(place('clusters', clusters('c'), clusters('b')), 1)
    is(place('clusters', clusters('c-1', 'c-2'), clusters('c-10')), 2)
    is(place('clusters', clusters('c-1', 'c-10', 'c-2'), clusters('c-11')), 2)
    is(place('clusters', [null, 3], clusters('b')), 2)
    is(place('services', services('z.a', 'a.b'), services('m.a')), 0)
    is(place('services', services('a.z', 'b.a'), services('aa.m')), 1)
  })
})
