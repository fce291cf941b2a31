/** Issues roots and intermediates. Pure: keys, serial numbers and the time are arguments. */
import { diagnose, hasErrors, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { day, daysUntil } from './days.ts'
import { invariant } from '../diagnostics/failure.ts'
import { pemText } from './pem.ts'
import {
  crlTbs,
  intermediateName,
  intermediateTbs,
  ROOT_CRL_DAYS,
  ROOT_VALIDITY_DAYS,
  rootName,
  rootTbs,
  validityFrom,
  type Validity,
} from './profile.ts'
import { isSignedBy, problemText, readCertificate, type Certificate } from './read.ts'
import { signatureAlgorithmOf, type Signer, type SigningKey } from './signer.ts'
import type { SubjectAltName } from './task.ts'
import { keyIdentifier, signed } from './x509.ts'

/** PEM of a certificate and of its own empty CRL. */
export interface Issued {
  readonly certificate: string
  readonly crl: string
}

export interface RootRequest {
  readonly mesh: string
  readonly organization: string
  readonly id: string
  readonly keyPair: SigningKey
  /** 16 random octets. */
  readonly serial: Uint8Array
  readonly now: Date
  readonly validityDays?: number
}

/** Makes a self-signed root and the first CRL that it signs. */
export function createRoot(request: RootRequest): Issued {
  const { keyPair, now } = request
  const { algorithm } = keyPair.signer
  const subject = rootName(request.organization, request.mesh, request.id)
  const validity = validityFrom(now, request.validityDays ?? ROOT_VALIDITY_DAYS)
  const tbs = rootTbs({ ...validity, subject, spki: keyPair.spki, serial: request.serial, algorithm })
  const der = signed(tbs, keyPair.signer)
  const made = readCertificate(der)
  invariant('certificate' in made && isSignedBy(made.certificate, made.certificate), 'a new root verifies with its key')
  const { notBefore, notAfter } = validityFrom(now, ROOT_CRL_DAYS, validity)
  return {
    certificate: pemText('CERTIFICATE', der),
    crl: emptyCrl({ subject, keyPair, thisUpdate: notBefore, nextUpdate: notAfter }),
  }
}

export interface IntermediateRequest {
  readonly mesh: string
  readonly organization: string
  readonly cluster: string
  /** From 1. */
  readonly generation: number
  readonly root: { readonly id: string; readonly certificate: string; readonly signer: Signer }
  /** The intermediate's own key: its public half is certified, its private one signs the empty CRL. */
  readonly keyPair: SigningKey
  /** 16 random octets. */
  readonly serial: Uint8Array
  readonly san?: SubjectAltName
  readonly validityDays: number
  readonly now: Date
}

/**
 * Issues an intermediate, never beyond the root's last day, and the empty CRL that only its own key can sign. Refuses a
 * root that cannot sign now, or whose signer has another key.
 */
export function issueIntermediate(request: IntermediateRequest): Checked<Issued> {
  const { now, keyPair, root: signingRoot } = request
  const reading = readCertificate(signingRoot.certificate)
  if ('problem' in reading) {
    const found = problemText(reading.problem)
    return { ok: false, diagnostics: [diagnose('MESH-E410', { root: signingRoot.id, found })] }
  }
  const root = reading.certificate
  const diagnostics = [...judgeRoot(signingRoot.id, root, signingRoot.signer, now)]
  if (hasErrors(diagnostics)) return { ok: false, diagnostics }

  const validity = validityFrom(now, request.validityDays, root)
  const subject = intermediateName(request.organization, request.mesh, request.cluster, request.generation)
  const tbs = intermediateTbs({
    ...validity,
    subject,
    issuer: root.subjectDer,
    issuerKeyIdentifier: keyIdentifierOf(root),
    spki: keyPair.spki,
    serial: request.serial,
    algorithm: signingRoot.signer.algorithm,
    ...(request.san && { san: request.san }),
  })
  const der = signed(tbs, signingRoot.signer)
  const issued = readCertificate(der)
  invariant('certificate' in issued, 'an issued certificate can be read')
  if (!isSignedBy(issued.certificate, root)) {
    return { ok: false, diagnostics: [otherKey(signingRoot.id, root)] }
  }
  const crl = emptyCrl({ subject, keyPair, thisUpdate: validity.notBefore, nextUpdate: validity.notAfter })
  return {
    ok: true,
    value: { certificate: pemText('CERTIFICATE', der), crl },
    diagnostics: [...diagnostics, ...judgeLength(request, validity)],
  }
}

function* judgeRoot(id: string, root: Certificate, signer: Signer, now: Date): Generator<Diagnostic> {
  const reason = whyItCannotSign(root)
  if (reason !== undefined) yield diagnose('MESH-E411', { root: id, reason })
  if (now < root.notBefore || now >= root.notAfter) {
    const { notBefore, notAfter } = root
    yield diagnose('MESH-E412', { root: id, notBefore: day(notBefore), notAfter: day(notAfter) })
  }
  if (signer.algorithm !== signatureAlgorithmOf(root.publicKey)) yield otherKey(id, root)
}

function whyItCannotSign(root: Certificate): string | undefined {
  if (!root.isCa) return 'it is not a CA'
  if (root.keyUsage && !root.keyUsage.includes('keyCertSign')) return 'its key usage lacks keyCertSign'
  if (root.pathlen === 0) return 'its path length of 0 allows no intermediate'
  return undefined
}

function otherKey(id: string, root: Certificate): Diagnostic {
  return diagnose('MESH-E413', { root: id, fingerprint: root.fingerprint })
}

function judgeLength(request: IntermediateRequest, validity: Validity): Diagnostic[] {
  const days = daysUntil(validity.notAfter, request.now)
  if (validity.notAfter >= validityFrom(request.now, request.validityDays).notAfter) return []
  const { cluster, root, validityDays } = request
  return [diagnose('MESH-W414', { cluster, root: root.id, days, validityDays, notAfter: day(validity.notAfter) })]
}

/** The root's own identifier; a foreign root may have none, and then ours of its key names it as well. */
export function keyIdentifierOf(root: Certificate): Buffer {
  return root.subjectKeyIdentifier === undefined
    ? keyIdentifier(root.spki)
    : Buffer.from(root.subjectKeyIdentifier, 'hex')
}

interface CrlRequest {
  readonly subject: Uint8Array
  readonly keyPair: SigningKey
  readonly thisUpdate: Date
  readonly nextUpdate: Date
}

/** The first CRL of a CA; OpenSSL and Go know it by the label `X509 CRL`. */
function emptyCrl({ subject, keyPair, thisUpdate, nextUpdate }: CrlRequest): string {
  const { algorithm } = keyPair.signer
  const issuerKeyIdentifier = keyIdentifier(keyPair.spki)
  const fields = { issuer: subject, issuerKeyIdentifier, algorithm, thisUpdate, nextUpdate }
  const tbs = crlTbs({ ...fields, number: 1, revoked: [] })
  return pemText('X509 CRL', signed(tbs, keyPair.signer))
}
