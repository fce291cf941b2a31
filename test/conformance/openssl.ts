/** The openssl command line: verifies what we made, and makes what a workload or a stranger would have. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Workbench } from './workbench.ts'

/** PEM files of a certificate and its key. */
export interface Authority {
  readonly certificate: string
  readonly key: string
}

/** `openssl verify` with these arguments; it must say OK and nothing else. */
export function verifyChain(bench: Workbench, args: readonly string[]): void {
  const said = bench.run(bench.tool('openssl'), ['verify', ...args]).toString('utf8')
  if (!/^[^\n]+: OK\n$/.test(said)) throw new Error(`openssl verify ${args.join(' ')}: ${said}`)
}

/** SubjectPublicKeyInfo in PEM. */
export function publicKeyOf(bench: Workbench, of: 'key' | 'certificate', file: string): string {
  const args = of === 'key' ? ['pkey', '-in', file, '-pubout'] : ['x509', '-in', file, '-noout', '-pubkey']
  return bench.run(bench.tool('openssl'), args).toString('utf8')
}

/** What istiod signs for a workload: an empty subject and the SPIFFE identity. The key is beside it, as `.key`. */
export function makeLeaf(bench: Workbench, issuer: Authority, spiffe: string): string {
  return sign(bench, 'leaf', {
    subject: '/',
    issuer,
    extensions: [
      'basicConstraints = critical, CA:FALSE',
      'keyUsage = critical, digitalSignature, keyEncipherment',
      'extendedKeyUsage = serverAuth, clientAuth',
      'authorityKeyIdentifier = keyid',
      `subjectAltName = critical, URI:${spiffe}`,
    ],
  })
}

/** A CA that is not ours: self-signed, or below `parent`. */
export function makeAuthority(
  bench: Workbench,
  { subject, parent }: { readonly subject: string; readonly parent?: Authority },
): Authority {
  const certificate = sign(bench, 'authority', {
    subject,
    ...(parent && { issuer: parent }),
    extensions: [
      'basicConstraints = critical, CA:TRUE',
      'keyUsage = critical, keyCertSign, cRLSign',
      'subjectKeyIdentifier = hash',
      ...(parent ? ['authorityKeyIdentifier = keyid'] : []),
    ],
  })
  return { certificate, key: certificate.replace(/\.pem$/, '.key') }
}

export interface Request {
  readonly subject: string
  /** Absent: it signs itself. */
  readonly issuer?: Authority
  readonly extensions: readonly string[]
}

/** Makes a key and a certificate in a new folder; gives the path of the certificate. */
export function sign(bench: Workbench, name: string, { subject, issuer, extensions }: Request): string {
  const openssl = bench.tool('openssl')
  const folder = bench.scratch(name)
  const [key, request, certificate] = ['key', 'csr', 'pem'].map((end) => join(folder, `${name}.${end}`))
  const [keyFile, requestFile, certificateFile] = [key ?? '', request ?? '', certificate ?? '']
  const extensionFile = join(folder, 'extensions')
  writeFileSync(extensionFile, `${extensions.join('\n')}\n`)
  bench.run(openssl, ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', keyFile])
  bench.run(openssl, ['req', '-new', '-key', keyFile, '-subj', subject, '-out', requestFile])
  const signer = issuer ? ['-CA', issuer.certificate, '-CAkey', issuer.key, '-CAcreateserial'] : ['-signkey', keyFile]
  const files = ['-in', requestFile, '-out', certificateFile, '-extfile', extensionFile]
  bench.run(openssl, ['x509', '-req', '-days', '30', '-sha256', ...files, ...signer])
  return certificateFile
}

/** A CRL without entries, in PEM. `config` has its extensions, in the words of `openssl ca`. */
export function makeCrl(bench: Workbench, { certificate, key }: Authority, config: string): string {
  const folder = bench.scratch('crl')
  const [configFile, crl] = [join(folder, 'config'), join(folder, 'crl.pem')]
  writeFileSync(join(folder, 'index'), '')
  writeFileSync(join(folder, 'number'), '01\n')
  const files = `database = ${join(folder, 'index')}\ncrlnumber = ${join(folder, 'number')}\n`
  writeFileSync(configFile, `[ca]\ndefault_ca = d\n[d]\n${files}default_md = sha256\ndefault_crl_days = 30\n${config}`)
  const args = ['-gencrl', '-config', configFile, '-keyfile', key, '-cert', certificate, '-out', crl]
  bench.run(bench.tool('openssl'), ['ca', ...args])
  return readFileSync(crl, 'utf8')
}
