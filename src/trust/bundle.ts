/** Istio's `cacerts`: its four items, and the checks that istiod makes when it reads them, made before. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { CacertsItem } from '../lock/lock.ts'
import { certificateFaults, findPath, type CertificateFault } from './path.ts'
import { problemText, readCertificates, type Certificate } from './read.ts'
import { signatureAlgorithmOf } from './signer.ts'

/** The plain text of each item. The private key is in it: whoever makes this wipes it. */
export type Cacerts = Readonly<Record<CacertsItem, Uint8Array>>

export interface CacertsParts {
  /** PEM */
  readonly intermediate: string
  /** PKCS#8 PEM as octets, not copied. */
  readonly key: Uint8Array
  /** What follows the intermediate in `cert-chain.pem`: its issuers up to the root, PEM. */
  readonly chain: readonly string[]
  /** The trusted roots in their order, PEM. */
  readonly roots: readonly string[]
}

/**
 * The items of the Secret. `cert-chain.pem` is the intermediate followed by the root, as Istio's own tools have it; its
 * first certificate bounds the lifetime of workload certificates, so it must be the one that signs.
 */
export function cacerts(parts: CacertsParts): Cacerts {
  return {
    'ca-cert.pem': Buffer.from(parts.intermediate),
    'ca-key.pem': parts.key,
    'cert-chain.pem': Buffer.from(parts.intermediate + parts.chain.join('')),
    'root-cert.pem': Buffer.from(parts.roots.join('')),
  }
}

export type BundleFault =
  | CertificateFault
  | 'not-pem'
  | 'line-ends'
  | 'several-certificates'
  | 'key-unreadable'
  | 'key-mismatch'
  | 'chain-order'
  | 'untrusted'

export interface BundleProblem {
  readonly item: CacertsItem
  readonly fault: BundleFault
  /** A phrase for a message; says nothing of the key but that it is wrong. */
  readonly detail: string
}

type CertificateItem = Exclude<CacertsItem, 'ca-key.pem'>

/**
 * Everything that istiod checks in a `cacerts` Secret (istio: security/pkg/pki/util/keycertbundle.go, Verify, and Go's
 * x509.Verify below it), and what it drops without a word. No problems: istiod takes it.
 */
export function verifyBundle(items: Cacerts, now: Date): readonly BundleProblem[] {
  const problems: BundleProblem[] = []
  const key = readKey(items['ca-key.pem'], problems)
  const [ca] = readItem('ca-cert.pem', items['ca-cert.pem'], [])
  if (key && ca && !createPublicKey(key).equals(ca.publicKey)) {
    problems.push({ item: 'ca-key.pem', fault: 'key-mismatch', detail: 'the key belongs to another certificate' })
  }
  return [...problems, ...verifyCertificates(items, now)]
}

/** The same for a key that is sealed already: all but what can be said of the key. */
export function verifyCertificates(items: Omit<Cacerts, 'ca-key.pem'>, now: Date): readonly BundleProblem[] {
  const problems: BundleProblem[] = []
  const read = (item: CertificateItem): readonly Certificate[] => readItem(item, items[item], problems)
  const [ca, surplus] = read('ca-cert.pem')
  const chain = read('cert-chain.pem')
  const roots = read('root-cert.pem')
  if (surplus) {
    problems.push({ item: 'ca-cert.pem', fault: 'several-certificates', detail: 'more than one certificate' })
  }
  if (!ca) return problems
  if (chain[0] && !chain[0].der.equals(ca.der)) {
    const detail = 'its first certificate is not the one of ca-cert.pem'
    problems.push({ item: 'cert-chain.pem', fault: 'chain-order', detail })
  }
  const path = findPath(ca, chain, roots, now)
  if (!path && chain.length > 0 && roots.length > 0) {
    const detail = 'no chain of signatures leads to a root of root-cert.pem'
    problems.push({ item: 'ca-cert.pem', fault: 'untrusted', detail })
  }
  for (const [i, certificate] of (path ?? [ca]).entries()) {
    const item: CacertsItem =
      i === 0 ? 'ca-cert.pem' : path && i === path.length - 1 ? 'root-cert.pem' : 'cert-chain.pem'
    for (const { fault, detail } of certificateFaults(certificate, i, now)) problems.push({ item, fault, detail })
  }
  return problems
}

function readItem(item: CertificateItem, bytes: Uint8Array, problems: BundleProblem[]): readonly Certificate[] {
  const text = Buffer.from(bytes).toString('latin1')
  const reading = readCertificates(text)
  if ('problem' in reading) {
    problems.push({ item, fault: 'not-pem', detail: problemText(reading.problem) })
    return []
  }
  // Items are joined with others on their way (istio-ca-root-cert, chains): without its line end the last block is lost.
  if (text.includes('\r') || !text.endsWith('\n')) {
    problems.push({ item, fault: 'line-ends', detail: 'lines must end with a line feed, the last one too' })
  }
  return reading.certificates
}

const KEY_LABELS = ['PRIVATE KEY', 'EC PRIVATE KEY', 'RSA PRIVATE KEY']

/** istiod reads the first PEM block and nothing else, and no encrypted key. Works on octets: no string to be left over. */
function readKey(bytes: Uint8Array, problems: BundleProblem[]): KeyObject | undefined {
  const pem = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const label = KEY_LABELS.find((name) => pem.subarray(0, 64).indexOf(`-----BEGIN ${name}-----\n`) === 0)
  const end = pem.indexOf(`-----END ${label ?? ''}-----\n`)
  const whole = label !== undefined && end > 0 && end + `-----END ${label}-----\n`.length === pem.length
  const key = whole && !pem.includes('\r') ? privateKeyOf(pem) : undefined
  if (!key) {
    problems.push({
      item: 'ca-key.pem',
      fault: 'key-unreadable',
      detail: 'not exactly one unencrypted private key in PEM',
    })
  } else if (signatureAlgorithmOf(key) === undefined) {
    problems.push({ item: 'ca-key.pem', fault: 'key-type', detail: 'the key is not P-256, P-384 or RSA' })
  }
  return key
}

function privateKeyOf(pem: Buffer): KeyObject | undefined {
  try {
    return createPrivateKey({ key: pem, format: 'pem' })
  } catch {
    return undefined
  }
}
