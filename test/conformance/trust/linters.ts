/** zlint and pkilint find nothing in any certificate and CRL that meshwright signs: RFC 5280, without CA/B Forum's own. */
import { ok } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { check, checkEach, mustRefuse, type Check } from '../check.ts'
import { makeAuthority, makeCrl, sign } from '../openssl.ts'
import type { Subject } from '../subjects.ts'
import type { ToolName } from '../tools.ts'
import type { Workbench } from '../workbench.ts'
import { bent, intermediateOf, longNames, rootOf, shown, signedBy, type Signed } from './profiles.ts'

export const PKILINT: readonly ToolName[] = ['lint_pkix_cert', 'lint_pkix_signer_signee_cert_chain', 'lint_crl']

export const linterChecks: readonly Check[] = [
  ...checkEach('zlint finds nothing in certificates and CRLs', ['zlint'], (bench, { mesh }: Subject) => {
    for (const ca of signedBy(bench, mesh)) zlintOf(bench, ca)
  }),
  ...checkEach('pkilint finds nothing in certificates, chains and CRLs', PKILINT, (bench, { mesh }: Subject) => {
    for (const ca of signedBy(bench, mesh)) pkilintOf(bench, ca)
  }),
  check('zlint and pkilint find nothing in names at their limits', ['zlint', ...PKILINT], async (bench) => {
    for (const ca of signedBy(bench, longNames(bench, await bench.subject('hostile')))) {
      zlintOf(bench, ca)
      pkilintOf(bench, ca)
    }
  }),
  ...certificates().map(([what, extensions, zlintSays, pkilintSays]) =>
    check(`planted: ${what} (zlint, pkilint)`, ['zlint', 'openssl', ...PKILINT], async (bench) => {
      const certificate = sign(bench, 'faulty', { subject: '/O=shop/CN=shop root r1', extensions })
      await mustRefuse('it, by zlint,', zlintSays, () => zlint(bench, certificate))
      await mustRefuse('it, by pkilint,', pkilintSays, () => pkilint(bench, 'lint_pkix_cert', certificate))
    }),
  ),
  check('planted: a chain that is none (pkilint)', PKILINT, otherIssuer),
  check('planted: CRLs with a fault each (zlint, pkilint)', ['zlint', 'openssl', ...PKILINT], faultyCrls),
]

type Row = readonly [what: string, extensions: readonly string[], zlintSays: RegExp, pkilintSays: RegExp]

function certificates(): readonly Row[] {
  const [ca, usage] = ['basicConstraints = critical, CA:TRUE', 'keyUsage = critical, keyCertSign, cRLSign']
  const id = 'subjectKeyIdentifier = hash'
  return [
    [
      'a root that may be taken for no CA',
      ['basicConstraints = CA:TRUE', usage, id],
      /error e_basic_constraints_not_critical/,
      /pkix\.basic_constraints_extension_not_critical \(ERROR\)/,
    ],
    [
      'a root whose key usage may be passed over',
      [ca, 'keyUsage = keyCertSign, cRLSign', id],
      /warn w_ext_key_usage_not_critical/,
      /pkix\.key_usage_extension_not_critical \(WARNING\)/,
    ],
    [
      'a leaf that may sign',
      ['basicConstraints = critical, CA:FALSE', usage, id],
      /error e_ext_key_usage_cert_sign_without_ca/,
      /pkix\.ee_certificate_keycertsign_keyusage_set \(ERROR\)/,
    ],
  ]
}

export function zlintOf(bench: Workbench, { certificate, crl }: Signed): void {
  zlint(bench, certificate)
  zlint(bench, crl)
}

export function pkilintOf(bench: Workbench, { what, certificate, crl, issuer }: Signed): void {
  pkilint(bench, 'lint_pkix_cert', certificate)
  pkilint(bench, 'lint_pkix_signer_signee_cert_chain', issuer, certificate)
  // What a root revokes are authorities.
  pkilint(bench, 'lint_crl', '--type', what === 'root' ? 'ARL' : 'CRL', '--profile', 'PKIX', crl)
}

/** Fails on anything but a pass of what is applicable and in effect. */
export function zlint(bench: Workbench, file: string): void {
  const args = ['-includeSources', 'RFC5280,Community', file]
  const answer = bench.run(bench.tool('zlint'), args).toString('utf8')
  const results = Object.entries(JSON.parse(answer) as Record<string, { readonly result: string }>)
  const found = results.filter(([, { result }]) => !['pass', 'NA', 'NE'].includes(result))
  if (found.length > 0) {
    throw new Error(`${shown(file)}: ${found.map(([name, { result }]) => `${result} ${name}`).join(', ')}`)
  }
  ok(
    results.some(([, { result }]) => result === 'pass'),
    `zlint has nothing to say of ${file}`,
  )
}

/** Fails on every finding from notices on; an exit code other than 0 is the number of them. */
export function pkilint(bench: Workbench, program: (typeof PKILINT)[number], ...args: readonly string[]): void {
  const { status, stdout, stderr } = bench.try(bench.tool(program), ['lint', '--severity', 'NOTICE', ...args])
  const said = stdout.toString('utf8').trim()
  if (status !== 0 || said !== '') throw new Error(`${program} ${shown(args.at(-1) ?? '')}:\n${said}${stderr}`)
}

/** An own root of the same name has another key. */
async function otherIssuer(bench: Workbench): Promise<void> {
  const { certificate } = intermediateOf(signedBy(bench, (await bench.subject('output')).mesh))
  const foreign = makeAuthority(bench, { subject: '/O=shop/CN=shop root r1' })
  await mustRefuse('it', /pkix\.signature_verification_failed \(ERROR\)/, () =>
    pkilint(bench, 'lint_pkix_signer_signee_cert_chain', foreign.certificate, certificate),
  )
}

async function faultyCrls(bench: Workbench): Promise<void> {
  const root = rootOf(signedBy(bench, (await bench.subject('output')).mesh))
  const fileOf = (pem: string): string => {
    const file = join(bench.scratch('faulty'), 'crl.pem')
    writeFileSync(file, pem)
    return file
  }
  const pki = (file: string): void => pkilint(bench, 'lint_crl', '--type', 'ARL', '--profile', 'PKIX', file)
  const back = fileOf(bent(root.crl, (octets) => octets.replace(/(\d{12}Z)(..)(\d{12}Z)/s, '$3$2$1')))
  await mustRefuse('one that ends before it begins', /pkix\.crl_negative_validity_period \(ERROR\)/, () => pki(back))
  const authority = makeAuthority(bench, { subject: '/O=shop/CN=shop root r1' })
  const nameless = fileOf(makeCrl(bench, authority, 'crl_extensions = x\n[x]\nissuerAltName = DNS:shop.example\n'))
  await mustRefuse('one that names no key', /error e_crl_has_authority_key_identifier/, () => zlint(bench, nameless))
  await mustRefuse('one that names no key', /pkix\.authority_key_identifier_missing \(ERROR\)/, () => pki(nameless))
}
