import { parseIntent } from '../../src/intent/document.ts'
import type { Mesh as Intent } from '../../src/intent/schema.gen.ts'
import { judgeFound, searchesOf, type Candidate, type Search } from '../../src/intent/search.ts'
import { describe, equal } from '../suite.ts'

function search(...include: readonly string[]): readonly Search[] {
  const parsed = parseIntent('mesh.yaml', Buffer.from(JSON.stringify({ include })))
  if (!parsed.ok) throw new Error('not parsed')
  const searches = searchesOf(parsed.value.value as Intent, parsed.value, [])
  if (!searches.ok) throw new Error('not read')
  return searches.value
}

const file = (path: string, bytes = 10): Candidate => ({ path, kind: 'file', bytes })
const LIMITS = { files: 3, bytes: 100 }

function codes(patterns: readonly string[], ...found: readonly (readonly Candidate[])[]): string[] {
  const results = new Map(search(...patterns).map((s, i) => [s, found[i] ?? []]))
  return judgeFound(results, LIMITS).map(({ code }) => code)
}

describe('search', (test) => {
  test('links are refused, and patterns that find nothing', () => {
    equal(codes(['a/*'], [file('a/x'), { path: 'a/y', kind: 'symbolic link', bytes: 0 }]), ['MESH-E123'])
    equal(codes(['a/*', 'b/*'], [file('a/x')]), ['MESH-E122'])
  })

  test('the number of files and their size is bounded, and a file counts once', () => {
    const three = [file('a/1'), file('a/2'), file('a/3')]
    equal(codes(['a/*', 'a/?'], three, three), [])
    equal(codes(['a/*', 'b'], three, [file('b')]), ['MESH-E124'])
    equal(codes(['a/*'], [file('a/1', 50), file('a/2', 51)]), ['MESH-E124'])
    equal(codes(['a/*'], [file('a/1', 50), file('a/2', 50)]), [])
  })
})
