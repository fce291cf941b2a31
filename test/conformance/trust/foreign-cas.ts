/** CAs as other tools make them: the four files of `cacerts` for two clusters below one root. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Authority } from '../openssl.ts'
import type { Workbench } from '../workbench.ts'

export const CLUSTERS = ['east', 'west'] as const
export type ClusterName = (typeof CLUSTERS)[number]

export interface ForeignMesh {
  readonly root: Authority
  /** Folders with the four files. */
  readonly folders: Readonly<Record<ClusterName, string>>
}

export type Maker = (bench: Workbench) => ForeignMesh

/** `cfssl gencert` as articles have it, with a path length of 0. */
export function byCfssl(bench: Workbench): ForeignMesh {
  const folder = bench.scratch('cfssl')
  const json = (name: string, value: object): string => {
    writeFileSync(join(folder, name), JSON.stringify(value))
    return join(folder, name)
  }
  const ca = { is_ca: true, max_path_len: 0, max_path_len_zero: true }
  const usages = ['digital signature', 'cert sign', 'crl sign']
  const profile = { usages, expiry: '8760h', ca_constraint: ca }
  const config = json('config.json', { signing: { profiles: { intermediate: profile } } })
  const request = (name: string): object => ({
    CN: name,
    key: { algo: 'ecdsa', size: 256 },
    names: [{ O: 'Example' }],
  })
  const make = (name: string, args: readonly string[]): void => {
    const input = bench.run(bench.tool('cfssl'), ['gencert', '-loglevel=5', ...args])
    bench.run(bench.tool('cfssljson'), ['-bare', name], { input, cwd: folder })
  }
  make('root', ['-initca', json('root.json', { ...request('Root CA'), ca: { expiry: '43800h' } })])
  const root = { certificate: join(folder, 'root.pem'), key: join(folder, 'root-key.pem') }
  const folders = perCluster((cluster) => {
    const signer = ['-ca', root.certificate, '-ca-key', root.key, '-config', config, '-profile', 'intermediate']
    make(cluster, [...signer, json(`${cluster}.json`, request(`Intermediate CA ${cluster}`))])
    const own = { certificate: join(folder, `${cluster}.pem`), key: join(folder, `${cluster}-key.pem`) }
    return fourFiles(bench, own, [root.certificate], root.certificate)
  })
  return { root, folders }
}

/** Istio's tools/certs: RSA, no cRLSign, a DNS name of istiod. */
export function byIstioTools(bench: Workbench): ForeignMesh {
  const usage = 'keyUsage = critical, digitalSignature, nonRepudiation, keyEncipherment, keyCertSign'
  const root = authority(bench, '/O=Istio/CN=Root CA', undefined, [
    'subjectKeyIdentifier = hash',
    'basicConstraints = critical, CA:true',
    usage,
  ])
  const folders = perCluster((cluster) => {
    const own = authority(bench, `/O=Istio/CN=Intermediate CA/L=${cluster}`, root, [
      'subjectKeyIdentifier = hash',
      'basicConstraints = critical, CA:true, pathlen:0',
      usage,
      'subjectAltName = DNS:istiod.istio-system.svc',
    ])
    return fourFiles(bench, own, [root.certificate], root.certificate)
  })
  return { root, folders }
}

/** openssl with its readable text before the PEM, an intermediate in between, and a chain that leaves the root out. */
export function byOpenssl(bench: Workbench): ForeignMesh {
  const ca = ['basicConstraints = critical, CA:true', 'keyUsage = keyCertSign', 'subjectKeyIdentifier = hash']
  const root = authority(bench, '/O=Corporate/CN=Root', undefined, ca)
  const middle = authority(bench, '/O=Corporate/CN=Issuing', root, [...ca, 'authorityKeyIdentifier = keyid'])
  const folders = perCluster((cluster) => {
    const own = authority(bench, `/O=Corporate/CN=Mesh ${cluster}`, middle, [...ca, 'authorityKeyIdentifier = keyid'])
    const folder = fourFiles(bench, own, [middle.certificate], root.certificate)
    for (const item of ['ca-cert.pem', 'root-cert.pem']) {
      const file = join(folder, item)
      writeFileSync(file, bench.run(bench.tool('openssl'), ['x509', '-text', '-in', file]))
    }
    return folder
  })
  return { root, folders }
}

/** What istiod makes for itself: RSA, and the same name in every cluster. */
export function istiodsOwn(bench: Workbench): Authority {
  return authority(bench, '/O=cluster.local', undefined, [
    'basicConstraints = critical, CA:true',
    'keyUsage = critical, keyCertSign',
    'subjectKeyIdentifier = hash',
  ])
}

/** A key of RSA, and a certificate with these extensions. */
function authority(
  bench: Workbench,
  subject: string,
  issuer: Authority | undefined,
  extensions: readonly string[],
): Authority {
  const folder = bench.scratch('ca')
  const [key, request, certificate] = ['ca.key', 'ca.csr', 'ca.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const openssl = bench.tool('openssl')
  writeFileSync(join(folder, 'extensions'), `${extensions.join('\n')}\n`)
  bench.run(openssl, ['genrsa', '-out', key, '2048'])
  bench.run(openssl, ['req', '-new', '-sha256', '-key', key, '-subj', subject, '-out', request])
  const signer = issuer ? ['-CA', issuer.certificate, '-CAkey', issuer.key, '-CAcreateserial'] : ['-signkey', key]
  const files = ['-in', request, '-out', certificate, '-extfile', join(folder, 'extensions')]
  bench.run(openssl, ['x509', '-req', '-days', '800', '-sha256', ...files, ...signer])
  return { certificate, key }
}

function fourFiles(bench: Workbench, own: Authority, above: readonly string[], root: string): string {
  const folder = bench.scratch('found')
  mkdirSync(folder, { recursive: true })
  copyFileSync(own.certificate, join(folder, 'ca-cert.pem'))
  copyFileSync(own.key, join(folder, 'ca-key.pem'))
  copyFileSync(root, join(folder, 'root-cert.pem'))
  const chain = [own.certificate, ...above].map((file) => readFileSync(file, 'utf8'))
  writeFileSync(join(folder, 'cert-chain.pem'), chain.join(''))
  return folder
}

function perCluster(make: (cluster: ClusterName) => string): Record<ClusterName, string> {
  return { east: make('east'), west: make('west') }
}
