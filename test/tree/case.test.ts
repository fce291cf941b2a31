import { describe, equal } from '../suite.ts'
import { changeTo, type Found } from '../../src/tree/change.ts'
import { collisions } from '../../src/tree/case.ts'
import { header } from '../../src/tree/ownership.ts'

describe('upper and lower case', (test) => {
  test('a file or folder that only case sets apart from ours is found', () => {
    const ours = ['clusters/east/README.md', 'clusters/east/dns/coredns.yaml']
    const foreign = ['clusters/east/readme.md', 'clusters/East', 'Clusters/x', 'clusters/east/dns/x', ...ours]
    equal(
      [...collisions(ours, foreign)],
      [
        ['clusters/east/readme.md', 'clusters/east/README.md'],
        ['clusters/East', 'clusters/east'],
      ],
    )
  })

  test('it is in the way: on some systems a write would go over it', () => {
    const path = 'clusters/east/README.md'
    const wanted = new Map([[path, `${header('shop', path)}text\n`]])
    const found = new Map<string, Found>([['clusters/east/readme.md', { kind: 'file', text: 'mine' }]])
    equal(changeTo(wanted, found, 'shop').conflicts, [
      { path: 'clusters/east/readme.md', what: `differs from ${path} in upper and lower case only` },
    ])
    // A folder like ours is the same folder there, and nothing is lost.
    equal(changeTo(wanted, new Map<string, Found>([['Clusters', { kind: 'folder' }]]), 'shop').conflicts, [])
  })
})
