/** How keys are called. */
import type { KeyObject } from 'node:crypto'

/** Names of curves by those that OpenSSL has for them. */
const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' }

/** `P-256`, `RSA-2048`: of any key, also of one that is not made here. */
export function keyTypeText(key: KeyObject): string {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {}
  if (namedCurve !== undefined) return CURVES[namedCurve] ?? namedCurve
  const kind = key.asymmetricKeyType?.toUpperCase() ?? 'unknown'
  return modulusLength === undefined ? kind : `${kind}-${modulusLength}`
}
