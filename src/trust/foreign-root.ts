/** Judges a root that somebody else has made, before anything hangs on it: each defect by itself. */
import { diagnose, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { day } from './days.ts'
import { keyTypeText } from './key-type.ts'
import { certificateFaults } from './path.ts'
import { isSignedBy, type Certificate } from './read.ts'

/** RFC 5280, 4.1.2.2: at most 20 octets, so 159 bits of a positive number. */
const SERIAL_BITS_MAX = 159
const RSA_BITS_ADVISED = 3072
const EMPTY_SEQUENCE = Buffer.from([0x30, 0x00])

const USAGES: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'serverAuth',
  '1.3.6.1.5.5.7.3.2': 'clientAuth',
  '1.3.6.1.5.5.7.3.3': 'codeSigning',
  '1.3.6.1.5.5.7.3.4': 'emailProtection',
  '2.5.29.37.0': 'any',
}

/** @param span where the certificate is */
export function judgeForeignRoot(root: Certificate, now: Date, span?: Span): readonly Diagnostic[] {
  return [...identityOf(root, span), ...rightsOf(root, span), ...strengthOf(root, span), ...lifeOf(root, now, span)]
}

function* identityOf(root: Certificate, span: Span | undefined): Generator<Diagnostic> {
  const { subject, issuer, serial } = root
  if (root.subjectDer.equals(EMPTY_SEQUENCE)) yield diagnose('MESH-E433', { what: 'subject' }, span)
  else if (!root.issuerDer.equals(root.subjectDer) || !isSignedBy(root, root)) {
    yield diagnose(
      'MESH-E417',
      { subject, issuer: root.issuerDer.equals(root.subjectDer) ? 'another key' : issuer },
      span,
    )
  }
  const number = BigInt(serial.startsWith('-') ? `-1` : `0x${serial}`)
  if (number <= 0n || number >> BigInt(SERIAL_BITS_MAX) > 0n) yield diagnose('MESH-E421', { subject, serial }, span)
  if (root.subjectKeyIdentifier === undefined) yield diagnose('MESH-W430', { subject }, span)
}

/** What the certificate lets its key do. */
function* rightsOf(root: Certificate, span: Span | undefined): Generator<Diagnostic> {
  const { subject, keyUsage, extendedKeyUsage, unknownCritical } = root
  if (!root.isCa) yield diagnose('MESH-E418', { subject }, span)
  if (keyUsage && !keyUsage.includes('keyCertSign')) yield diagnose('MESH-E419', { subject }, span)
  if (keyUsage && !keyUsage.includes('cRLSign')) yield diagnose('MESH-W429', { subject }, span)
  if (root.pathlen === 0) yield diagnose('MESH-E426', { subject }, span)
  if (extendedKeyUsage) {
    const usages = extendedKeyUsage.map((oid) => USAGES[oid] ?? oid)
    const both = usages.includes('serverAuth') && usages.includes('clientAuth')
    yield diagnose(both || usages.includes('any') ? 'MESH-W428' : 'MESH-E427', { subject, usages }, span)
  }
  if (unknownCritical.length > 0) yield diagnose('MESH-E431', { subject, extensions: unknownCritical }, span)
}

function* strengthOf(root: Certificate, span: Span | undefined): Generator<Diagnostic> {
  const { subject, publicKey } = root
  const faults = new Set(certificateFaults(root, 0, root.notBefore).map(({ fault }) => fault))
  if (faults.has('weak-signature')) yield diagnose('MESH-E422', { subject }, span)
  const bits = publicKey.asymmetricKeyType === 'rsa' ? (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) : undefined
  if (faults.has('key-type')) yield diagnose('MESH-E423', { subject, key: keyTypeText(publicKey) }, span)
  else if (bits !== undefined && bits < RSA_BITS_ADVISED) yield diagnose('MESH-W432', { subject, bits }, span)
}

function* lifeOf(
  { subject, notBefore, notAfter }: Certificate,
  now: Date,
  span: Span | undefined,
): Generator<Diagnostic> {
  if (now >= notAfter) yield diagnose('MESH-E424', { subject, notAfter: day(notAfter) }, span)
  if (now < notBefore) yield diagnose('MESH-E425', { subject, notBefore: day(notBefore) }, span)
}
