import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import {
  CAPABILITIES,
  dialectOf,
  istioSupport,
  judge,
  parseRelease,
  PROVEN,
  sinceText,
  supports,
  type Feature,
} from '../../src/mesh/capabilities.ts'
import { PROJECT } from '../fixture.ts'
import { describe, equal, is, ok } from '../suite.ts'

const FEATURES = Object.keys(CAPABILITIES) as Feature[]

describe('capabilities', (test) => {
  test('a version is 1.MINOR or 1.MINOR.PATCH, and nothing else', () => {
    equal(parseRelease('1.30'), { minor: 30 })
    equal(parseRelease('1.30.0'), { minor: 30, patch: 0 })
    for (const wrong of ['', '1', '1.', '2.1', '1.030', '1.30.', '1.30.01', '1.30.1.2', 'v1.30', '1.30 ', '1.100']) {
      is(parseRelease(wrong), undefined, wrong)
      is(istioSupport(wrong).kind, 'refused', wrong)
    }
  })

  test('which versions are proven, read and refused', () => {
    const kinds = Array.from({ length: 34 }, (_, minor) => istioSupport(`1.${minor}`).kind)
    equal(
      kinds,
      kinds.map((_, minor) => {
        if (minor === 6 || minor === 7) return 'read'
        return minor < 22 ? 'refused' : PROVEN.includes(minor) ? 'proven' : 'read'
      }),
    )
    is(istioSupport('1.31.4').kind, 'proven')
  })

  test('the profile of 1.6 speaks another dialect, and only that', () => {
    const suffix = Array.from({ length: 34 }, (_, minor) => `1.${minor}`).filter((v) => dialectOf(v) === 'suffix')
    equal(suffix, ['1.6', '1.7'])
  })

  test('a patch decides where a fix came in one, and is asked for there only', () => {
    equal(judge('gateway-tag', '1.23.9'), { kind: 'no' })
    equal(judge('gateway-tag', '1.24'), { kind: 'ask', patch: 3 })
    equal(judge('gateway-tag', '1.24.2'), { kind: 'no' })
    equal(judge('gateway-tag', '1.24.3'), { kind: 'yes' })
    equal(judge('gateway-tag', '1.25'), { kind: 'yes' })
    equal(judge('gateway-chart-schema', '1.24.9'), { kind: 'no' })
    equal(judge('gateway-chart-schema', '1.25'), { kind: 'ask', patch: 5 })
    equal(judge('gateway-chart-schema', '1.26.3'), { kind: 'no' })
    equal(judge('gateway-chart-schema', '1.26.4'), { kind: 'yes' })
    equal(judge('gateway-chart-schema', '1.28'), { kind: 'yes' })
    equal(judge('gateway-customization', '1.26'), { kind: 'yes' })
    equal(judge('gateway-customization', '1.25.5'), { kind: 'no' })
  })

  test('a later patch never loses what an earlier one has', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FEATURES),
        fc.nat({ max: 40 }),
        fc.nat({ max: 20 }),
        fc.nat({ max: 20 }),
        (feature, minor, patch, more) =>
          !supports(feature, `1.${minor}.${patch}`) || supports(feature, `1.${minor}.${patch + more}`),
      ),
    )
  })

  test('what is proven is there in every version that is proven', () => {
    for (const feature of FEATURES) {
      if (CAPABILITIES[feature].evidence === 'read') continue
      for (const minor of PROVEN) ok(supports(feature, `1.${minor}`), `${feature} in 1.${minor}`)
    }
  })

  test('docs/istio-versions.md has the table', () => {
    const rows = FEATURES.map((feature) => {
      const { what, backports = {}, until, source, evidence } = CAPABILITIES[feature]
      const carried = Object.entries(backports).map(([minor, patch]) => `1.${minor}.${patch}`)
      const since = [...carried, sinceText(CAPABILITIES[feature])].join(', ')
      return [what, since, until === undefined ? '' : `1.${until}`, evidence, source]
    })
    const page = readFileSync(join(PROJECT, 'docs', 'istio-versions.md'), 'utf8')
    const found = page
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split('|').slice(1, -1))
      .map((cells) => cells.map((cell) => cell.trim()))
    for (const row of rows)
      ok(
        found.some((cells) => cells.join(' | ') === row.join(' | ')),
        row.join(' | '),
      )
    is(found.length, rows.length + 2, 'there is one table, and nothing else in it')
  })
})
