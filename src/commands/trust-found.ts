/** The items of a CA as the user hands them over. */
import { exit, Failure } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { CACERTS_ITEMS } from '../lock/lock.ts'
import { readFoundSecret, readItems, type FoundSecret } from '../shell/secret-input.ts'
import { fromSelfSigned, fromTlsStyle } from '../trust/adopt.ts'
import type { Cacerts } from '../trust/bundle.ts'
import { pathOption } from './inputs.ts'

export interface FoundCacerts {
  /** For the caller to wipe. */
  readonly items: Cacerts
  /** What has to be said of them. */
  readonly words: readonly string[]
}

export async function readCacerts(invocation: Invocation, from: 'cacerts' | 'self-signed'): Promise<FoundCacerts> {
  const { items, type } = await readAny(invocation)
  const found = from === 'self-signed' ? selfSigned(items) : fourItems(items)
  // Of what is not used, nothing may be left either.
  for (const [name, bytes] of items) if (!Object.values(found.items).includes(bytes)) wipeKey(name, bytes)
  const typed =
    type === undefined || type === 'Opaque'
      ? []
      : [`the Secret is of type ${type}, which cannot be changed: it has to be deleted once, as told below`]
  return { items: found.items, words: [...found.words, ...typed] }
}

function wipeKey(name: string, bytes: Buffer): void {
  if (name.endsWith('key.pem') || name === 'tls.key') bytes.fill(0)
}

function readAny(invocation: Invocation): Promise<FoundSecret> {
  const from = invocation.text('from')
  const files = new Map(
    (['ca-cert', 'ca-key', 'cert-chain', 'root-cert'] as const).flatMap((option) => {
      const file = pathOption(invocation, option)
      return file === undefined ? [] : [[`${option}.pem`, file] as const]
    }),
  )
  if (from !== undefined && files.size > 0) {
    throw new Failure('--from has every item, and others are named beside it', { exitCode: exit.invalid })
  }
  if (from !== undefined) return readFoundSecret(from === '-' ? from : (pathOption(invocation, 'from') ?? from))
  if (files.size > 0) return readItems(files).then((items) => ({ items }))
  throw new Failure('nothing is named that could be imported', {
    exitCode: exit.invalid,
    hints: ['kubectl -n istio-system get secret cacerts -o json | meshwright trust import CLUSTER --from -'],
  })
}

function fourItems(items: FoundSecret['items']): FoundCacerts {
  if (items.has('istio-generated')) {
    throw new Failure('istiod made this Secret itself: it has istio-generated', {
      exitCode: exit.invalid,
      hints: ['say trust.current: self-signed, and import it with --self-signed'],
    })
  }
  // Where both styles are there, istiod takes this one.
  const [certificate, key, roots] = ['tls.crt', 'tls.key', 'ca.crt'].map((name) => items.get(name))
  if (certificate !== undefined) {
    if (key === undefined || roots === undefined) throw missing(items, ['tls.crt', 'tls.key', 'ca.crt'])
    const made = fromTlsStyle({ certificate, key, roots })
    if (made === undefined) throw new Failure('tls.crt is no certificate in PEM', { exitCode: exit.invalid })
    return {
      items: made,
      words: ['made ca-cert.pem, ca-key.pem, cert-chain.pem and root-cert.pem of tls.crt, tls.key and ca.crt'],
    }
  }
  const found = CACERTS_ITEMS.flatMap((name) => {
    const bytes = items.get(name)
    return bytes === undefined ? [] : [[name, bytes] as const]
  })
  if (found.length < CACERTS_ITEMS.length) throw missing(items, CACERTS_ITEMS)
  return { items: Object.fromEntries(found) as unknown as Cacerts, words: [] }
}

function selfSigned(items: FoundSecret['items']): FoundCacerts {
  const [certificate, key] = [items.get('ca-cert.pem'), items.get('ca-key.pem')]
  if (certificate === undefined || key === undefined) throw missing(items, ['ca-cert.pem', 'ca-key.pem'])
  return { items: fromSelfSigned(certificate, key), words: [] }
}

function missing(items: FoundSecret['items'], wanted: readonly string[]): Failure {
  const lacks = wanted.filter((name) => !items.has(name))
  return new Failure(`there is no ${lacks.join(', no ')} in what was given`, {
    exitCode: exit.invalid,
    hints: [`a bundle has ${wanted.join(', ')}`],
  })
}
