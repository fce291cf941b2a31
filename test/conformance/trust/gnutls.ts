/**
 * GnuTLS, which shares no code with OpenSSL or Go, verifies what meshwright signs. certtool knows no other time than now,
 * so it judges what is made in this run.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { check, mustRefuse, present, type Check } from '../check.ts'
import { makeAuthority, makeLeaf, type Authority } from '../openssl.ts'
import type { Subject } from '../subjects.ts'
import type { Workbench } from '../workbench.ts'
import { bent, intermediateOf, longNames, rootOf, signedBy } from './profiles.ts'

const SPIFFE = 'spiffe://cluster.local/ns/foo/sa/svc-1'
const PURPOSES = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' } as const

/** Opens the `cacerts` of a cluster; gives the folder of its files. */
export type Open = (bench: Workbench, subject: Subject, cluster: string) => string

export function gnutlsChecks(open: Open): readonly Check[] {
  return [
    ...(['fresh', 'hostile'] as const).map((name) =>
      check(`GnuTLS verifies every chain and CRL (${name})`, ['certtool'], async (bench) => {
        verifyMesh(bench, (await bench.subject(name)).mesh)
      }),
    ),
    check('GnuTLS verifies names at their limits', ['certtool'], async (bench) => {
      verifyMesh(bench, longNames(bench, await bench.subject('hostile')))
    }),
    ...(['fresh', 'hostile'] as const).map((name) =>
      check(
        `GnuTLS trusts a leaf of each cluster in every other (${name})`,
        ['certtool', 'kubeseal', 'openssl'],
        async (bench) => {
          const subject = await bench.subject(name)
          const folders = subject.clusters.map((cluster) => open(bench, subject, cluster))
          for (const home of folders) {
            const leaf = makeLeaf(bench, authority(home), SPIFFE)
            for (const other of folders) verifyLeaf(bench, leaf, home, other)
          }
        },
      ),
    ),
    check('planted: what GnuTLS refuses', ['certtool', 'kubeseal', 'openssl'], (bench) => refusedByGnutls(bench, open)),
  ]
}

export function verifyMesh(bench: Workbench, mesh: string): void {
  for (const { certificate, crl, issuer } of signedBy(bench, mesh)) {
    verify(bench, issuer, certificate)
    verifyCrl(bench, certificate, crl)
  }
}

/** `high` asks for what 128 bits of security need, of every key and digest. */
export function verify(bench: Workbench, anchors: string, chain: string, ...options: readonly string[]): void {
  const args = ['--verify', '--verify-profile', 'high', '--load-ca-certificate', anchors, '--infile', chain, ...options]
  expectTrusted(bench, args)
}

function verifyCrl(bench: Workbench, issuer: string, crl: string): void {
  const args = ['--verify-crl', '--verify-profile', 'high', '--load-ca-certificate', issuer, '--infile', crl]
  expectTrusted(bench, args)
}

/** What is refused is told on stdout, among much else. */
function expectTrusted(bench: Workbench, args: readonly string[]): void {
  const { status, stdout, stderr } = bench.try(bench.tool('certtool'), args)
  const said = stdout.toString('utf8')
  const outputs = said.split('\n').filter((line) => /output: /i.test(line))
  if (status !== 0 || !/erification output: Verified\. The certificate is trusted\./.test(said)) {
    throw new Error(`certtool ended with ${status}\n${outputs.join('\n')}\n${stderr}`)
  }
}

function authority(folder: string): Authority {
  return { certificate: join(folder, 'ca-cert.pem'), key: join(folder, 'ca-key.pem') }
}

/** The peer shows leaf and intermediate; the root is one's own. */
function verifyLeaf(bench: Workbench, leaf: string, home: string, other: string): void {
  const chain = join(bench.scratch('shown'), 'chain.pem')
  writeFileSync(chain, readFileSync(leaf, 'utf8') + readFileSync(join(home, 'ca-cert.pem'), 'utf8'))
  for (const purpose of Object.values(PURPOSES)) {
    verify(bench, join(other, 'root-cert.pem'), chain, '--verify-purpose', purpose)
  }
}

async function refusedByGnutls(bench: Workbench, open: Open): Promise<void> {
  const subject = await bench.subject('fresh')
  const signed = signedBy(bench, subject.mesh)
  const [root, { certificate, crl }] = [rootOf(signed), intermediateOf(signed)]
  const foreign = makeAuthority(bench, { subject: '/O=fresh/CN=fresh root r1' })
  await mustRefuse('a chain to another root of that name', /certificate issuer is unknown|signature/, () =>
    verify(bench, foreign.certificate, certificate),
  )
  await mustRefuse('the CRL of another', /certificate issuer is unknown/, () => verifyCrl(bench, root.certificate, crl))
  const file = join(bench.scratch('bent'), 'certificate.pem')
  writeFileSync(
    file,
    bent(certificate, (octets) => octets.replace(/(\d{12}Z)(..)2/s, '$1$23')),
  )
  await mustRefuse('a longer life than was signed', /signature/, () => verify(bench, root.certificate, file))
  const home = open(bench, subject, present(subject.clusters[0], 'cluster'))
  const below = makeAuthority(bench, { subject: '/O=fresh/CN=below', parent: authority(home) })
  const leaf = makeLeaf(bench, below, SPIFFE)
  const chain = join(bench.scratch('deep'), 'chain.pem')
  const files = [leaf, below.certificate, join(home, 'ca-cert.pem')]
  writeFileSync(chain, files.map((name) => readFileSync(name, 'utf8')).join(''))
  await mustRefuse('a leaf below a CA of a cluster', /constraint/, () => verify(bench, root.certificate, chain))
}
