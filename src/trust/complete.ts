/** The certificate that somebody else's CA has signed for a request of ours. */
import type { PendingCluster } from '../lock/lock.ts'
import { daysUntil, day } from './days.ts'
import { isSelfSigned } from './adopt.ts'
import { certificateFaults, findPath } from './path.ts'
import { parsePem } from './pem.ts'
import { readElement, children, expect, tag } from './der-reader.ts'
import { nameText } from './name-text.ts'
import { problemText, readCertificates, sha256, type Certificate } from './read.ts'
import { keyIdentifier, sha1KeyIdentifier } from './x509.ts'

export interface SignedAnswer {
  readonly certificate: Certificate
  /** Intermediates between it and its root, from below to above. */
  readonly chain: readonly Certificate[]
  readonly root: Certificate
  /** The empty CRL that fits the certificate, PEM; absent where it has another name or key identifier than was foreseen. */
  readonly crl?: string
}

/**
 * Judges what came back: the key of the request, the profile, and a chain to one of the roots. The certificate comes
 * first, in whichever file; a root among the rest is only taken for one when it is in `roots`.
 *
 * @param files PEM of the certificate, and of what came with it
 */
export function readAnswer(
  pending: PendingCluster,
  files: { readonly certificate: string; readonly chain?: string },
  roots: readonly Certificate[],
  now: Date,
): { readonly answer: SignedAnswer } | { readonly faults: readonly string[] } {
  const all: Certificate[] = []
  for (const text of [files.certificate, ...(files.chain === undefined ? [] : [files.chain])]) {
    const reading = readCertificates(text)
    if ('problem' in reading) return { faults: [`found ${problemText(reading.problem)}`] }
    all.push(...reading.certificates)
  }
  const [certificate, ...others] = all
  if (certificate === undefined) return { faults: ['found no certificate'] }
  if (sha256(certificate.spki) !== pending.key) {
    const fault = others.some((other) => sha256(other.spki) === pending.key)
      ? 'the certificate of the request is not the first one'
      : 'it is for another key than that of the request'
    return { faults: [fault] }
  }
  const path = findPath(certificate, others, roots, now)
  const root = path?.at(-1)
  if (path === undefined || root === undefined) {
    const top = topOf(certificate, others)
    return { faults: [`no chain of signatures leads to a root of the mesh; its chain ends below ${top.issuer}`] }
  }
  const faults = path.flatMap((each, i) => certificateFaults(each, i, now)).map(({ detail }) => detail)
  if (certificate.keyUsage === undefined) faults.push(`${certificate.subject} has no key usage`)
  if (path.length < 2) faults.push(`${certificate.subject} is a root itself`)
  if (daysUntil(certificate.notAfter, now) < 1) faults.push(`it ends on ${day(certificate.notAfter)}`)
  if (faults.length > 0) return { faults }
  const crl = crlFor(pending, certificate)
  return { answer: { certificate, chain: path.slice(1, -1), root, ...(crl !== undefined && { crl }) } }
}

/** Roots among certificates that came along, which may be new to the mesh. */
export function rootsAmong(text: string): readonly Certificate[] {
  const reading = readCertificates(text)
  return 'certificates' in reading ? reading.certificates.filter(isSelfSigned) : []
}

function topOf(certificate: Certificate, others: readonly Certificate[]): Certificate {
  const above = others.find((other) => other.subjectDer.equals(certificate.issuerDer) && !isSelfSigned(other))
  return above === undefined || above === certificate
    ? certificate
    : topOf(
        above,
        others.filter((o) => o !== above),
      )
}

/** A verifier looks for a CRL by the name of the issuer and by the identifier of its key. */
function crlFor({ crls, request }: PendingCluster, certificate: Certificate): string | undefined {
  if (certificate.keyUsage?.includes('cRLSign') !== true || subjectOf(request) !== certificate.subject) return undefined
  const { subjectKeyIdentifier: id, spki } = certificate
  const index = [keyIdentifier(spki), sha1KeyIdentifier(spki)].findIndex((known) => known.toString('hex') === id)
  return crls[id === undefined ? 0 : index]
}

/** As text, since CAs write names anew, with other kinds of strings in them. */
function subjectOf(request: string): string {
  const [block] = parsePem(request) ?? []
  if (block === undefined) return ''
  const [info] = children(expect(readElement(block.der), tag.sequence))
  return nameText(expect(children(expect(info, tag.sequence))[1], tag.sequence))
}
