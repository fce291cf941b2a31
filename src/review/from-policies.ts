/** What a change of a policy does to those who call. */
import type { ObjectChange } from '../tree/difference.ts'
import { isRecord, type TreeObject } from '../tree/objects.ts'
import { changedSet } from './changed-set.ts'

export interface PolicyChange {
  /** Whether more is let in; false: less. */
  readonly more: boolean
  readonly detail: string
}

export function ofPolicy(change: ObjectChange): PolicyChange[] {
  const { kind, object, before } = change
  const isPeer = object.kind === 'PeerAuthentication'
  if (kind === 'removed' || before === undefined) {
    const more = kind === 'removed'
    if (isPeer)
      return [{ more, detail: more ? 'plain text is no longer refused' : 'callers without a sidecar are cut off' }]
    return [{ more, detail: more ? 'goes away, so everybody may call' : cutOff(object) }]
  }
  const pods = [labelsOf(before), labelsOf(object)] as const
  const moved: PolicyChange[] =
    pods[0] === pods[1]
      ? []
      : [
          { more: true, detail: `no longer holds for pods ${pods[0]}` },
          { more: false, detail: `holds for pods ${pods[1]}` },
        ]
  if (isPeer || !isPlain(before) || !isPlain(object)) return [...moved, ...(isPeer ? [] : byFields(change))]
  return [
    ...moved,
    ...changedSet(callersOf(before), callersOf(object), ANYBODY).map(({ more, list }) => ({
      more,
      detail: `${more ? 'lets in' : 'no longer lets in'} ${list}`,
    })),
    ...changedSet(portsOf(before), portsOf(object), EVERY_PORT).map(({ more, list }) => ({
      more,
      detail: `${more ? 'lets them in on' : 'no longer lets them in on'} ${list}`,
    })),
  ]
}

const ANYBODY = 'everybody'
const EVERY_PORT = 'every port of the pods'

function cutOff(object: TreeObject): string {
  if (!isPlain(object)) return 'is new'
  const ports = portsOf(object)
  const where = ports.includes(EVERY_PORT) ? '' : ` on ${ports.join(', ')}`
  return `lets in only ${callersOf(object).join(', ')}${where}; everybody else is cut off, within the cluster too`
}

/** One rule that allows identities, which is all that is rendered here. */
function isPlain(object: TreeObject): boolean {
  const { action, rules } = specOf(object)
  return action === 'ALLOW' && Array.isArray(rules) && rules.length === 1 && callersOf(object).length > 0
}

function callersOf(object: TreeObject): string[] {
  return rulesOf(object).flatMap((rule) =>
    Array.isArray(rule['from']) ? listsIn(rule['from'], 'source', 'principals') : [ANYBODY],
  )
}

function portsOf(object: TreeObject): string[] {
  const ports = rulesOf(object).flatMap((rule) => listsIn(rule['to'], 'operation', 'ports'))
  return ports.length === 0 ? [EVERY_PORT] : ports.map((port) => `port ${port}`)
}

function rulesOf(object: TreeObject): readonly Readonly<Record<string, unknown>>[] {
  const { rules } = specOf(object)
  return Array.isArray(rules) ? rules.filter(isRecord) : []
}

/** The texts in `field` of `part` of each element. */
function listsIn(list: unknown, part: string, field: string): string[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((element: unknown) => {
    const inner = isRecord(element) ? element[part] : undefined
    const texts = isRecord(inner) ? inner[field] : undefined
    return Array.isArray(texts) ? texts.filter((text): text is string => typeof text === 'string') : []
  })
}

function labelsOf(object: TreeObject): string {
  const { selector } = specOf(object)
  const labels = isRecord(selector) ? selector['matchLabels'] : undefined
  const pairs = isRecord(labels) ? Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`) : []
  return pairs.length === 0 ? 'of the whole namespace' : pairs.sort().join(',')
}

function specOf({ fields }: TreeObject): Readonly<Record<string, unknown>> {
  return isRecord(fields['spec']) ? fields['spec'] : {}
}

/** Of policies of another form: a rule more lets more in, and so does one less that denies. */
function byFields({ object, fields }: ObjectChange): PolicyChange[] {
  const denies = specOf(object)['action'] === 'DENY'
  const loosened = fields.some(
    ({ before, after }) =>
      (denies ? after === undefined : before === undefined) || (before !== undefined && after !== undefined),
  )
  return loosened ? [{ more: true, detail: 'lets in whom it did not' }] : []
}
