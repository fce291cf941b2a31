/** trust/chain.pem: the public side of what a cluster is given to trust and to sign with. */
import { diagnose, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import type { CacertsItem } from '../lock/lock.ts'
import { day, daysUntil } from '../trust/days.ts'
import { certificateFaults } from '../trust/path.ts'
import { parsePem, type PemBlock } from '../trust/pem.ts'
import { isSignedBy, problemText, readCertificates, type Certificate } from '../trust/read.ts'
import { groupsOf } from './groups.ts'
import type { ClusterOutput } from './read.ts'

/** New certificates take weeks to be planned and rolled out. */
const ENDS_SOON_DAYS = 180
/** A root is replaced over weeks. */
const ROOT_ENDS_SOON_DAYS = 730
/** As many as are followed in a chain of signatures. */
const CHAIN_CERTIFICATES_MAX = 8

export interface Trusted {
  readonly certificate: Certificate
  readonly span: Span
}

export interface Chain {
  readonly cluster: string
  readonly intermediate: Certificate
  /** Further intermediates, from below to above. */
  readonly between: readonly Certificate[]
  /** The same as the intermediate where that has signed itself: istiod's own CA. */
  readonly root: Certificate
  readonly intermediateSpan: Span
  readonly rootSpan: Span
  /** What the cluster trusts: the root of the chain, unless trust/root-cert.pem says otherwise. */
  readonly bundle: readonly Trusted[]
  /** Bytes that each public item of `cacerts` has if it is made of these, or is what is shown beside them. */
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
  const { certificates } = reading
  const [intermediate, root] = [certificates[0], certificates.at(-1)]
  const blocks = parsePem(text) ?? []
  const [first, last] = [blocks[0], blocks.at(-1)]
  const alone = certificates.length === 1 && intermediate !== undefined && !isSelfSigned(intermediate)
  if (!intermediate || !root || !first || !last || alone || certificates.length > CHAIN_CERTIFICATES_MAX) {
    return { diagnostics: [diagnose('MESH-E709', { count: certificates.length }, start)] }
  }
  const between = certificates.slice(1, -1)
  const trusted = readBundle(`${folder}/trust/root-cert.pem`, files)
  if (trusted !== undefined && 'diagnostic' in trusted) return { diagnostics: [trusted.diagnostic] }
  const spanOf = (block: { start: number; end: number }): Span => ({ file, start: block.start, end: block.end })
  const sizeOf = (...of: readonly PemBlock[]): number =>
    of.reduce((sum, { start, end }) => sum + bytesOf(text, start, end), 0)
  const shown = readShown(folder, files, { intermediate, certificates })
  if ('diagnostic' in shown) return { diagnostics: [shown.diagnostic] }
  const chain: Chain = {
    cluster: name,
    intermediate,
    between,
    root,
    intermediateSpan: spanOf(first),
    rootSpan: spanOf(last),
    bundle: trusted?.bundle ?? [{ certificate: root, span: spanOf(last) }],
    bytes: {
      'ca-cert.pem': sizeOf(first),
      'cert-chain.pem': sizeOf(...blocks),
      'root-cert.pem': trusted?.bytes ?? sizeOf(last),
      ...shown.bytes,
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
  return { bundle, bytes: sealedBytes(text) }
}

/** The comment at the head of the file is not sealed, and Git may have changed line ends. */
function sealedBytes(text: string): number {
  return Buffer.byteLength(text.replaceAll('\r', '').replace(/^# [^\n]*\n/, ''))
}

/** Items that are not just the chain put together, as they were found where the CA was taken over. */
function readShown(
  folder: string,
  files: ReadonlyMap<string, string>,
  chain: { readonly intermediate: Certificate; readonly certificates: readonly Certificate[] },
): { readonly bytes: Partial<Chain['bytes']> } | { readonly diagnostic: Diagnostic } {
  const bytes: Partial<Record<keyof Chain['bytes'], number>> = {}
  for (const item of ['ca-cert.pem', 'cert-chain.pem'] as const) {
    const file = `${folder}/trust/${item}`
    const text = files.get(file)
    if (text === undefined) continue
    const span = { file, start: 0, end: 0 }
    const reading = readCertificates(text)
    if ('problem' in reading)
      return { diagnostic: diagnose('MESH-E708', { found: problemText(reading.problem) }, span) }
    const [first, ...others] = reading.certificates
    const isKnown = others.every((other) => chain.certificates.some(({ der }) => der.equals(other.der)))
    if (first?.der.equals(chain.intermediate.der) !== true || (item === 'ca-cert.pem' ? others.length > 0 : !isKnown)) {
      const detail = `${item} is not of the chain that is shown beside it`
      return { diagnostic: diagnose('MESH-E710', { detail }, span) }
    }
    bytes[item] = sealedBytes(text)
  }
  return { bytes }
}

/** The intermediate and its signature (RFC 5280, 6.1), as istiod and its peers will judge them. */
export function judgeChain({ intermediate, between, root, intermediateSpan: span }: Chain, now: Date): Diagnostic[] {
  const { subject } = intermediate
  const found: Diagnostic[] = []
  const path = [intermediate, ...between, root]
  for (const [i, below] of path.slice(0, -1).entries()) {
    const above = path[i + 1] ?? root
    if (!below.issuerDer.equals(above.subjectDer)) {
      const detail = `${below.subject} names ${below.issuer} as its issuer, not ${above.subject}`
      found.push(diagnose('MESH-E710', { detail }, span))
    } else if (!isSignedBy(below, above)) {
      const detail = `${below.subject} is not signed with the key of ${above.subject}`
      found.push(diagnose('MESH-E710', { detail }, span))
    }
  }
  if (intermediate.isCa && intermediate.pathlen !== 0) {
    const what = 'has no path length of 0, so it could make further CAs'
    found.push(diagnose('MESH-W442', { subject, what }, span))
  }
  if (!intermediate.keyUsage) found.push(diagnose('MESH-W442', { subject, what: 'has no key usage' }, span))
  return [...found, ...[intermediate, ...between].flatMap((each, i) => judgeCertificate(each, i, now, span))]
}

/** @param below number of CAs that are below it in the longest chain */
function judgeRoot({ certificate, span }: Trusted, below: number, now: Date): Diagnostic[] {
  const faults = judgeCertificate(certificate, below, now, span)
  if (isSelfSigned(certificate)) return faults
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
  const below = ({ certificate }: Trusted): number =>
    Math.max(
      0,
      ...chains.map(({ root, between, intermediate }) => {
        if (root.fingerprint !== certificate.fingerprint || root === intermediate) return 0
        return between.length + 1
      }),
    )
  return [
    ...roots.flatMap((root) => judgeRoot(root, below(root), now)),
    ...judgeTrusted(chains),
    ...judgeOwners(roots, chains),
  ]
}

function isSelfSigned(certificate: Certificate): boolean {
  return certificate.issuerDer.equals(certificate.subjectDer) && isSignedBy(certificate, certificate)
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
  const same = groupsOf(chains, ({ intermediate }) => intermediate.fingerprint)
  const all = [
    ...roots.map(({ cluster, certificate, span }) => ({ owner: `the root of ${cluster}`, certificate, span })),
    // istiod's own CA is a root, and judged as one.
    ...same.flatMap(([, [chain]]) => {
      if (chain === undefined || chain.intermediate === chain.root) return []
      const { cluster, intermediate: certificate, intermediateSpan: span } = chain
      return [{ owner: `the intermediate of ${cluster}`, certificate, span }]
    }),
  ]
  const shared = same.flatMap(([, [first, ...others]]) =>
    others.map(({ cluster, intermediateSpan }) => {
      return diagnose('MESH-W444', { cluster, other: first?.cluster ?? '' }, intermediateSpan)
    }),
  )
  const sameKeys = groupsOf(all, ({ certificate }) => certificate.spki.toString('hex')).flatMap(
    ([, [first, ...same]]) =>
      same.map(({ owner, span }) => diagnose('MESH-E715', { owner, other: first?.owner ?? '' }, span)),
  )
  const sameNames = groupsOf(all, ({ certificate }) => certificate.subjectDer.toString('hex')).flatMap(
    ([, [first, ...same]]) =>
      same.map(({ owner, certificate, span }) => {
        const args = { owner, other: first?.owner ?? '', subject: certificate.subject }
        const apart = first !== undefined && areToldApart(first.certificate, certificate)
        return diagnose(apart ? 'MESH-W443' : 'MESH-E716', args, span)
      }),
  )
  return [...shared, ...sameKeys, ...sameNames]
}

/** Two roots or two intermediates of different keys: a verifier finds the right one by the identifier of its key. */
function areToldApart(one: Certificate, other: Certificate): boolean {
  const [a, b] = [one.subjectKeyIdentifier, other.subjectKeyIdentifier]
  return isSelfSigned(one) === isSelfSigned(other) && a !== undefined && b !== undefined && a !== b
}
