/** The certificates of `cacerts` where they stand in the clear: they must be those that are shown beside them. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { PublicItem } from '../lock/lock.ts'
import { PUBLIC_ITEMS } from '../lock/sealed.ts'
import { parsePem } from '../trust/pem.ts'
import type { FoundObject } from './objects.ts'
import type { ClusterOutput } from './read.ts'

/** @param place path of the map that has the items in `object` */
export function judgePublicItems(
  cluster: ClusterOutput,
  { at }: FoundObject,
  place: readonly string[],
  textOfItem: (item: PublicItem) => string | undefined,
): Diagnostic[] {
  const wanted = shownItems(cluster)
  return PUBLIC_ITEMS.filter((item) => {
    const found = textOfItem(item)
    // Without the files there is nothing but its form: certificates, and nothing else.
    return wanted === undefined ? !isCertificates(found) : found !== wanted[item]
  }).map((item) => diagnose('MESH-E482', { item }, at(...place, item)))
}

/** Of chain.pem, whose first block is the intermediate and whose last one is a root, and root-cert.pem where there is one. */
function shownItems({ folder, files }: ClusterOutput): Readonly<Record<PublicItem, string>> | undefined {
  const chain = blocksOf(files.get(`${folder}/trust/chain.pem`))
  const roots = blocksOf(files.get(`${folder}/trust/root-cert.pem`))
  const [first, last] = [chain[0], chain.at(-1)]
  if (first === undefined || last === undefined) return undefined
  return {
    'ca-cert.pem': first,
    'cert-chain.pem': chain.join(''),
    'root-cert.pem': roots.length > 0 ? roots.join('') : last,
  }
}

/** Each with its line end, and with line feeds alone. */
function blocksOf(text: string | undefined): string[] {
  const blocks = text === undefined ? [] : (parsePem(text) ?? [])
  return blocks.map(({ start, end }) => `${(text ?? '').slice(start, end).replaceAll('\r', '')}\n`)
}

function isCertificates(text: string | undefined): boolean {
  const blocks = text === undefined ? [] : (parsePem(text) ?? [])
  return blocks.length > 0 && blocks.every(({ label }) => label === 'CERTIFICATE')
}
