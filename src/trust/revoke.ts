/** Signs a root's next CRL. Pure: the time and what signs are arguments. */
import { diagnose, type Checked } from '../diagnostics/diagnostic.ts'
import { isCrlOf, readCrl, type Crl } from './crl.ts'
import { keyIdentifierOf } from './issue.ts'
import { pemText } from './pem.ts'
import { crlTbs, ROOT_CRL_DAYS, validityFrom } from './profile.ts'
import { problemText, readCertificate, type Certificate } from './read.ts'
import { signatureAlgorithmOf, type Signer } from './signer.ts'
import { signed, type RevokedEntry } from './x509.ts'

export interface CrlRequest {
  readonly root: { readonly id: string; readonly certificate: string; readonly crl?: string }
  readonly signer: Signer
  /** To be added to what the last one revokes: a certificate never comes off a CRL again. */
  readonly revoke?: { readonly serial: string; readonly reason: number }
  readonly now: Date
}

/** Without its last CRL nobody knows what it has revoked. */
const NEW_ROOT = 'replace the root'

/** The root's next CRL, PEM: what the last one revokes, and more; its number is one higher, and it lasts two years. */
export function nextCrl({ root, signer, revoke, now }: CrlRequest): Checked<string> {
  const reading = readCertificate(root.certificate)
  if ('problem' in reading) {
    const found = problemText(reading.problem)
    return { ok: false, diagnostics: [diagnose('MESH-E410', { root: root.id, found })] }
  }
  const { certificate } = reading
  if (certificate.keyUsage && !certificate.keyUsage.includes('cRLSign')) {
    return { ok: false, diagnostics: [diagnose('MESH-E850', { root: root.id })] }
  }
  const last = readCrl(root.crl)
  if (root.crl !== undefined && (last === undefined || !isCrlOf(last, certificate))) {
    return { ok: false, diagnostics: [diagnose('MESH-E851', { of: `root ${root.id}`, found: true, remedy: NEW_ROOT })] }
  }
  const otherKey = diagnose('MESH-E413', { root: root.id, fingerprint: certificate.fingerprint })
  if (signer.algorithm !== signatureAlgorithmOf(certificate.publicKey)) return { ok: false, diagnostics: [otherKey] }
  const { notBefore, notAfter } = validityFrom(now, ROOT_CRL_DAYS, certificate)
  const thisUpdate = laterOf(notBefore, last?.thisUpdate)
  const tbs = crlTbs({
    issuer: certificate.subjectDer,
    issuerKeyIdentifier: keyIdentifierOf(certificate),
    algorithm: signer.algorithm,
    thisUpdate,
    nextUpdate: notAfter,
    number: (last?.number ?? 0) + 1,
    revoked: revokedAfter(last, revoke, thisUpdate),
  })
  const made = pemText('X509 CRL', signed(tbs, signer))
  return isOf(made, certificate) ? { ok: true, value: made, diagnostics: [] } : { ok: false, diagnostics: [otherKey] }
}

function isOf(made: string, root: Certificate): boolean {
  const crl = readCrl(made)
  return crl !== undefined && isCrlOf(crl, root)
}

/** Two in one hour are both backdated; the newer one never claims to be the older. */
function laterOf(date: Date, last: Date | undefined): Date {
  return last !== undefined && last > date ? last : date
}

/** @param date never later than the CRL's own, which is backdated for clusters whose clock is behind */
function revokedAfter(last: Crl | undefined, revoke: CrlRequest['revoke'], date: Date): RevokedEntry[] {
  const has = last?.revoked ?? []
  if (revoke === undefined || has.some(({ hex }) => hex === revoke.serial)) return [...has]
  return [...has, { serial: serialOctets(revoke.serial), date, reason: revoke.reason }]
}

/** The octets of an INTEGER: positive, so with a zero before a top bit that is set. */
function serialOctets(hex: string): Uint8Array {
  const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return (octets[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), octets]) : octets
}

/** A CRL that the root signed elsewhere, if it may take the place of the last one. */
export function takenCrl(root: CrlRequest['root'], text: string, now: Date): Checked<string> {
  const refuse = (problem: string): Checked<string> => {
    return { ok: false, diagnostics: [diagnose('MESH-E869', { root: root.id, problem })] }
  }
  const [reading, crl, last] = [readCertificate(root.certificate), readCrl(text), readCrl(root.crl)]
  if (!('certificate' in reading) || crl === undefined) return refuse('is not exactly one CRL in PEM')
  if (!isCrlOf(crl, reading.certificate)) return refuse('is not signed by this root')
  if (now > crl.nextUpdate || now < crl.thisUpdate) return refuse('is not valid now')
  if (last !== undefined && isCrlOf(last, reading.certificate)) {
    if (crl.number <= last.number) return refuse(`has number ${crl.number}, and the last one ${last.number}`)
    const gone = last.revoked.filter(({ hex }) => !crl.revoked.some((entry) => entry.hex === hex))
    if (gone.length > 0) return refuse(`no longer revokes ${gone.map(({ hex }) => hex).join(', ')}`)
  }
  return { ok: true, value: pemText('X509 CRL', crl.der), diagnostics: [] }
}
