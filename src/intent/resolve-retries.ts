/** Timeouts and retries, as far as Istio takes them (istio: pkg/config/validation/validation.go, validateHTTPRetry). */
import { diagnose } from '../diagnostics/diagnostic.ts'
import { suggest } from '../diagnostics/suggest.ts'
import type { Retries } from '../mesh/routing.ts'
import type { Complaints } from './complaints.ts'
import type { Locate } from './entry.ts'
import type { Service as ServiceIntent } from './schema.gen.ts'

/** Conditions of Envoy (x-envoy-retry-on, x-envoy-retry-grpc-on) that Istio knows. */
const RETRY_ON = [
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'retriable-headers',
  'envoy-ratelimited',
  'http3-post-connect-failure',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
] as const

/** Client and server errors that have a name in Go's net/http, which Istio asks. */
const STATUS_CODE = /^(40\d|41[0-8]|42[1-689]|431|451|50[0-8]|51[01])$/

type Traffic = NonNullable<ServiceIntent['traffic']>

export function resolveTimeout(
  timeout: string | undefined,
  service: string,
  at: Locate,
  complaints: Complaints,
): string | undefined {
  if (timeout !== undefined && milliseconds(timeout) === undefined) {
    complaints.add(malformed(service, 'timeout', timeout, DURATION, at('traffic', 'timeout')))
  }
  return timeout
}

const DURATION = 'write a time of a millisecond or more: 500ms, 10s, 1m30s'

export function resolveRetries(
  { retries, timeout }: Traffic,
  service: string,
  at: Locate,
  complaints: Complaints,
): Retries | undefined {
  if (retries === undefined) return undefined
  const { attempts, perTryTimeout, retryOn } = retries
  if (attempts === 0 && (perTryTimeout !== undefined || retryOn !== undefined)) {
    const advice = 'remove what is said beside it: there is nothing to try again'
    complaints.add(malformed(service, 'attempts', '0', advice, at('traffic', 'retries', 'attempts')))
  }
  if (perTryTimeout !== undefined) {
    const [each, all] = [milliseconds(perTryTimeout), timeout === undefined ? undefined : milliseconds(timeout)]
    const place = at('traffic', 'retries', 'perTryTimeout')
    if (each === undefined) complaints.add(malformed(service, 'perTryTimeout', perTryTimeout, DURATION, place))
    else if (all !== undefined && each > all) {
      const advice = `write less than the timeout of the whole request, ${timeout}: it would never be reached`
      complaints.add(malformed(service, 'perTryTimeout', perTryTimeout, advice, place))
    }
  }
  for (const [i, condition] of (retryOn ?? []).entries()) {
    if (RETRY_ON.some((known) => known === condition) || STATUS_CODE.test(condition)) continue
    const advice = `write ${RETRY_ON.slice(0, 5).join(', ')} or another condition of Envoy, or a status code`
    const suggestion = suggest(condition, RETRY_ON)
    const place = at('traffic', 'retries', 'retryOn', i)
    complaints.add(malformed(service, 'retryOn', condition, advice, place, suggestion))
  }
  return {
    attempts,
    ...(perTryTimeout !== undefined && { perTryTimeout }),
    ...(retryOn && { retryOn: [...new Set(retryOn)] }),
  }
}

/** Undefined for what is no time of a millisecond to a day: numbers and units in falling order, without fractions. */
function milliseconds(text: string): number | undefined {
  const parts = /^(?=\d)(?:(?<h>\d{1,2})h)?(?:(?<m>\d{1,4})m(?!s))?(?:(?<s>\d{1,5})s)?(?:(?<ms>\d{1,8})ms)?$/.exec(
    text,
  )?.groups
  if (parts === undefined) return undefined
  const number = (key: string): number => Number(parts[key] ?? 0)
  const total = number('h') * 3_600_000 + number('m') * 60_000 + number('s') * 1000 + number('ms')
  return total < 1 || total > 86_400_000 ? undefined : total
}

function malformed(
  service: string,
  field: string,
  value: string,
  advice: string,
  place: ReturnType<Locate>,
  suggestion?: string,
): ReturnType<typeof diagnose> {
  return diagnose(
    'MESH-E254',
    { service, field, value, advice, ...(suggestion !== undefined && { suggestion }) },
    place,
  )
}
