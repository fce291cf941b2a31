/** What is sealed in the output, held against what the lock has. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { ALL_ITEMS, CRL_ITEM, type LockedCluster, type SealedSecretsBundle, type SopsBundle } from '../lock/lock.ts'
import { scopeAnnotation } from '../trust/seal/sealed-secrets.ts'
import { fieldAt, listOf, shown, textOf } from './fields.ts'
import type { FoundObject } from './objects.ts'
import type { ClusterOutput } from './read.ts'
import { scopeOf, sealedCacerts } from './sealed.ts'

const KINDS = { 'sealed-secrets': 'SealedSecret', sops: 'Secret', 'external-secrets': 'ExternalSecret' } as const

export function judgeSealedAgainstLock({ sealed, generation }: LockedCluster, cluster: ClusterOutput): Diagnostic[] {
  const object = sealedCacerts(cluster)
  if (object === undefined) return []
  if (object.kind !== KINDS[sealed.backend]) {
    return [diagnose('MESH-E483', { found: object.kind, locked: sealed.backend }, object.at('kind'))]
  }
  switch (sealed.backend) {
    case 'sealed-secrets':
      return judgeController(sealed, object)
    case 'sops':
      return judgeSopsCiphertext(sealed, object)
    case 'external-secrets':
      return judgeEntry(generation, cluster.name, object)
  }
}

function judgeController(sealed: SealedSecretsBundle, object: FoundObject): Diagnostic[] {
  const scope = scopeOf(object)
  const found: Diagnostic[] = ALL_ITEMS.filter((item) => {
    const ciphertext = fieldAt(object.fields, 'spec', 'encryptedData', item)
    if (item === CRL_ITEM) return ciphertext !== sealed.items[item]?.ciphertext
    return ciphertext !== undefined && ciphertext !== sealed.items[item].ciphertext
  }).map((item) => diagnose('MESH-E756', { item }, object.at('spec', 'encryptedData', item)))
  if (scope === sealed.scope) return found
  const annotation = scope === 'strict' ? 'no annotation of a scope' : scopeAnnotation(scope)
  return [...found, diagnose('MESH-E723', { annotation }, object.at('metadata', 'annotations'))]
}

function judgeSopsCiphertext(
  { key, mac, recipients, lastModified }: SopsBundle,
  { fields, at }: FoundObject,
): Diagnostic[] {
  const pairs: readonly (readonly [place: readonly string[], item: string, found: unknown, locked: unknown])[] = [
    [['data', 'ca-key.pem'], 'ca-key.pem', fieldAt(fields, 'data', 'ca-key.pem'), key.ciphertext],
    [['sops', 'mac'], 'MAC', fieldAt(fields, 'sops', 'mac'), mac],
    [['sops', 'lastmodified'], 'lastmodified', fieldAt(fields, 'sops', 'lastmodified'), lastModified],
    [
      ['sops', 'age'],
      'data key',
      listOf(fieldAt(fields, 'sops', 'age'))
        .map((entry) => `${textOf(fieldAt(entry, 'recipient'))} ${textOf(fieldAt(entry, 'enc'))}`)
        .join(),
      recipients.map(({ recipient, file }) => `${recipient} ${file}`).join(),
    ],
  ]
  return pairs
    .filter(([, , found, locked]) => found !== locked)
    .map(([place, item]) => diagnose('MESH-E756', { item }, at(...place)))
}

/** The entry of another cluster or generation has the key of another certificate. */
function judgeEntry(generation: number, cluster: string, { fields, at }: FoundObject): Diagnostic[] {
  const [entry] = listOf(fieldAt(fields, 'spec', 'data'))
  const key = textOf(fieldAt(entry, 'remoteRef', 'key'))
  if (key.endsWith(`-${cluster}-cacerts-g${generation}`)) return []
  return [diagnose('MESH-E756', { item: `entry ${shown(key)}` }, at('spec', 'data'))]
}
