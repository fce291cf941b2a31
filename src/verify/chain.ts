/** trust/chain.pem: the public side of what a cluster is given to trust and to sign with. */
import { diagnose, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import type { CacertsItem } from '../lock/lock.ts'
import { day, daysUntil } from '../trust/days.ts'
import { certificateFaults } from '../trust/path.ts'
import { parsePem } from '../trust/pem.ts'
import { isSignedBy, problemText, readCertificates, type Certificate } from '../trust/read.ts'
import { groupsOf } from './groups.ts'
import type { ClusterOutput } from './read.ts'

/** New certificates take weeks to be planned and rolled out. */
const ENDS_SOON_DAYS = 180

export interface Chain {
  readonly cluster: string
  readonly intermediate: Certificate
  readonly root: Certificate
  readonly intermediateSpan: Span
  readonly rootSpan: Span
  /** Bytes that each public item of `cacerts` has if it is made of these two. */
  readonly bytes: Readonly<Record<Exclude<CacertsItem, 'ca-key.pem'>, number>>
}

export function readChain({ name, folder, files }: ClusterOutput): { chain?: Chain; diagnostics: Diagnostic[] } {
  const file = `${folder}/trust/chain.pem`
  const start: Span = { file, start: 0, end: 0 }
  const text = files.get(file)
  if (text === undefined) return { diagnostics: [diagnose('MESH-E708', { found: 'no file' }, start)] }
  const reading = readCertificates(text)
  if ('problem' in reading) {
    return { diagnostics: [diagnose('MESH-E708', { found: problemText(reading.problem) }, start)] }
  }
  const [intermediate, root, surplus] = reading.certificates
  const [first, second] = parsePem(text) ?? []
  if (!intermediate || !root || surplus || !first || !second) {
    return { diagnostics: [diagnose('MESH-E709', { count: reading.certificates.length }, start)] }
  }
  const spanOf = (block: { start: number; end: number }): Span => ({ file, start: block.start, end: block.end })
  const bytesOf = (block: { start: number; end: number }): number =>
    text.slice(block.start, block.end).replaceAll('\r', '').length + 1
  const chain: Chain = {
    cluster: name,
    intermediate,
    root,
    intermediateSpan: spanOf(first),
    rootSpan: spanOf(second),
    bytes: {
      'ca-cert.pem': bytesOf(first),
      'cert-chain.pem': bytesOf(first) + bytesOf(second),
      'root-cert.pem': bytesOf(second),
    },
  }
  return { chain, diagnostics: [] }
}

/** The intermediate and its signature (RFC 5280, 6.1), as istiod and its peers will judge them. */
export function judgeChain({ intermediate, root, intermediateSpan: span }: Chain, now: Date): Diagnostic[] {
  const { subject } = intermediate
  const found: Diagnostic[] = []
  if (!intermediate.issuerDer.equals(root.subjectDer)) {
    const detail = `${subject} names ${intermediate.issuer} as its issuer, not ${root.subject}`
    found.push(diagnose('MESH-E710', { detail }, span))
  } else if (!isSignedBy(intermediate, root)) {
    found.push(diagnose('MESH-E710', { detail: `${subject} is not signed with the key of ${root.subject}` }, span))
  }
  if (intermediate.pathlen !== 0) {
    const detail = `${subject} has no path length of 0, so it could make further CAs`
    found.push(diagnose('MESH-E711', { detail }, span))
  }
  if (!intermediate.keyUsage) found.push(diagnose('MESH-E711', { detail: `${subject} has no key usage` }, span))
  return [...found, ...judgeCertificate(intermediate, 0, now, span)]
}

function judgeRoot({ root, rootSpan }: Chain, now: Date): Diagnostic[] {
  const faults = judgeCertificate(root, 1, now, rootSpan)
  if (root.issuerDer.equals(root.subjectDer) && isSignedBy(root, root)) return faults
  const detail = `${root.subject} has not signed itself, so it is no root`
  return [diagnose('MESH-E710', { detail }, rootSpan), ...faults]
}

/** @param below number of CAs below this one in the chain */
function judgeCertificate(certificate: Certificate, below: number, now: Date, span: Span): Diagnostic[] {
  const found = certificateFaults(certificate, below, now).map(({ fault, detail }) =>
    diagnose(fault === 'expired' || fault === 'not-yet-valid' ? 'MESH-E712' : 'MESH-E711', { detail }, span),
  )
  const { subject, notAfter } = certificate
  const days = daysUntil(notAfter, now)
  if (days >= 0 && days < ENDS_SOON_DAYS) {
    found.push(diagnose('MESH-W713', { subject, notAfter: day(notAfter), days }, span))
  }
  return found
}

/** All clusters trust one root, which is judged once, and each signs with a key and a name of its own. */
export function judgeChains(chains: readonly Chain[], now: Date): Diagnostic[] {
  const byRoot = groupsOf(chains, (chain) => chain.root.fingerprint)
  const distinct = byRoot.flatMap(([, group]) => group.slice(0, 1))
  const [reference] = distinct
  const otherRoots = byRoot.slice(1).flatMap(([fingerprint, odd]) =>
    odd.map(({ cluster, rootSpan }) => {
      const args = { cluster, fingerprint, others: reference?.root.fingerprint ?? '' }
      const related = reference && [{ span: reference.rootSpan, note: `the root of ${reference.cluster}` }]
      return diagnose('MESH-E714', args, rootSpan, related)
    }),
  )
  return [...distinct.flatMap((chain) => judgeRoot(chain, now)), ...otherRoots, ...judgeOwners(distinct, chains)]
}

/** @param roots one chain for each root */
function judgeOwners(roots: readonly Chain[], chains: readonly Chain[]): Diagnostic[] {
  const all = [
    ...roots.map(({ cluster, root: certificate, rootSpan: span }) => {
      return { owner: `the root of ${cluster}`, certificate, span }
    }),
    ...chains.map(({ cluster, intermediate: certificate, intermediateSpan: span }) => {
      return { owner: `the intermediate of ${cluster}`, certificate, span }
    }),
  ]
  const sameKeys = groupsOf(all, ({ certificate }) => certificate.spki.toString('hex')).flatMap(
    ([, [first, ...same]]) =>
      same.map(({ owner, span }) => diagnose('MESH-E715', { owner, other: first?.owner ?? '' }, span)),
  )
  const sameNames = groupsOf(all, ({ certificate }) => certificate.subjectDer.toString('hex')).flatMap(
    ([, [first, ...same]]) =>
      same.map(({ owner, certificate: { subject }, span }) =>
        diagnose('MESH-E716', { owner, other: first?.owner ?? '', subject }, span),
      ),
  )
  return [...sameKeys, ...sameNames]
}
