/** What brings `cacerts`, as far as it can be judged without a key. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { ALL_ITEMS, CACERTS_ITEMS, CRL_ITEM, type AnyItem, type Scope } from '../lock/lock.ts'
import { inspectSealed, scopeAnnotation } from '../trust/seal/sealed-secrets.ts'
import type { Chain } from './chain.ts'
import { fieldAt, fieldsOf, shown, textOf } from './fields.ts'
import { judgeExternalSecret } from './external-secret.ts'
import { judgeProtection, ofKind, type FoundObject } from './objects.ts'
import type { ClusterOutput } from './read.ts'
import { judgeSops } from './sops.ts'

const SCOPES = ['cluster-wide', 'namespace-wide'] as const

/** By API group and kind: what istiod's `cacerts` can come from. A Secret in the clear is no such object. */
const CARRIERS: readonly (readonly [group: string, kind: string])[] = [
  ['bitnami.com', 'SealedSecret'],
  ['', 'Secret'],
  ['external-secrets.io', 'ExternalSecret'],
]

/** The object that istiod's `cacerts` comes from; undefined unless there is exactly one. */
export function sealedCacerts({ objects }: ClusterOutput): FoundObject | undefined {
  const [found, second] = candidates(objects)
  return second ? undefined : found
}

/** Kind of the object that brings `cacerts`, by cluster. */
export function carriersOf(clusters: readonly ClusterOutput[]): ReadonlyMap<string, string> {
  return new Map(
    clusters.flatMap((cluster) => {
      const kind = sealedCacerts(cluster)?.kind
      return kind === undefined ? [] : [[cluster.name, kind] as const]
    }),
  )
}

function candidates(objects: readonly FoundObject[]): FoundObject[] {
  return CARRIERS.flatMap(([group, kind]) => ofKind(objects, group, kind)).filter(
    ({ name, kind, fields }) => name === 'cacerts' && (kind !== 'Secret' || fieldAt(fields, 'sops') !== undefined),
  )
}

/** @param crlBytes length of `ca-crl.pem`, where there is one */
export function judgeSealed(
  cluster: ClusterOutput,
  chain: Chain | undefined,
  crlBytes: number | undefined,
): Diagnostic[] {
  const sealed = sealedCacerts(cluster)
  if (sealed === undefined) {
    const count = candidates(cluster.objects).length
    if (count === 0 && !cluster.whole) return []
    return [diagnose('MESH-E717', { count }, { file: `${cluster.folder}/trust`, start: 0, end: 0 })]
  }
  return [
    ...judgeNamespace(cluster, sealed),
    ...judgeCarrier(cluster, sealed, { ...chain?.bytes, ...(crlBytes !== undefined && { [CRL_ITEM]: crlBytes }) }),
    ...judgeProtection(sealed),
  ]
}

function judgeCarrier(
  cluster: ClusterOutput,
  sealed: FoundObject,
  bytes: Readonly<Partial<Record<AnyItem, number>>>,
): Diagnostic[] {
  switch (sealed.kind) {
    case 'Secret':
      return judgeSops(cluster, sealed)
    case 'ExternalSecret':
      return judgeExternalSecret(cluster, sealed)
    default:
      return [...judgeItems(sealed, bytes), ...judgeTemplate(sealed), ...judgeScope(sealed)]
  }
}

/** Whether a wider scope is meant, only the lock knows. */
export function judgeWideScope(cluster: ClusterOutput): Diagnostic[] {
  const sealed = sealedCacerts(cluster)
  const scope = sealed?.kind === 'SealedSecret' ? scopeOf(sealed) : 'strict'
  return scope === 'strict' || sealed === undefined
    ? []
    : [diagnose('MESH-W484', { scope }, sealed.at('metadata', 'annotations', scopeAnnotation(scope)))]
}

/** As the controller reads it: the widest one wins (sealed-secrets: pkg/apis/sealedsecrets). */
export function scopeOf({ fields }: FoundObject): Scope {
  const annotations = fieldsOf(fieldAt(fields, 'metadata', 'annotations'))
  return SCOPES.find((scope) => annotations[scopeAnnotation(scope)] === 'true') ?? 'strict'
}

/** istiod reads `cacerts` in its own namespace, and the item opens in the namespace it was sealed for. */
function judgeNamespace(cluster: ClusterOutput, { namespace, at }: FoundObject): Diagnostic[] {
  const istiod = cluster.legacy ? 'istio-system' : textOf(fieldAt(cluster.values[0]?.value, 'global', 'istioNamespace'))
  if (namespace === istiod || (istiod === '' && !cluster.whole)) return []
  return [diagnose('MESH-E718', { found: shown(namespace), wanted: shown(istiod) }, at('metadata', 'namespace'))]
}

/** @param bytes that each public item must have, as far as they are known */
function judgeItems({ fields, at }: FoundObject, bytes: Readonly<Partial<Record<AnyItem, number>>>): Diagnostic[] {
  const items = fieldsOf(fieldAt(fields, 'spec', 'encryptedData'))
  const place = (item: string): ReturnType<typeof at> => at('spec', 'encryptedData', item)
  const missing = CACERTS_ITEMS.filter((item) => !Object.hasOwn(items, item))
  const surplus = Object.keys(items).filter((item) => !ALL_ITEMS.some((known) => known === item))
  const found: Diagnostic[] = []
  if (missing.length + surplus.length > 0) {
    found.push(diagnose('MESH-E719', { missing, surplus: surplus.map(shown) }, at('spec', 'encryptedData')))
  }
  const seen = new Map<string, AnyItem>()
  const sizes = new Set<number>()
  for (const item of ALL_ITEMS) {
    if (!Object.hasOwn(items, item)) continue
    const ciphertext = textOf(items[item])
    const malformed = (problem: string): number => found.push(diagnose('MESH-E720', { item, problem }, place(item)))
    const shape = inspectSealed(ciphertext)
    if ('problem' in shape) {
      malformed(shape.problem)
      continue
    }
    const same = seen.get(ciphertext)
    if (same !== undefined) malformed(`is the same as ${same}`)
    seen.set(ciphertext, item)
    if (sizes.size > 0 && !sizes.has(shape.modulusBytes)) malformed('is sealed for a key of another size')
    sizes.add(shape.modulusBytes)
    const wanted = bytes[item]
    if (wanted === undefined || shape.plainBytes === wanted) continue
    const args = { item, found: shape.plainBytes, wanted }
    found.push(diagnose('MESH-E721', args, place(item)))
  }
  return found
}

/** What the controller makes of it. An immutable Secret could never be updated; data in the clear is lost at a re-encryption. */
function judgeTemplate({ fields, namespace, name, at }: FoundObject): Diagnostic[] {
  const template = fieldAt(fields, 'spec', 'template')
  const wrong: string[] = []
  const expect = (what: string, found: unknown, wanted: unknown): void => {
    if (found !== wanted) wrong.push(`${what} is ${shown(found)}, not ${shown(wanted)}`)
  }
  expect('its name', fieldAt(template, 'metadata', 'name'), name)
  expect('its namespace', fieldAt(template, 'metadata', 'namespace'), namespace)
  expect('its type', fieldAt(template, 'type'), 'Opaque')
  if (fieldAt(template, 'immutable') !== undefined) wrong.push('it sets immutable')
  if (fieldAt(template, 'data') !== undefined) wrong.push('it has data of its own')
  return wrong.map((detail) => diagnose('MESH-E722', { detail }, at('spec', 'template')))
}

/** The template's annotations decide nothing of the SealedSecret, so one there misleads; so does one that is not true. */
function judgeScope(sealed: FoundObject): Diagnostic[] {
  const { fields, at } = sealed
  return [['metadata'], ['spec', 'template', 'metadata']].flatMap((place) => {
    const annotations = fieldsOf(fieldAt(fields, ...place, 'annotations'))
    const used = place.length === 1 ? scopeOf(sealed) : 'strict'
    return SCOPES.filter((scope) => scope !== used && Object.hasOwn(annotations, scopeAnnotation(scope))).map(
      (scope) => {
        const annotation = scopeAnnotation(scope)
        return diagnose('MESH-E723', { annotation }, at(...place, 'annotations', annotation))
      },
    )
  })
}
