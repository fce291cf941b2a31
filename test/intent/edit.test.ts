import { edited, type Edit } from '../../src/intent/edit.ts'
import { describe, is } from '../suite.ts'

const set = (text: string, path: Edit['path'], value: Edit['value'], at = 0): string | undefined =>
  edited(text, at, [{ path, value }])

describe('edits of the intent', (test) => {
  test('a value is replaced where it stands', () => {
    is(set('a: {b: 1} # x\n', ['a', 'b'], 2), 'a: {b: 2} # x\n')
    is(set('a:\r\n  b: 1 # one\r\n', ['a', 'b'], 2), 'a:\r\n  b: 2 # one\r\n')
    is(set('{"a": [{"s": "active"}]}', ['a', 0, 's'], 'trusted'), '{"a": [{"s": "trusted"}]}')
  })

  test('a key goes behind those that are there, with its comment', () => {
    is(set('a:\n  b: 1 # one\nc: 2\n', ['a', 'd'], 3), 'a:\n  b: 1 # one\n  d: 3\nc: 2\n')
    is(set('l:\n  - n: x\n  - n: y\n', ['l', 0, 't', 'g'], 2), 'l:\n  - n: x\n    t: { g: 2 }\n  - n: y\n')
    is(set('l:\n-   n: x', ['l', 0, 't', 'g'], 2), 'l:\n-   n: x\n    t: { g: 2 }')
    is(set('a: 1\n', ['t', 'r'], [{ id: 'r2' }]), 'a: 1\nt: { r: [{ id: r2 }] }\n')
  })

  test('an item goes to the end of its list', () => {
    is(set('r:\n  - id: r1\n', ['r', 1], { id: 'r2', s: 'trusted' }), 'r:\n  - id: r1\n  - id: r2\n    s: trusted\n')
    is(set('r: [{ id: r1 }]\n', ['r', 1], { id: 'r2' }), 'r: [{ id: r1 }, { id: r2 }]\n')
  })

  test('of several documents only the one that is meant changes', () => {
    const text = 'kind: A\nspec: { g: 1 }\n---\nkind: B\nspec: { g: 1 }\n'
    is(set(text, ['spec', 'g'], 2, text.indexOf('B')), text.replace(/1 }\n$/, '2 }\n'))
    is(set(text, ['spec', 'g'], 2), text.replace('1 }', '2 }'))
  })

  test('what would change more than was asked for is left alone', () => {
    for (const text of [
      'a: &x { g: 1 }\nb: *x\n',
      'd: &x { t: { c: none } }\na:\n  <<: *x\n  n: 1\n',
      'a:\n',
      'a: { g: 1 }\na: { g: 1 }\n',
      'a: [',
    ]) {
      is(set(text, text.startsWith('d') ? ['a', 't', 'g'] : ['a', 'g'], 2), undefined, text)
    }
  })
})
