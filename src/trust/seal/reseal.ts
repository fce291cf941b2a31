/**
 * What `kubeseal --re-encrypt` returns, held against the lock. It rebuilds the whole object, moves annotations and drops
 * data of the template, so that nothing but the ciphertext is taken from it.
 */
import {
  sealedItems,
  type AnyItem,
  type Scope,
  type SealedItem,
  type SealedItems,
  type SealedSecretsBundle,
} from '../../lock/lock.ts'
import { inspectSealed, scopeAnnotation, type SealingCertificate } from './sealed-secrets.ts'

export type Resealed = { readonly sealed: SealedSecretsBundle } | { readonly problem: string }

/** @param object what kubeseal printed; undefined where that is not one object */
export function resealed(
  object: Readonly<Record<string, unknown>> | undefined,
  locked: SealedSecretsBundle,
  certificate: SealingCertificate,
): Resealed {
  if (certificate.fingerprint === locked.certificate) {
    return { problem: 'sealing.certificate is the one that it is sealed for already; fetch the newer one first' }
  }
  if (object === undefined) return { problem: 'it is not one object in YAML or JSON' }
  const metadata = recordOf(object['metadata'])
  if (object['kind'] !== 'SealedSecret') return { problem: 'it is no SealedSecret' }
  if (metadata['namespace'] !== locked.namespace || metadata['name'] !== locked.name) {
    return { problem: `it is not called ${locked.namespace}/${locked.name}, which it is sealed for` }
  }
  const scope = scopeOf(recordOf(metadata['annotations']))
  if (scope !== locked.scope) return { problem: `its scope is ${scope}, not ${locked.scope}` }
  const data = recordOf(recordOf(object['spec'])['encryptedData'])
  const names = Object.keys(data).sort().join(', ')
  const expected = sealedItems(locked.items)
  const wanted = expected.map(([name]) => name).sort()
  if (names !== wanted.join(', ')) return { problem: `its items are ${names || 'none'}` }
  const items: Partial<Record<AnyItem, SealedItem>> = {}
  for (const [name, { bytes, plain, spki, ciphertext: former }] of expected) {
    const ciphertext = data[name]
    const problem = typeof ciphertext === 'string' ? faultOf(ciphertext, bytes, former, certificate) : 'is no text'
    if (problem !== undefined) return { problem: `${name} ${problem}` }
    const kept = { ...(plain !== undefined && { plain }), ...(spki !== undefined && { spki }) }
    items[name] = { bytes, ...kept, ciphertext: String(ciphertext) }
  }
  const sealed = { ...locked, certificate: certificate.fingerprint, items: items as SealedItems }
  return { sealed }
}

function faultOf(
  ciphertext: string,
  bytes: number,
  former: string,
  certificate: SealingCertificate,
): string | undefined {
  const shape = inspectSealed(ciphertext)
  if ('problem' in shape) return shape.problem
  if (shape.modulusBytes !== certificate.modulusBytes) {
    return `is sealed for a key of ${shape.modulusBytes * 8} bits, and the sealing certificate has ${certificate.modulusBytes * 8}`
  }
  if (shape.plainBytes !== bytes) return `has ${shape.plainBytes} bytes inside, and the lock ${bytes}`
  if (ciphertext === former) return 'is what the lock has already: nothing was sealed anew'
  // RSA gives a number below the modulus. This finds another key of the same size, though not always.
  const number = Buffer.from(ciphertext, 'base64').subarray(2, 2 + shape.modulusBytes)
  const { n = '' } = certificate.publicKey.export({ format: 'jwk' })
  const modulus = Buffer.from(n, 'base64url')
  return modulus.length === number.length && number.compare(modulus) >= 0 ? 'is sealed for another key' : undefined
}

/** As the controller reads them: the widest one wins. */
function scopeOf(annotations: Readonly<Record<string, unknown>>): Scope {
  const wider = (['cluster-wide', 'namespace-wide'] as const).find((s) => annotations[scopeAnnotation(s)] === 'true')
  return wider ?? 'strict'
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {}
}
