/** Certification paths as Go's x509.Verify builds and judges them for istiod (RFC 5280, 6.1). */
import { day } from './days.ts'
import { isSignedBy, type Certificate } from './read.ts'
import { signatureAlgorithmOf } from './signer.ts'

/** Real chains have two or three certificates. */
const PATH_CERTIFICATES_MAX = 8
const RSA_BITS_MIN = 2048

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const ANY_USAGE = '2.5.29.37.0'

/** MD2, MD5 and SHA-1 with RSA, SHA-1 with DSA and ECDSA: Go refuses them all. */
const WEAK_SIGNATURES = new Set([
  '1.2.840.113549.1.1.2',
  '1.2.840.113549.1.1.4',
  '1.2.840.113549.1.1.5',
  '1.3.14.3.2.29',
  '1.2.840.10040.4.3',
  '1.2.840.10045.4.1',
])

export type CertificateFault =
  | 'not-a-ca'
  | 'expired'
  | 'not-yet-valid'
  | 'no-cert-sign'
  | 'path-length'
  | 'extended-key-usage'
  | 'unknown-critical'
  | 'weak-signature'
  | 'key-type'

interface Fault {
  readonly fault: CertificateFault
  readonly detail: string
}

/**
 * A path of names and signatures from a CA to a root; one without further faults, if there is one.
 *
 * @returns the CA first and the root last; undefined when no path leads to a root
 */
export function findPath(
  ca: Certificate,
  intermediates: readonly Certificate[],
  roots: readonly Certificate[],
  now: Date,
): readonly Certificate[] | undefined {
  // A CA that is trusted itself needs nobody above it: so it is where istiod signs with its own root.
  if (roots.some((root) => root.der.equals(ca.der))) return [ca]
  const paths = pathsFrom([ca], intermediates, roots)
  const isSound = (path: readonly Certificate[]): boolean =>
    path.every((certificate, i) => certificateFaults(certificate, i, now).length === 0)
  return paths.find(isSound) ?? paths[0]
}

function pathsFrom(
  path: readonly Certificate[],
  intermediates: readonly Certificate[],
  roots: readonly Certificate[],
): (readonly Certificate[])[] {
  const last = path.at(-1)
  if (!last || path.length >= PATH_CERTIFICATES_MAX) return []
  const issues = (candidate: Certificate): boolean =>
    candidate.subjectDer.equals(last.issuerDer) &&
    !path.some((certificate) => certificate.der.equals(candidate.der)) &&
    isSignedBy(last, candidate)
  const paths: (readonly Certificate[])[] = []
  for (const root of roots.filter(issues)) paths.push([...path, root])
  for (const next of intermediates.filter(issues)) paths.push(...pathsFrom([...path, next], intermediates, roots))
  return paths
}

/** What keeps a certificate from being a CA in a path, with `below` certificates between it and the workload's. */
export function certificateFaults(certificate: Certificate, below: number, now: Date): readonly Fault[] {
  return [...faultsOf(certificate, below, now)]
}

function* faultsOf(certificate: Certificate, below: number, now: Date): Generator<Fault> {
  const { subject, pathlen, keyUsage, extendedKeyUsage, publicKey } = certificate
  if (!certificate.isCa) yield { fault: 'not-a-ca', detail: `${subject} is not a CA` }
  if (keyUsage && !keyUsage.includes('keyCertSign')) {
    yield { fault: 'no-cert-sign', detail: `the key usage of ${subject} lacks keyCertSign` }
  }
  if (pathlen !== undefined && below > pathlen) {
    yield { fault: 'path-length', detail: `${subject} allows ${pathlen} CAs below it and has ${below}` }
  }
  if (extendedKeyUsage && !extendedKeyUsage.some((usage) => usage === SERVER_AUTH || usage === ANY_USAGE)) {
    yield { fault: 'extended-key-usage', detail: `the extended key usage of ${subject} lacks serverAuth` }
  }
  if (certificate.unknownCritical.length > 0) {
    const detail = `${subject} has critical extensions that are not understood: ${certificate.unknownCritical.join(', ')}`
    yield { fault: 'unknown-critical', detail }
  }
  if (now < certificate.notBefore) {
    yield { fault: 'not-yet-valid', detail: `${subject} is not valid before ${day(certificate.notBefore)}` }
  }
  if (now > certificate.notAfter) {
    yield { fault: 'expired', detail: `${subject} ended on ${day(certificate.notAfter)}` }
  }
  if (WEAK_SIGNATURES.has(certificate.signatureOid)) {
    yield { fault: 'weak-signature', detail: `${subject} is signed with MD5 or SHA-1` }
  }
  const rsaBits =
    publicKey.asymmetricKeyType === 'rsa' ? (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) : undefined
  if (signatureAlgorithmOf(publicKey) === undefined || (rsaBits !== undefined && rsaBits < RSA_BITS_MIN)) {
    yield {
      fault: 'key-type',
      detail: `the key of ${subject} is not P-256, P-384 or RSA of ${RSA_BITS_MIN} bits and more`,
    }
  }
}
