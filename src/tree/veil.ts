/**
 * What no report may show, and nobody can review: keys, certificates, ciphertext. A report goes into logs and comments,
 * which more people read than the repository.
 */
import type { FieldChange } from './fields.ts'
import { isRecord } from './objects.ts'

/** Fields of a kind whose whole content is hidden, whatever it looks like. */
const HIDDEN: ReadonlyMap<string, RegExp> = new Map([
  ['Secret', /^(?:data|stringData|sops)\b/],
  ['SealedSecret', /^spec(?:$|\.(?:encryptedData|data)\b|\.template(?:$|\.data\b))/],
])

/** PEM, age, what SOPS writes, and more base64 in one piece than any name, address or digest has. */
const SECRET = /-----BEGIN |AGE-SECRET-KEY-|\bENC\[|[A-Za-z0-9+/]{88,}/

export function veiled(kind: string, { path, before, after }: FieldChange): FieldChange {
  const hidden = HIDDEN.get(kind)?.test(path) === true
  const veil = (value: unknown): unknown => (hidden ? '(sealed)' : isSecret(value) ? '(not shown)' : value)
  return {
    path: isSecret(path) ? '(not shown)' : path,
    ...(before !== undefined && { before: veil(before) }),
    ...(after !== undefined && { after: veil(after) }),
  }
}

/** Whether there is anything in a value, or in the keys of one, that must not be shown. */
export function isSecret(value: unknown): boolean {
  if (typeof value === 'string') return SECRET.test(value) && !isIdentity(value)
  if (Array.isArray(value)) return value.some(isSecret)
  return isRecord(value) && Object.entries(value).some(([key, inner]) => isSecret(key) || isSecret(inner))
}

/** Trust domain, namespace and account can be long, and slashes are base64 too. */
function isIdentity(text: string): boolean {
  return /^spiffe:\/\/[a-z0-9./-]+$/.test(text)
}
