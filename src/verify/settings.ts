/** Whether the settings of a DestinationRule reach the ports that they are meant for, and no others. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { isHttp } from '../mesh/ports.ts'
import { fieldAt, fieldsOf, isMap, listOf, shown } from './fields.ts'
import type { FoundObject } from './objects.ts'

interface Settled {
  readonly host: string
  /** What is spoken, by port of the host. */
  readonly protocols: ReadonlyMap<number, string>
  readonly rule: FoundObject
}

const POLICY = ['spec', 'trafficPolicy'] as const

export function judgeSettings({ host, protocols, rule }: Settled): Diagnostic[] {
  const ports = listOf(fieldAt(rule.fields, ...POLICY, 'portLevelSettings')).map((setting, index) => {
    const number = fieldAt(setting, 'port', 'number')
    return { setting, index, number, protocol: protocols.get(Number(number)) ?? '' }
  })
  // A port that the host does not have is told elsewhere.
  const opaque = ports.filter(({ protocol }) => protocol !== '' && !isHttp(protocol))
  const ofHttp = opaque.filter(({ setting }) => needsRequests(setting))
  const policy = fieldAt(rule.fields, ...POLICY)
  const wanted = opaque.map(({ setting }) => ofListener(setting))
  const odd = wanted.find((settings) => settings !== ofListener(policy))
  const isLost = odd !== undefined || (opaque.length === 0 && ofListener(policy) !== NOTHING)
  return [
    ...ofHttp.map(({ index, number, protocol }) => {
      const args = { host, port: Number(number), protocol }
      return diagnose('MESH-E793', args, rule.at(...POLICY, 'portLevelSettings', index))
    }),
    ...(isLost
      ? [diagnose('MESH-E794', { host, found: ofListener(policy), wanted: odd ?? NOTHING }, rule.at(...POLICY))]
      : []),
  ]
}

/** An upgrade to HTTP/2 would even break what is no HTTP; the others would do nothing. */
function needsRequests(setting: unknown): boolean {
  const hash = fieldAt(setting, 'loadBalancer', 'consistentHash')
  return (
    fieldAt(setting, 'connectionPool', 'http') !== undefined ||
    (hash !== undefined && fieldAt(hash, 'useSourceIp') !== true)
  )
}

const NOTHING = 'nothing'

/** What a listener for bytes takes from the rule, and from no port of it. */
function ofListener(policy: unknown): string {
  const found = [
    ['maxConnectionDuration', fieldAt(policy, 'connectionPool', 'tcp', 'maxConnectionDuration')],
    ['idleTimeout', fieldAt(policy, 'connectionPool', 'tcp', 'idleTimeout')],
    ['useSourceIp', fieldAt(policy, 'loadBalancer', 'consistentHash', 'useSourceIp')],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${String(name)} ${shown(value)}`]))
  return found.length === 0 ? NOTHING : found.join(', ')
}

/** Equal texts for equal settings of all ports; where its clusters are called is not among them. */
export function settingsText(rule: FoundObject): string {
  return textOfSettings(listOf(fieldAt(rule.fields, ...POLICY, 'portLevelSettings')))
}

/** @param list the settings of ports */
export function textOfSettings(list: readonly unknown[]): string {
  const texts = list.map((setting) => {
    const { localityLbSetting: _, ...balancer } = fieldsOf(fieldAt(setting, 'loadBalancer'))
    const parts = [fieldAt(setting, 'port', 'number'), fieldAt(setting, 'connectionPool'), balancer]
    return JSON.stringify(parts.map(ordered))
  })
  return texts.sort().join()
}

function ordered(value: unknown): unknown {
  if (!isMap(value)) return value ?? null
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return entries.map(([key, inner]) => [key, ordered(inner)])
}
