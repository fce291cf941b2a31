/** A CA that a cluster signs with already, read as it was found. */
import { CACERTS_ITEMS, type PublicTexts } from '../lock/lock.ts'
import { verifyBundle, type BundleProblem, type Cacerts } from './bundle.ts'
import { findPath } from './path.ts'
import { pemText } from './pem.ts'
import { isSignedBy, readCertificates, type Certificate } from './read.ts'

export interface FoundCa {
  readonly certificate: Certificate
  /** Intermediates between it and its root, from below to above. */
  readonly chain: readonly Certificate[]
  /** The root above it; itself where it has signed itself. */
  readonly signer: Certificate
  /** What is trusted, each once, in the order of `root-cert.pem`. */
  readonly roots: readonly Certificate[]
}

/** Judges the items as istiod does, and finds the way from the CA to its root. */
export function readFoundCa(
  items: Cacerts,
  now: Date,
): { readonly found: FoundCa } | { readonly problems: readonly BundleProblem[] } {
  const problems = verifyBundle(items, now)
  if (problems.length > 0) return { problems }
  const [certificates, chain, all] = [items['ca-cert.pem'], items['cert-chain.pem'], items['root-cert.pem']].map(
    (bytes) => certificatesOf(bytes),
  )
  const roots = (all ?? []).filter((root, i) => all?.findIndex((other) => other.der.equals(root.der)) === i)
  const certificate = certificates?.[0]
  const path = certificate === undefined ? undefined : findPath(certificate, chain ?? [], roots, now)
  const signer = path?.at(-1)
  // Neither happens to what has no problems.
  if (certificate === undefined || path === undefined || signer === undefined) return { problems }
  const strange = roots.filter((root) => !isSelfSigned(root))
  if (strange.length > 0) {
    return {
      problems: strange.map(({ subject }) => ({
        item: 'root-cert.pem',
        fault: 'untrusted',
        detail: `${subject} has not signed itself, so it is no root`,
      })),
    }
  }
  return { found: { certificate, chain: path.slice(1, -1), signer, roots } }
}

export function isSelfSigned(certificate: Certificate): boolean {
  return certificate.issuerDer.equals(certificate.subjectDer) && isSignedBy(certificate, certificate)
}

export function pemOf({ der }: Certificate): string {
  return pemText('CERTIFICATE', der)
}

/** The items as they were found, where they are not what we would make of their certificates. */
export function foundTexts(items: Cacerts, made: Readonly<Record<string, string>>): PublicTexts {
  const different = CACERTS_ITEMS.flatMap((item) => {
    if (item === 'ca-key.pem') return []
    const text = Buffer.from(items[item]).toString('utf8')
    return text === made[item] ? [] : [[item, text] as const]
  })
  return Object.fromEntries(different)
}

/**
 * The four items of a Secret in the style of `kubernetes.io/tls`, as istiod reads it (istio: pilot/pkg/bootstrap/istio_ca.go):
 * the first certificate of `tls.crt` signs, the chain is all of it with the root.
 *
 * @returns undefined where there is no PEM block in `tls.crt`
 */
export function fromTlsStyle(tls: {
  readonly certificate: Uint8Array
  readonly key: Uint8Array
  readonly roots: Uint8Array
}): Cacerts | undefined {
  const certificates = certificatesOf(tls.certificate)
  const [first] = certificates
  if (first === undefined) return undefined
  const own = Buffer.from(certificates.map(pemOf).join(''))
  return {
    'ca-cert.pem': Buffer.from(pemOf(first)),
    'ca-key.pem': tls.key,
    'cert-chain.pem': Buffer.concat([own, tls.roots]),
    'root-cert.pem': tls.roots,
  }
}

/** What istiod's own CA is as a `cacerts`: it has no chain, and the root is itself. */
export function fromSelfSigned(certificate: Uint8Array, key: Uint8Array): Cacerts {
  return {
    'ca-cert.pem': certificate,
    'ca-key.pem': key,
    'cert-chain.pem': certificate,
    'root-cert.pem': certificate,
  }
}

function certificatesOf(bytes: Uint8Array): readonly Certificate[] {
  const reading = readCertificates(Buffer.from(bytes).toString('latin1'))
  return 'certificates' in reading ? reading.certificates : []
}
