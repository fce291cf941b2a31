/** Roots and intermediates of every kind of key, also of different ones, and what opens the keys of roots. */
import { ok, strictEqual } from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { check, mustRefuse, type Check } from '../check.ts'
import { publicKeyOf, verifyChain } from '../openssl.ts'
import { ALONE, meshwright, MESHWRIGHT } from '../subjects.ts'
import type { Workbench } from '../workbench.ts'
import { verifyMesh } from './gnutls.ts'
import { pkilint, PKILINT, pkilintOf, zlintOf } from './linters.ts'
import { rootOf, signedBy, type Signed } from './profiles.ts'
import { cacertsOf, smallMesh, trustEachOther, type SmallMesh } from './small-mesh.ts'

interface Pair {
  readonly root: string
  readonly intermediate: string
  readonly san: 'none' | 'istiod' | 'spiffe'
  /** What openssl calls the intermediate's key. */
  readonly shown: RegExp
}

const PAIRS: readonly Pair[] = [
  { root: 'P-256', intermediate: 'RSA-4096', san: 'none', shown: /Public-Key: \(4096 bit\)/ },
  { root: 'P-384', intermediate: 'P-384', san: 'istiod', shown: /NIST CURVE: P-384/ },
  { root: 'RSA-3072', intermediate: 'RSA-3072', san: 'spiffe', shown: /Public-Key: \(3072 bit\)/ },
  { root: 'RSA-4096', intermediate: 'P-256', san: 'none', shown: /NIST CURVE: P-256/ },
]

export const keyTypeChecks: readonly Check[] = [
  ...PAIRS.map((pair) =>
    check(
      `a root of ${pair.root} with intermediates of ${pair.intermediate}: openssl, GnuTLS, Go, zlint, pkilint`,
      ['openssl', 'certtool', 'go', 'kubeseal', 'zlint', ...PKILINT],
      (bench) => judgePair(bench, pair),
    ),
  ),
  check('openssl opens a root key in PKCS#8, and signs a request with it', ['openssl', 'go'], opensslSigns),
  check('what age prints of a root key is piped in', ['age', 'kubeseal', 'openssl', 'go'], agePipes),
  check('planted: another passphrase for that key', ['openssl'], otherPassphrase),
]

function made(bench: Workbench, { root, intermediate, san }: Pair): SmallMesh {
  const mesh = smallMesh(bench, 'keys', `{ intermediate: { key: ${intermediate}, san: ${san} } }`)
  const key = join(mesh.keys, 'r1.key')
  const passphrase = ['--passphrase-file', mesh.passphrase]
  const create = ['trust', 'root', 'create', '--key', root, '--key-format', 'pkcs8', '--key-out', key, ...passphrase]
  meshwright(bench, mesh.mesh, create)
  meshwright(bench, mesh.mesh, ['generate', '--root-key', key, ...passphrase])
  return mesh
}

function judgePair(bench: Workbench, pair: Pair): void {
  const mesh = made(bench, pair)
  const folders = cacertsOf(bench, mesh)
  trustEachOther(bench, folders, true)
  verifyMesh(bench, mesh.mesh)
  for (const ca of signedBy(bench, mesh.mesh)) {
    zlintOf(bench, ca)
    if (pair.san === 'spiffe' && ca.what === 'intermediate') pkilintButUri(bench, ca)
    else pkilintOf(bench, ca)
  }
  const names = {
    none: /^No extensions/m,
    istiod: /DNS:istiod\.istio-system\.svc\n/,
    spiffe: /URI:spiffe:\/\/cluster\.local\n/,
  }
  for (const folder of folders) {
    const certificate = join(folder, 'ca-cert.pem')
    const show = (...what: readonly string[]): string => {
      const { stdout, stderr } = bench.try(bench.tool('openssl'), ['x509', '-noout', '-in', certificate, ...what])
      return stdout.toString('utf8') + stderr
    }
    ok(pair.shown.test(show('-text')), `the intermediate has no key of ${pair.intermediate}`)
    ok(names[pair.san].test(show('-ext', 'subjectAltName')), `its alternative name is not ${pair.san}`)
  }
}

/** pkilint knows the schemes of web addresses only, so that no SPIFFE ID passes; nothing else may be found. */
function pkilintButUri(bench: Workbench, { certificate, crl, issuer }: Signed): void {
  const only = /:\nGeneralNameUriSyntaxValidator @ [^\n]+\n *pkix\.invalid_uri_syntax \(ERROR\): [^\n]+"spiffe:[^\n]+$/
  let said = 'nothing'
  try {
    pkilint(bench, 'lint_pkix_cert', certificate)
  } catch (error) {
    said = error instanceof Error ? error.message.trim() : String(error)
  }
  ok(only.test(said), `pkilint says of a SPIFFE ID: ${said}`)
  pkilint(bench, 'lint_pkix_signer_signee_cert_chain', issuer, certificate)
  pkilint(bench, 'lint_crl', '--type', 'CRL', '--profile', 'PKIX', crl)
}

/** What somebody does who has lost this program, but not the key. */
function opensslSigns(bench: Workbench): void {
  const mesh = made(bench, { root: 'P-384', intermediate: 'P-256', san: 'none', shown: /./ })
  const openssl = bench.tool('openssl')
  const root = rootOf(signedBy(bench, mesh.mesh)).certificate
  const folder = bench.scratch('request')
  const [key, request, certificate, extensions] = ['key.pem', 'request.pem', 'ca-cert.pem', 'extensions'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string]
  bench.run(openssl, ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', key])
  bench.run(openssl, ['req', '-new', '-key', key, '-subj', '/O=keys/CN=keys north g1', '-out', request])
  const profile = ['basicConstraints = critical, CA:TRUE, pathlen:0', 'keyUsage = critical, keyCertSign, cRLSign']
  const ids = ['subjectKeyIdentifier = hash', 'authorityKeyIdentifier = keyid']
  writeFileSync(extensions, `${[...profile, ...ids].join('\n')}\n`)
  const signer = ['-CA', root, '-CAkey', join(mesh.keys, 'r1.key'), '-passin', `file:${mesh.passphrase}`]
  const files = ['-in', request, '-out', certificate, '-extfile', extensions, '-CAcreateserial']
  bench.run(openssl, ['x509', '-req', '-days', '30', '-sha384', ...files, ...signer])
  verifyChain(bench, ['-x509_strict', '-CAfile', root, certificate])
  const pem = readFileSync(root, 'utf8')
  writeFileSync(join(folder, 'ca-key.pem'), readFileSync(key), { mode: 0o600 })
  writeFileSync(join(folder, 'root-cert.pem'), pem)
  writeFileSync(join(folder, 'cert-chain.pem'), readFileSync(certificate, 'utf8') + pem)
  trustEachOther(bench, [folder], true)
  const opened = bench.run(openssl, [
    'pkey',
    '-in',
    join(mesh.keys, 'r1.key'),
    '-passin',
    `file:${mesh.passphrase}`,
    '-pubout',
  ])
  strictEqual(opened.toString('utf8'), publicKeyOf(bench, 'certificate', root))
}

/** As `sops -d`, `pass` and `op read` do, too: the key is in no file. */
async function agePipes(bench: Workbench): Promise<void> {
  const mesh = smallMesh(bench, 'piped', '{}')
  const { generateX25519Identity, identityToRecipient } = await import('age-encryption')
  const secret = await generateX25519Identity()
  const [identity, file] = [join(mesh.keys, 'identity'), join(mesh.keys, 'r1.key.age')]
  writeFileSync(identity, `${secret}\n`, { mode: 0o600 })
  const recipient = await identityToRecipient(secret)
  meshwright(bench, mesh.mesh, ['trust', 'root', 'create', '--recipient', recipient, '--key-out', file])
  const input = bench.run(bench.tool('age'), ['-d', '-i', identity, file])
  bench.run(process.execPath, [MESHWRIGHT, '-C', mesh.mesh, 'generate', '--root-key', '-'], { input, env: ALONE })
  trustEachOther(bench, cacertsOf(bench, mesh), true)
}

async function otherPassphrase(bench: Workbench): Promise<void> {
  const mesh = made(bench, { root: 'P-256', intermediate: 'P-256', san: 'none', shown: /./ })
  const other = join(mesh.keys, 'other')
  writeFileSync(other, 'only for this rum\n', { mode: 0o600 })
  const key = join(mesh.keys, 'r1.key')
  await mustRefuse('it, by openssl,', /decrypt|maybe wrong password|Could not read/, () =>
    bench.run(bench.tool('openssl'), ['pkey', '-in', key, '-passin', `file:${other}`, '-pubout']),
  )
}
