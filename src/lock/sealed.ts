/** What is sealed for a cluster, as fields of its lock file: read and written side by side, so that neither forgets one. */
import type { Fields } from './fields.ts'
import {
  CACERTS_ITEMS,
  CRL_ITEM,
  sealedItems,
  SCOPES,
  type CacertsItem,
  type PublicFacts,
  type PublicItem,
  type SealedBundle,
  type SealedItem,
  type WrappedKey,
} from './lock.ts'
import { label, readItem } from './read-item.ts'

export function sealedFields(sealed: SealedBundle): object {
  const { namespace, name } = sealed
  switch (sealed.backend) {
    case 'sealed-secrets': {
      const { backend, scope, certificate, items } = sealed
      return {
        backend,
        scope,
        namespace,
        name,
        certificate,
        items: Object.fromEntries(sealedItems(items).map(([item, sealedItem]) => [item, itemOf(sealedItem)])),
      }
    }
    case 'sops': {
      const { backend, recipients, lastModified, mac, key, items } = sealed
      return {
        backend,
        namespace,
        name,
        recipients: recipients.map(({ recipient, file }) => ({ recipient, file })),
        lastModified,
        mac,
        items: each(CACERTS_ITEMS, (item) =>
          item === 'ca-key.pem' ? { bytes: key.bytes, ciphertext: key.ciphertext } : factsOf(items[item]),
        ),
      }
    }
    case 'external-secrets': {
      const { backend, items } = sealed
      return { backend, namespace, name, items: each(PUBLIC_ITEMS, (item) => factsOf(items[item])) }
    }
  }
}

/** @throws Malformed */
export function readSealed(fields: Fields): SealedBundle {
  const backend = fields.oneOf('backend', ['sealed-secrets', 'sops', 'external-secrets'])
  const place = { namespace: label(fields, 'namespace'), name: label(fields, 'name') }
  const items = fields.object('items')
  const sealed = readBackend(backend, place, fields, items)
  items.end()
  fields.end()
  return sealed
}

export const PUBLIC_ITEMS: readonly PublicItem[] = ['ca-cert.pem', 'cert-chain.pem', 'root-cert.pem']

function readBackend(
  backend: SealedBundle['backend'],
  place: { readonly namespace: string; readonly name: string },
  fields: Fields,
  items: Fields,
): SealedBundle {
  switch (backend) {
    case 'sealed-secrets':
      return {
        backend,
        scope: fields.oneOf('scope', SCOPES),
        ...place,
        certificate: fields.text('certificate'),
        items: {
          ...each(CACERTS_ITEMS, (item) => readItem(items.object(item))),
          ...(items.has(CRL_ITEM) && { [CRL_ITEM]: readItem(items.object(CRL_ITEM)) }),
        },
      }
    case 'sops': {
      const key = items.object('ca-key.pem')
      const read = { bytes: key.number('bytes'), ciphertext: key.text('ciphertext') }
      key.end()
      return {
        backend,
        ...place,
        recipients: fields.list('recipients').map(readWrapped),
        lastModified: fields.text('lastModified'),
        mac: fields.text('mac'),
        key: read,
        items: each(PUBLIC_ITEMS, (item) => readFacts(items.object(item))),
      }
    }
    case 'external-secrets':
      return { backend, ...place, items: each(PUBLIC_ITEMS, (item) => readFacts(items.object(item))) }
  }
}

function each<K extends CacertsItem, T>(names: readonly K[], value: (item: K) => T): Record<K, T> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<K, T>
}

function itemOf({ bytes, plain, certificate, spki, ciphertext }: SealedItem): object {
  return {
    bytes,
    ...(plain !== undefined && { plain }),
    ...(certificate !== undefined && { certificate }),
    ...(spki !== undefined && { spki }),
    ciphertext,
  }
}

function factsOf({ bytes, plain }: PublicFacts): object {
  return { bytes, plain }
}

function readFacts(fields: Fields): PublicFacts {
  const facts = { bytes: fields.number('bytes'), plain: fields.text('plain') }
  fields.end()
  return facts
}

function readWrapped(fields: Fields): WrappedKey {
  const wrapped = { recipient: fields.text('recipient'), file: fields.text('file') }
  fields.end()
  return wrapped
}
