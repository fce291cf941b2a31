/** What comes from elsewhere: CAs that were taken over, and keys whose certificate is still asked for. */
import { Malformed, type Fields } from './fields.ts'
import type { LockedCluster, PendingCluster, PublicTexts } from './lock.ts'
import { label, optionalText, readItem } from './read-item.ts'
import { PUBLIC_ITEMS } from './sealed.ts'

const FINGERPRINT = /^sha256:[0-9a-f]{64}$/

export function readAdoption(fields: Fields): Pick<LockedCluster, 'texts' | 'adopted'> {
  return {
    ...(fields.has('texts') && { texts: readTexts(fields.object('texts')) }),
    ...(fields.has('adopted') && { adopted: readAdopted(fields.object('adopted')) }),
  }
}

function readTexts(fields: Fields): PublicTexts {
  const texts = Object.assign({}, ...PUBLIC_ITEMS.map((item) => optionalText(fields, item))) as PublicTexts
  fields.end()
  return texts
}

function readAdopted(fields: Fields): NonNullable<LockedCluster['adopted']> {
  const adopted = {
    from: fields.oneOf('from', ['cacerts', 'self-signed']),
    root: label(fields, 'root'),
    bundle: fields.texts('bundle'),
    certificate: fields.text('certificate'),
  }
  fields.end()
  return adopted
}

export function readPending(fields: Fields): PendingCluster {
  const sealed = fields.object('sealed')
  const pending: PendingCluster = {
    name: label(fields, 'name'),
    generation: fields.number('generation'),
    key: fingerprint(fields, 'key'),
    request: fields.text('request'),
    crls: fields.texts('crls'),
    sealed: {
      backend: sealed.oneOf('backend', ['sealed-secrets']),
      scope: sealed.oneOf('scope', ['strict']),
      namespace: label(sealed, 'namespace'),
      name: label(sealed, 'name'),
      certificate: sealed.text('certificate'),
      key: readItem(sealed.object('key')),
    },
  }
  sealed.end()
  return pending
}

function fingerprint(fields: Fields, key: string): string {
  const text = fields.text(key)
  if (!FINGERPRINT.test(text)) throw new Malformed(`${key} is no fingerprint`)
  return text
}
