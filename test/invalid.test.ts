/** Every fixture of fixtures/invalid is refused with the codes and places that it names, and with no others. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { catalogue } from '../src/diagnostics/catalogue.ts'
import type { Diagnostic } from '../src/diagnostics/diagnostic.ts'
import { positionOf } from '../src/diagnostics/frame.ts'
import { textReport } from '../src/diagnostics/report.ts'
import { noPaint } from '../src/diagnostics/paint.ts'
import { PROJECT } from './fixture.ts'
import { diagnosticsOf, invalidFixtures, readInvalid } from './invalid-fixtures.ts'
import { describe, equal, ok } from './suite.ts'

/** Codes whose input is not a file of the mesh, or too large to keep; each has a test of its own. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'MESH-E102': 'intent/document.test.ts',
  'MESH-E123': 'intent/search.test.ts',
  'MESH-E124': 'intent/search.test.ts',
  'MESH-E312': 'addresses/assign.test.ts',
  'MESH-E410': 'trust/issue.test.ts',
  'MESH-E411': 'trust/issue.test.ts',
  'MESH-E412': 'trust/issue.test.ts',
  'MESH-E413': 'trust/issue.test.ts',
  'MESH-E416': 'cli/trust-roots.test.ts',
  'MESH-E417': 'trust/foreign-root.test.ts',
  'MESH-E418': 'trust/foreign-root.test.ts',
  'MESH-E419': 'trust/foreign-root.test.ts',
  'MESH-E420': 'shell/fulfil-trust.test.ts',
  'MESH-E421': 'trust/foreign-root.test.ts',
  'MESH-E422': 'trust/foreign-root.test.ts',
  'MESH-E423': 'trust/foreign-root.test.ts',
  'MESH-E424': 'trust/foreign-root.test.ts',
  'MESH-E425': 'trust/foreign-root.test.ts',
  'MESH-E426': 'trust/foreign-root.test.ts',
  'MESH-E427': 'trust/foreign-root.test.ts',
  'MESH-E431': 'trust/foreign-root.test.ts',
  'MESH-E433': 'trust/foreign-root.test.ts',
  'MESH-E434': 'cli/trust-roots.test.ts',
  'MESH-E477': 'trust/reseal.test.ts',
  'MESH-E480': 'verify/sealing.test.ts',
  'MESH-E482': 'verify/sealing.test.ts',
  'MESH-E483': 'verify/sealing.test.ts',
  'MESH-E435': 'plan/adoption.test.ts',
  'MESH-E436': 'plan/csr.test.ts',
  'MESH-E437': 'plan/adoption.test.ts',
  'MESH-E438': 'plan/adoption.test.ts',
  'MESH-E439': 'plan/csr.test.ts',
  'MESH-E512': 'dns/overlay-refusals.test.ts',
  'MESH-E814': 'plan/plan.test.ts',
  'MESH-E821': 'plan/base-diagnostics.test.ts',
  'MESH-E822': 'cli/trust-rotate.test.ts',
  'MESH-E850': 'trust/crl.test.ts',
  'MESH-E851': 'plan/crl.test.ts',
  'MESH-E853': 'plan/crl.test.ts',
  'MESH-E854': 'plan/crl.test.ts',
  'MESH-E856': 'plan/crl.test.ts',
  'MESH-E860': 'verify/crl.test.ts',
  'MESH-E861': 'verify/crl.test.ts',
  'MESH-E862': 'verify/crl.test.ts',
  'MESH-E864': 'verify/crl.test.ts',
  'MESH-E865': 'verify/crl.test.ts',
  'MESH-E867': 'cli/history.test.ts',
  'MESH-E869': 'trust/crl.test.ts',
  'MESH-E871': 'plan/crl.test.ts',
  'MESH-E880': 'cli/formats.test.ts',
  'MESH-E881': 'cli/formats.test.ts',
  'MESH-E872': 'plan/subsets.test.ts',
  'MESH-E890': 'istio/gateway-install.test.ts',
}

function placed({ code, span }: Diagnostic, texts: ReadonlyMap<string, string>): string {
  if (span === undefined) return code
  const text = texts.get(span.file)
  if (text === undefined) return `${code} ${span.file}`
  const { line, column } = positionOf(text, span.start)
  return `${code} ${span.file === 'mesh.yaml' ? '' : `${span.file}:`}${line}:${column}`
}

const cases = invalidFixtures()

describe('invalid fixtures', (test) => {
  for (const name of cases) {
    test(name, async () => {
      const { files, expected } = readInvalid(name)
      const { found, texts } = await diagnosticsOf(files)
      const errors = found.filter((d) => d.severity === 'error')
      equal(errors.map((d) => placed(d, texts)).sort(), [...expected].sort())
      ok(
        expected.some((e) => name.startsWith(e.slice(0, 'MESH-E000'.length))),
        'the name begins with its code',
      )
      // Each can be told to a person: no message is empty, and none shows an argument that is not there.
      const report = textReport(found, texts, noPaint)
      ok(!/undefined|\[object|NaN/.test(report), report)
    })
  }

  test('there is a fixture for every error of intent, mesh, addresses, trust, DNS, lock and plan', () => {
    const codes = Object.keys(catalogue).filter((code) => code.startsWith('MESH-E') && !/^MESH-E(7|94)/.test(code))
    const missing = codes.filter((code) => !(code in ELSEWHERE) && !cases.some((name) => name.startsWith(code)))
    equal(missing, [])
    for (const [code, file] of Object.entries(ELSEWHERE)) {
      const text = readFileSync(join(PROJECT, 'test', file), 'utf8')
      ok(text.includes(code), `${file} has no ${code}`)
    }
  })
})
