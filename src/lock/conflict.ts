/** What each side of an unresolved merge says of a lock file, so that somebody can choose one of them whole. */
import { X509Certificate } from 'node:crypto'
import { parse } from 'yaml'
import type { Side } from '../tree/merge-conflict.ts'
import { isIntact } from './write.ts'

/** One line: `HEAD: address 240.31.3.223, exposed from cluster-2 (8000)`. */
export function describeSide({ name, text }: Side): string {
  // Where both sides changed different lines, git takes both changes without a word into each.
  const mixed = isIntact(text) ? '' : ' (mixed with lines of the other side)'
  return `${name}: ${factsOf(text).join(', ')}${mixed}`
}

function factsOf(text: string): string[] {
  let value: unknown
  try {
    value = parse(text, { version: '1.1' })
  } catch {
    value = undefined
  }
  const fields = recordOf(value)
  const removed = fields['removed'] === true ? ['removed'] : []
  if (fields['kind'] === 'Host') return [`address ${wordOf(fields['address'])}`, ...exposuresOf(fields), ...removed]
  const certificate = fingerprintOf(fields['certificate'])
  if (fields['kind'] === 'Root') return [`certificate ${certificate}`]
  if (fields['kind'] === 'Cluster') {
    const { backend, certificate: sealing } = recordOf(fields['sealed'])
    const known = backend === 'sops' || backend === 'external-secrets'
    const sealed = known ? `kept by ${backend}` : `sealed for ${wordOf(sealing)}`
    const [generation, root] = [wordOf(fields['generation']), wordOf(fields['root'])]
    return [`generation ${generation} of root ${root}`, `certificate ${certificate}`, sealed, ...removed]
  }
  return ['cannot be read']
}

function exposuresOf(fields: Readonly<Record<string, unknown>>): string[] {
  const exposures = Array.isArray(fields['exposures']) ? fields['exposures'].map(recordOf) : []
  const places = exposures.map(({ cluster, ports, retiring, policy }) => {
    const { principals } = recordOf(policy)
    const numbers = Array.isArray(ports) ? ports.map(wordOf).join(' ') : '?'
    const callers = Array.isArray(principals) ? `, for ${principals.map(wordOf).join(' ')} only` : ''
    return `${wordOf(cluster)} (${numbers}${callers}${retiring === true ? ', retiring' : ''})`
  })
  return places.length === 0 ? [] : [`exposed from ${places.join(' and ')}`]
}

function fingerprintOf(pem: unknown): string {
  try {
    const { fingerprint256, validTo } = new X509Certificate(String(pem))
    return `sha256:${fingerprint256.replaceAll(':', '').toLowerCase()} until ${new Date(validTo).toISOString().slice(0, 10)}`
  } catch {
    return 'that cannot be read'
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

function wordOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '?'
}
