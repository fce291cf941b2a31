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
/** A root is replaced over weeks. */
const ROOT_ENDS_SOON_DAYS = 730

export interface Trusted {
  readonly certificate: Certificate
  readonly span: Span
}

export interface Chain {
  readonly cluster: string
  readonly intermediate: Certificate
  readonly root: Certificate
  readonly intermediateSpan: Span
  readonly rootSpan: Span
  /** What the cluster trusts: the root of the chain, unless trust/root-cert.pem says otherwise. */
  readonly bundle: readonly Trusted[]
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
  const trusted = readBundle(`${folder}/trust/root-cert.pem`, files)
  if (trusted !== undefined && 'diagnostic' in trusted) return { diagnostics: [trusted.diagnostic] }
  const spanOf = (block: { start: number; end: number }): Span => ({ file, start: block.start, end: block.end })
  const sizeOf = ({ start, end }: { start: number; end: number }): number => bytesOf(text, start, end)
  const chain: Chain = {
    cluster: name,
    intermediate,
    root,
    intermediateSpan: spanOf(first),
    rootSpan: spanOf(second),
    bundle: trusted?.bundle ?? [{ certificate: root, span: spanOf(second) }],
    bytes: {
      'ca-cert.pem': sizeOf(first),
      'cert-chain.pem': sizeOf(first) + sizeOf(second),
      'root-cert.pem': trusted?.bytes ?? sizeOf(second),
    },
  }
  return { chain, diagnostics: [] }
}

/** Of a PEM block as it is in an item: with line feeds, one at its end too. */
function bytesOf(text: string, start: number, end: number): number {
  return text.slice(start, end).replaceAll('\r', '').length + 1
}

/** The roots that a cluster trusts, where they are not just the one above its intermediate. */
function readBundle(
  file: string,
  files: ReadonlyMap<string, string>,
): { readonly bundle: Trusted[]; readonly bytes: number } | { readonly diagnostic: Diagnostic } | undefined {
  const text = files.get(file)
  if (text === undefined) return undefined
  const reading = readCertificates(text)
  if ('problem' in reading) {
    const span = { file, start: 0, end: 0 }
    return { diagnostic: diagnose('MESH-E708', { found: problemText(reading.problem) }, span) }
  }
  const blocks = parsePem(text) ?? []
  const bundle = reading.certificates.map((certificate, i) => {
    return { certificate, span: { file, start: blocks[i]?.start ?? 0, end: blocks[i]?.end ?? 0 } }
  })
  // The comment at the head of the file is not sealed.
  return { bundle, bytes: blocks.reduce((sum, { start, end }) => sum + bytesOf(text, start, end), 0) }
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

function judgeRoot({ certificate, span }: Trusted, now: Date): Diagnostic[] {
  const faults = judgeCertificate(certificate, 1, now, span)
  if (certificate.issuerDer.equals(certificate.subjectDer) && isSignedBy(certificate, certificate)) return faults
  const detail = `${certificate.subject} has not signed itself, so it is no root`
  return [diagnose('MESH-E710', { detail }, span), ...faults]
}

/** @param below number of CAs below this one in the chain */
function judgeCertificate(certificate: Certificate, below: number, now: Date, span: Span): Diagnostic[] {
  const found = certificateFaults(certificate, below, now).map(({ fault, detail }) =>
    diagnose(fault === 'expired' || fault === 'not-yet-valid' ? 'MESH-E712' : 'MESH-E711', { detail }, span),
  )
  const { subject, notAfter } = certificate
  const days = daysUntil(notAfter, now)
  if (days >= 0 && days < (below === 0 ? ENDS_SOON_DAYS : ROOT_ENDS_SOON_DAYS)) {
    found.push(diagnose('MESH-W713', { subject, notAfter: day(notAfter), days }, span))
  }
  return found
}

/** Every cluster trusts the root of every other; each root is judged once, and each cluster has a key and a name of its own. */
export function judgeChains(chains: readonly Chain[], now: Date): Diagnostic[] {
  const bundles = chains.flatMap(({ cluster, bundle }) => bundle.map((root) => ({ cluster, ...root })))
  const roots = groupsOf(bundles, ({ certificate }) => certificate.fingerprint).flatMap(([, group]) =>
    group.slice(0, 1),
  )
  return [...roots.flatMap((root) => judgeRoot(root, now)), ...judgeTrusted(chains), ...judgeOwners(roots, chains)]
}

/** Told at whichever side has fewer clusters, once for each of them; of two equal sides the first cluster is right. */
function judgeTrusted(chains: readonly Chain[]): Diagnostic[] {
  const trusting = chains.map((chain) => {
    return { chain, known: new Set(chain.bundle.map(({ certificate }) => certificate.fingerprint)) }
  })
  const told = new Map<string, Diagnostic>()
  for (const [root, signers] of groupsOf(chains, (chain) => chain.root.fingerprint)) {
    const strangers = trusting.filter(({ known }) => !known.has(root)).map(({ chain }) => chain)
    const [signer, stranger] = [signers[0], strangers[0]]
    if (signer === undefined || stranger === undefined) continue
    const tie = strangers.length === signers.length
    const signersAreRight = tie ? signers.some((chain) => chain === chains[0]) : strangers.length < signers.length
    for (const odd of signersAreRight ? strangers : signers) {
      const args = signersAreRight
        ? { signer: signer.cluster, root, stranger: odd.cluster }
        : { signer: odd.cluster, root, stranger: stranger.cluster }
      if (!told.has(odd.cluster)) told.set(odd.cluster, diagnose('MESH-E714', args, odd.bundle[0]?.span))
    }
  }
  return [...told.values()]
}

interface OwnedRoot extends Trusted {
  readonly cluster: string
}

/** @param roots each once */
function judgeOwners(roots: readonly OwnedRoot[], chains: readonly Chain[]): Diagnostic[] {
  const all = [
    ...roots.map(({ cluster, certificate, span }) => ({ owner: `the root of ${cluster}`, certificate, span })),
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
