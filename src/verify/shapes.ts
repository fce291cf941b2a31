/**
 * What an output may hold at all: the kinds of objects, and for Istio's kinds the fields and values, that are known to
 * lead where they should. Istio ignores some of the rest in silence and refuses the whole object for some; what it
 * makes of an unknown field is decided by its release, so nothing unknown passes here.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { shown } from './fields.ts'
import { ofKind, titleOf, type FoundObject } from './objects.ts'
import { closed, type Schema } from './schema.ts'
import { CONNECTION_POOL, loadBalancer, PROTOCOLS, RULE_SETTINGS } from './settings-shapes.ts'

export const NETWORKING = 'networking.istio.io'
export const SECURITY = 'security.istio.io'
export const GATEWAY_API = 'gateway.networking.k8s.io'

/** Kinds by API group. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  '': ['Namespace', 'ConfigMap', 'Secret'],
  'bitnami.com': ['SealedSecret'],
  'external-secrets.io': ['ExternalSecret'],
  [NETWORKING]: ['Gateway', 'ServiceEntry', 'DestinationRule', 'VirtualService'],
  [SECURITY]: ['AuthorizationPolicy', 'PeerAuthentication'],
  [GATEWAY_API]: ['Gateway'],
}

/** Judged elsewhere, where more than the value itself is known. */
export const ANY: Schema = true
export const TEXT: Schema = { type: 'string' }
const SOME_TEXT: Schema = { type: 'string', minLength: 1 }
export const LABEL: Schema = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$' }
const TEXTS = { type: 'object', additionalProperties: TEXT }
export const LABEL_VALUES: object = {
  type: 'object',
  propertyNames: { pattern: '^([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$' },
  additionalProperties: { type: 'string', pattern: '^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$' },
}

export function listOfEach(items: Schema): object {
  return { type: 'array', items }
}

export function atLeastOne(items: Schema): Schema {
  return { type: 'array', items, minItems: 1 }
}

/** `*` only alone, else names of namespaces, each once (istio: pkg/config/validation/validation.go, validateExportTo). */
const EXPORT_TO: Schema = {
  type: 'array',
  minItems: 1,
  uniqueItems: true,
  items: { type: 'string', pattern: '^([*]|[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)$' },
  not: { minItems: 2, contains: { const: '*' } },
}

const SERVICE_ENTRY: Schema = closed({
  'hosts?': ANY,
  'addresses?': ANY,
  'location?': ANY,
  'resolution?': ANY,
  'ports?': listOfEach(
    closed({ 'number?': ANY, 'targetPort?': ANY, 'name?': LABEL, 'protocol?': { enum: PROTOCOLS } }),
  ),
  'endpoints?': listOfEach(
    closed({
      'address?': ANY,
      'ports?': ANY,
      'locality?': { type: 'string', pattern: '^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+){0,2}$' },
      'labels?': LABEL_VALUES,
    }),
  ),
  'subjectAltNames?': listOfEach(TEXT),
  'exportTo?': EXPORT_TO,
})

const OUTLIER_DETECTION: Schema = closed({
  consecutive5xxErrors: { const: 0 },
  consecutiveGatewayErrors: { type: 'integer', minimum: 1, maximum: 100 },
  maxEjectionPercent: ANY,
})

const LOCALITY_SETTING: Schema = closed({
  enabled: { type: 'boolean' },
  'failoverPriority?': ANY,
  'distribute?': listOfEach(closed({ from: ANY, to: { type: 'object', propertyNames: LABEL } })),
})

const PORTS: Schema = listOfEach(
  closed({
    'port?': closed({ 'number?': ANY }),
    'tls?': closed({ 'mode?': ANY, 'sni?': ANY }),
    'connectionPool?': CONNECTION_POOL,
    'loadBalancer?': loadBalancer(LOCALITY_SETTING),
    'outlierDetection?': OUTLIER_DETECTION,
  }),
)

const DESTINATION_RULE: Schema = closed({
  'host?': ANY,
  'trafficPolicy?': closed({ ...RULE_SETTINGS, 'portLevelSettings?': PORTS }),
  'subsets?': listOfEach(
    closed({ name: LABEL, 'labels?': LABEL_VALUES, 'trafficPolicy?': closed({ 'portLevelSettings?': PORTS }) }),
  ),
  'exportTo?': { anyOf: [EXPORT_TO, { const: ['.'] }] },
})

/** Exactly one way to match, and a text that is not empty. */
const TEXT_MATCH: Schema = {
  ...closed({ 'exact?': SOME_TEXT, 'prefix?': SOME_TEXT, 'regex?': SOME_TEXT }),
  minProperties: 1,
  maxProperties: 1,
}

/** Go's form of a duration of whole milliseconds, which is not nothing. */
const DURATION: Schema = { type: 'string', pattern: '^(?=.*[1-9])([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$' }

const VIRTUAL_SERVICE: Schema = closed({
  hosts: ANY,
  http: atLeastOne(
    closed({
      'match?': atLeastOne({
        ...closed({
          'uri?': TEXT_MATCH,
          'method?': TEXT_MATCH,
          'headers?': { type: 'object', minProperties: 1, additionalProperties: TEXT_MATCH },
        }),
        minProperties: 1,
      }),
      route: atLeastOne(
        closed({
          destination: closed({ host: ANY, 'subset?': LABEL }),
          'weight?': { type: 'integer', minimum: 0, maximum: 100 },
        }),
      ),
      'timeout?': DURATION,
      'retries?': closed({
        attempts: { type: 'integer', minimum: 0, maximum: 100 },
        'perTryTimeout?': DURATION,
        'retryOn?': { type: 'string', pattern: '^[a-z0-9-]+(,[a-z0-9-]+)*$' },
      }),
    }),
  ),
  'exportTo?': EXPORT_TO,
})

const GATEWAY: Schema = closed({
  'selector?': LABEL_VALUES,
  'servers?': listOfEach(
    closed({
      port: closed({ number: ANY, name: LABEL, protocol: ANY }),
      'tls?': closed({ 'mode?': ANY }),
      'hosts?': ANY,
    }),
  ),
})

/** Without a label a policy would hold for its whole namespace. */
const SELECTOR: Schema = closed({ matchLabels: { ...LABEL_VALUES, minProperties: 1 } })

export const AUTHORIZATION_POLICY: Schema = closed({
  selector: SELECTOR,
  action: { const: 'ALLOW' },
  rules: {
    ...listOfEach(
      closed({
        from: atLeastOne(closed({ source: closed({ principals: atLeastOne(TEXT) }) })),
        'to?': atLeastOne(
          closed({ operation: closed({ ports: atLeastOne({ type: 'string', pattern: '^[1-9][0-9]{0,4}$' }) }) }),
        ),
      }),
    ),
    minItems: 1,
    maxItems: 1,
  },
})

export const PEER_AUTHENTICATION: Schema = closed({ selector: SELECTOR, mtls: closed({ mode: { const: 'STRICT' } }) })

/** Of a policy: one annotation makes a trial of it that refuses nobody, one label hides it from other revisions of Istio. */
export const POLICY_METADATA: Readonly<Record<string, Schema>> = {
  'labels?': { ...LABEL_VALUES, propertyNames: { pattern: '^app[.]kubernetes[.]io/' } },
  'annotations?': { ...TEXTS, propertyNames: { pattern: '^argocd[.]argoproj[.]io/' } },
}

/** `v1` is served from Istio 1.22 on; what `v1` means does not depend on the release. */
export function objectOf(
  group: string,
  kind: string,
  spec: Schema,
  metadata: Readonly<Record<string, Schema>> = { 'labels?': LABEL_VALUES, 'annotations?': TEXTS },
  version = 'v1',
): Schema {
  return closed({
    apiVersion: { const: `${group}/${version}` },
    kind: { const: kind },
    metadata: closed({
      name: {
        type: 'string',
        maxLength: 253,
        pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
      },
      namespace: LABEL,
      ...metadata,
    }),
    spec,
  })
}

export type Shape = readonly [group: string, kind: string, schema: Schema]

export const SHAPES: readonly Shape[] = [
  [NETWORKING, 'ServiceEntry', objectOf(NETWORKING, 'ServiceEntry', SERVICE_ENTRY)],
  [NETWORKING, 'DestinationRule', objectOf(NETWORKING, 'DestinationRule', DESTINATION_RULE)],
  [NETWORKING, 'VirtualService', objectOf(NETWORKING, 'VirtualService', VIRTUAL_SERVICE)],
  [NETWORKING, 'Gateway', objectOf(NETWORKING, 'Gateway', GATEWAY)],
  [SECURITY, 'AuthorizationPolicy', objectOf(SECURITY, 'AuthorizationPolicy', AUTHORIZATION_POLICY, POLICY_METADATA)],
  [SECURITY, 'PeerAuthentication', objectOf(SECURITY, 'PeerAuthentication', PEER_AUTHENTICATION, POLICY_METADATA)],
]

type Compiled = readonly (readonly [group: string, kind: string, validate: ValidateFunction])[]

const compiled = new WeakMap<readonly Shape[], Compiled>()

function validators(shapes: readonly Shape[]): Compiled {
  const known = compiled.get(shapes)
  if (known !== undefined) return known
  const made = shapes.map(([group, kind, schema]) => {
    return [group, kind, new Ajv({ allErrors: true, verbose: true }).compile(schema)] as const
  })
  compiled.set(shapes, made)
  return made
}

export function judgeShapes(objects: readonly FoundObject[], shapes: readonly Shape[]): Diagnostic[] {
  const strangers = objects
    .filter(({ group, kind }) => KINDS[group]?.includes(kind) !== true)
    .map((object) => diagnose('MESH-E759', { object: titleOf(object) }, object.at('kind')))
  const misshapen = validators(shapes).flatMap(([group, kind, validate]) =>
    ofKind(objects, group, kind).flatMap((object) =>
      validate(object.fields) ? [] : (validate.errors ?? []).flatMap((error) => toDiagnostic(object, error)),
    ),
  )
  return [...strangers, ...misshapen]
}

/** What an error of a closed schema says about an object. */
export function toDiagnostic(object: FoundObject, error: ErrorObject): Diagnostic[] {
  // What is wrong is said by an error of its own.
  if (error.keyword === 'propertyNames') return []
  const inner = pathOf(error.instancePath)
  const extra: unknown = error.params['additionalProperty'] ?? error.propertyName
  const missing: unknown = error.params['missingProperty']
  const path = typeof extra === 'string' ? [...inner, extra] : inner
  const field = [...path, ...(typeof missing === 'string' ? [missing] : [])].join('.')
  const found = typeof extra === 'string' ? 'a field that meshwright never sets' : foundText(error, missing)
  return [diagnose('MESH-E760', { object: titleOf(object), field: shown(field), found }, object.at(...path))]
}

function foundText(error: ErrorObject, missing: unknown): string {
  return typeof missing === 'string' ? 'missing' : shown(error.data)
}

/** A JSON pointer (RFC 6901) as keys and indexes. */
function pathOf(pointer: string): (string | number)[] {
  const parts = pointer.split('/').slice(1)
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')))
}
