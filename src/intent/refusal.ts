/** What a schema says against a value beside its type and its keys, in words for whoever wrote the value. */
import type { ErrorObject } from 'ajv'

/** @returns what follows the name of the value: `is empty; at least one is needed` */
export function refusalOf({ keyword, data, params, parentSchema, message }: ErrorObject): string {
  const limit = Number(params['limit'])
  switch (keyword) {
    case 'minItems':
      return tooFew(sizeOf(data), limit)
    case 'maxItems':
      return `has ${sizeOf(data)} items; at most ${limit} can be there`
    case 'uniqueItems':
      return `has ${JSON.stringify((data as readonly unknown[])[Number(params['j'])])} twice`
    case 'minProperties': {
      const known = Object.keys((parentSchema?.['properties'] as object | undefined) ?? {})
      return `${tooFew(sizeOf(data), limit)}${known.length === 0 ? '' : `: ${known.join(', ')}`}`
    }
    case 'maxProperties':
      return `has ${Object.keys(data as object).join(' and ')}; at most ${limit} can be there`
    case 'minLength':
      return data === '' ? 'is an empty text' : `has ${sizeOf(data)} characters; at least ${limit} are needed`
    case 'maxLength':
      return `has ${sizeOf(data)} characters; at most ${limit} can be there`
    case 'pattern':
      return `is ${JSON.stringify(data)}, which is not of the form ${String(params['pattern'])}`
    case 'minimum':
      return `is ${String(data)}; at least ${limit} is needed`
    case 'maximum':
      return `is ${String(data)}; at most ${limit} is allowed`
    default:
      return message ?? keyword
  }
}

function tooFew(size: number, limit: number): string {
  const needed = limit === 1 ? 'at least one is needed' : `at least ${limit} are needed`
  return size === 0 ? `is empty; ${needed}` : `has ${size}; ${needed}`
}

/** Characters are counted as the schema counts them: by code points. */
function sizeOf(data: unknown): number {
  if (typeof data === 'string') return Array.from(data).length
  return typeof data === 'object' && data !== null ? Object.keys(data).length : 0
}

/** Why a port cannot speak a protocol of another name than those that are known; undefined for what is no name. */
export function protocolRefusal(protocol: unknown): string | undefined {
  if (typeof protocol !== 'string' || !/^[A-Za-z][A-Za-z0-9._/-]*$/.test(protocol)) return undefined
  return /^(udp|sctp|dtls|quic|http\/?3|dns|rtp)$/i.test(protocol)
    ? 'which is not TCP, and a gateway passes on TCP alone'
    : 'which Istio does not know'
}
