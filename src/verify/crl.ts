/** trust/ca-crl.pem: the CRLs that a cluster gets, held against every CA that its workloads may meet. */
import { diagnose, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { CRL_ITEM } from '../lock/lock.ts'
import { isCrlOf, readCrls, type Crl } from '../trust/crl.ts'
import { day, daysUntil } from '../trust/days.ts'
import type { Certificate } from '../trust/read.ts'
import type { Chain } from './chain.ts'
import { fieldAt } from './fields.ts'
import { groupsOf } from './groups.ts'
import type { ClusterOutput } from './read.ts'
import { sealedCacerts } from './sealed.ts'

/** The key of a root is fetched from where it is kept. */
const ENDS_SOON_DAYS = 90

interface CrlOutput {
  readonly cluster: string
  readonly text: string
  readonly crls: readonly Crl[]
  readonly file: string
}

export function judgeCrls(clusters: readonly ClusterOutput[], chains: readonly Chain[], now: Date): Diagnostic[] {
  const found: Diagnostic[] = []
  const read: CrlOutput[] = []
  const without: string[] = []
  for (const cluster of clusters) {
    const [file, text] = [fileOf(cluster), cluster.files.get(fileOf(cluster))]
    const sealed = fieldAt(sealedCacerts(cluster)?.fields, 'spec', 'encryptedData', CRL_ITEM) !== undefined
    const crls = text === undefined ? undefined : readCrls(text)
    const said = text === undefined ? 'no file' : crls === undefined ? 'something else in the file' : 'none sealed'
    if (sealed !== (crls !== undefined)) {
      // Of an output that could not be read as a whole nothing is said to be missing.
      if (cluster.whole) found.push(diagnose('MESH-E860', { found: said }, { file, start: 0, end: 0 }))
    } else if (text === undefined || crls === undefined) without.push(cluster.name)
    else read.push({ cluster: cluster.name, text, crls, file })
  }
  if (read.length > 0 && without.length > 0) {
    found.push(diagnose('MESH-E865', { without }, { file: `clusters/${without[0] ?? ''}`, start: 0, end: 0 }))
  }
  const issuers = issuersOf(chains)
  // The file is the same everywhere, and signatures take their time.
  for (const [, same] of groupsOf(read, ({ text }) => text)) {
    const [first] = same
    if (first === undefined) continue
    const problems = judgeFile(first, issuers, now)
    found.push(...same.flatMap(({ file }) => problems.map((problem) => at(problem, file))))
    const own = chains.filter(({ cluster }) => same.some((output) => output.cluster === cluster))
    found.push(...own.flatMap((chain) => judgeRevoked(first.crls, chain)))
  }
  return found
}

function fileOf({ folder }: ClusterOutput): string {
  return `${folder}/trust/${CRL_ITEM}`
}

/** Length of the item that is sealed: the blocks of the file, without the comment at its head. */
export function crlBytes(cluster: ClusterOutput): number | undefined {
  const text = cluster.files.get(fileOf(cluster))
  const crls = text === undefined ? undefined : readCrls(text)
  return crls?.reduce((sum, { start, end }) => {
    return sum + (text ?? '').slice(start, end).replaceAll('\r', '').length + 1
  }, 0)
}

interface NamedIssuer {
  readonly of: string
  readonly certificate: Certificate
}

/** Every CA of every cluster: whoever is called shows a chain of them. */
function issuersOf(chains: readonly Chain[]): NamedIssuer[] {
  const all = chains.flatMap(({ cluster, intermediate, between, root, bundle }): NamedIssuer[] => [
    { of: `the intermediate of ${cluster}`, certificate: intermediate },
    ...[...between, root, ...bundle.map(({ certificate }) => certificate)].map((certificate) => {
      return { of: certificate.subject, certificate }
    }),
  ])
  return groupsOf(all, ({ certificate }) => certificate.fingerprint).flatMap(([, same]) => same.slice(0, 1))
}

interface Problem {
  readonly span: Pick<Span, 'start' | 'end'>
  readonly make: (span: Span) => Diagnostic
}

function at({ span, make }: Problem, file: string): Diagnostic {
  return make({ file, ...span })
}

function judgeFile({ crls }: CrlOutput, issuers: readonly NamedIssuer[], now: Date): Problem[] {
  return issuers.flatMap(({ of, certificate }): Problem[] => {
    // Of several the newest counts, as it does for OpenSSL.
    const [crl] = crls.filter((c) => isCrlOf(c, certificate)).sort((a, b) => b.number - a.number)
    if (crl === undefined) {
      return [{ span: { start: 0, end: 0 }, make: (span) => diagnose('MESH-E861', { of }, span) }]
    }
    const { thisUpdate, nextUpdate } = crl
    const days = daysUntil(nextUpdate, now)
    const span = { start: crl.start, end: crl.end }
    if (now > nextUpdate || now < thisUpdate) {
      const date = now > nextUpdate ? `it ended on ${day(nextUpdate)}` : `it begins on ${day(thisUpdate)}`
      return [{ span, make: (where) => diagnose('MESH-E862', { of, date }, where) }]
    }
    // One that lasts as long as its CA is told of with it.
    if (days >= ENDS_SOON_DAYS || nextUpdate >= certificate.notAfter) return []
    return [{ span, make: (where) => diagnose('MESH-W863', { of, date: day(nextUpdate), days }, where) }]
  })
}

function judgeRevoked(crls: readonly Crl[], { cluster, intermediate, intermediateSpan }: Chain): Diagnostic[] {
  const revoked = crls.some(
    ({ issuerDer, revoked: entries }) =>
      issuerDer.equals(intermediate.issuerDer) && entries.some(({ hex }) => hex === intermediate.serial),
  )
  return revoked ? [diagnose('MESH-E864', { of: `the intermediate of ${cluster}` }, intermediateSpan)] : []
}
