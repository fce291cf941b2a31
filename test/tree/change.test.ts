import { changeTo, ownFiles, type Found } from '../../src/tree/change.ts'
import { header, ownerOf } from '../../src/tree/ownership.ts'
import { describe, equal } from '../suite.ts'

const ours = (path: string, text = ''): Found => ({ kind: 'file', text: header('shop', path) + text })
const file = (text: string): Found => ({ kind: 'file', text })
const wanted = (...paths: readonly string[]) => new Map(paths.map((p) => [p, header('shop', p)]))

describe('changeTo', (test) => {
  test('adds, modifies and deletes only what is ours', () => {
    const found = new Map<string, Found>([
      ['same', ours('same')],
      ['old', ours('old', 'text')],
      ['stale', ours('stale')],
      ['README', file('by a person')],
    ])
    equal(changeTo(wanted('same', 'old', 'new'), found, 'shop'), {
      added: ['new'],
      modified: ['old'],
      deleted: ['stale'],
      conflicts: [],
    })
  })

  test('never touches a file without our header, of another mesh, or copied from elsewhere', () => {
    const found = new Map<string, Found>([
      ['a', file('kind: Namespace\n')],
      ['b', file(header('other', 'b'))],
      ['c', file(header('shop', 'somewhere/else'))],
      ['d', { kind: 'other', what: 'a symbolic link' }],
    ])
    const change = changeTo(wanted('a', 'b', 'c', 'd'), found, 'shop')
    equal(
      change.conflicts.map((c) => c.path),
      ['a', 'b', 'c', 'd'],
    )
    equal([...change.added, ...change.modified, ...change.deleted], [])
    equal(changeTo(wanted(), found, 'shop').deleted, [], 'nor deletes it')
  })

  test('a file or link where a folder is needed is in the way', () => {
    const found = new Map<string, Found>([['clusters', { kind: 'other', what: 'a symbolic link' }]])
    const folder: Found = { kind: 'folder' }
    equal(
      changeTo(
        wanted('a/b'),
        new Map([
          ['a/b', folder],
          ['a', folder],
        ]),
        'shop',
      ).conflicts,
      [{ path: 'a/b', what: 'is a folder' }],
    )
    equal(changeTo(wanted('a/b'), new Map([['a', folder]]), 'shop').added, ['a/b'])
    equal(
      changeTo(wanted('clusters/a/x', 'clusters/a/y'), found, 'shop').conflicts.map((c) => c.path),
      ['clusters'],
    )
  })

  test('line ends of a checkout do not change whose file it is', () => {
    equal(ownerOf(header('shop', 'a').replace('\n', '\r\n'), 'shop', 'a'), { kind: 'ours' })
    const converted = new Map([['a', file(header('shop', 'a').replace('\n', '\r\n'))]])
    equal(changeTo(wanted('a'), converted, 'shop').modified, [], 'nor is it another text')
    equal([...ownFiles(converted, 'shop')], [['a', header('shop', 'a')]])
    equal([...ownFiles(converted, 'other')], [])
  })

  test('a mesh name that looks like more of a header is no way in', () => {
    equal(ownerOf(header('shop', 'a, b'), 'shop', 'b'), { kind: 'other-mesh', mesh: 'shop, a' })
  })
})
