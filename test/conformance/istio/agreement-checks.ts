import { deepStrictEqual, ok } from 'node:assert/strict'
import { check, mustRefuse, type Check } from '../check.ts'
import type { Workbench } from '../workbench.ts'
import { agree, AS_RENDERED, type Agreement, type Difference } from './agreement.ts'
import { knownDifference, KNOWN_DIFFERENCES } from './known-differences.ts'
import { MUTATIONS } from './mutations.ts'

/** Enough that every mutation gets several meshes. */
const FULL = { seeds: 120, changes: 5 }
const SMALL = { seeds: 25, changes: 4 }

export const AGREEMENT: readonly Check[] = [
  check(`verify accepts nothing that meshcheck refuses, ${FULL.seeds} meshes`, ['meshcheck'], async (bench) => {
    const found = await agree(bench, 'meshcheck', FULL)
    for (const { name } of MUTATIONS) ok(found.applied.has(name), `no mesh had anything to change for: ${name}`)
    ok(found.paths > 5000, `${found.paths} paths are too few to say anything`)
    ok(
      found.refused > found.accepted,
      `verify accepts ${found.accepted} of the mutations, and refuses ${found.refused}`,
    )
    const known = new Set(found.differences.map((d) => knownDifference(d.mesh, d.what, d.problems)))
    assertAgreement(found)
    const stale = KNOWN_DIFFERENCES.filter((difference) => !known.has(difference)).map(({ what }) => what)
    deepStrictEqual(stale, [], 'known differences that do not exist')
  }),
  check(
    `verify accepts nothing that meshcheck-1.30 refuses, ${SMALL.seeds} meshes`,
    ['meshcheck-1.30'],
    async (bench) => {
      assertAgreement(await agree(bench, 'meshcheck-1.30', SMALL))
    },
  ),
  check('planted: a verify that accepts everything', ['meshcheck'], (bench) => careless(bench)),
]

async function careless(bench: Workbench): Promise<void> {
  const found = await agree(bench, 'meshcheck', { seeds: 8, changes: 8, verify: () => [] })
  for (const what of ['no sni, everywhere', 'TLS mode SIMPLE, everywhere']) {
    await mustRefuse(what, /no-filter-chain|plain-text/, () =>
      assertAgreement({ ...found, differences: found.differences.filter((d) => d.what === what) }),
    )
  }
}

function assertAgreement({ differences }: Agreement): void {
  const faults = differences.filter(
    ({ mesh, what, problems }) => what === AS_RENDERED || knownDifference(mesh, what, problems) === undefined,
  )
  if (faults.length === 0) return
  const kinds = [...new Set(faults.map(({ what }) => what))].sort()
  const lines = kinds.map((kind) => describe(faults.filter(({ what }) => what === kind)))
  throw new Error(`verify accepts what Istio does not take:\n${lines.join('\n')}`)
}

function describe([first, ...others]: readonly Difference[]): string {
  const [problem = ''] = first?.problems ?? []
  const more = others.length === 0 ? '' : `, and ${others.length} more`
  return `${first?.what} (mesh ${first?.seed}, ${first?.folder}${more}):\n  ${problem.replaceAll('\n', ' ').slice(0, 300)}`
}
