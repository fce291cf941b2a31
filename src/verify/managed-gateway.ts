/**
 * A Gateway of the Kubernetes Gateway API: istiod makes the workload for it, and takes changes to that from a ConfigMap.
 * What is known to make another workload, or none, does not pass.
 */
import { Ajv, type ValidateFunction } from 'ajv'
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { documentReader } from './documents.ts'
import { fieldAt, fieldsOf, isMap, listOf, shown, textOf } from './fields.ts'
import { judgeProtection, ofKind, titleOf, type FoundObject } from './objects.ts'
import type { ClusterOutput } from './read.ts'
import { closed, type Schema } from './schema.ts'
import { GATEWAY_API, NETWORKING, toDiagnostic } from './shapes.ts'

const LISTENERS_MAX = 64

/** Keys of whose prefix nothing but the one that lists them decides. */
function keyed(pattern: string, least = 0): Schema {
  return {
    type: 'object',
    minProperties: least,
    propertyNames: { pattern },
    additionalProperties: { type: 'string' },
  }
}

const GATEWAY: Schema = closed({
  apiVersion: { const: `${GATEWAY_API}/v1` },
  kind: { const: 'Gateway' },
  metadata: closed({
    name: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$' },
    namespace: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$' },
    'labels?': keyed('^(app[.]kubernetes[.]io/|istio[.]io/rev$)'),
    'annotations?': keyed('^(argocd[.]argoproj[.]io|kustomize[.]toolkit[.]fluxcd[.]io)/'),
  }),
  spec: closed({
    gatewayClassName: { const: 'istio' },
    // istiod copies those of the Gateway where there are none; any of Istio's would decide what runs.
    infrastructure: closed({
      labels: keyed('^app[.]kubernetes[.]io/part-of$', 1),
      annotations: keyed('^(?!([^/]*[.])?istio[.]io/)', 1),
      'parametersRef?': closed({ group: { const: '' }, kind: { const: 'ConfigMap' }, name: { type: 'string' } }),
    }),
    listeners: {
      type: 'array',
      minItems: 1,
      maxItems: LISTENERS_MAX,
      items: closed({
        name: { type: 'string', maxLength: 253, pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$' },
        hostname: { type: 'string' },
        port: { const: 15_443 },
        protocol: { const: 'TLS' },
        tls: closed({
          mode: { const: 'Passthrough' },
          options: closed({ 'gateway.istio.io/listener-protocol': { const: 'auto-passthrough' } }),
        }),
        'allowedRoutes?': closed({ namespaces: closed({ from: { const: 'Same' } }) }),
      }),
    },
  }),
})

const COUNT: Schema = { type: 'integer', minimum: 1 }
const LIST: Schema = { type: 'array', minItems: 1 }

/** What istiod merges into the objects that it makes, by the keys of the ConfigMap. */
const PATCHES: Schema = closed({
  'deployment?': closed({
    spec: closed({
      template: closed({
        spec: closed({
          'topologySpreadConstraints?': LIST,
          'containers?': {
            type: 'array',
            minItems: 1,
            maxItems: 1,
            items: closed({
              name: { const: 'istio-proxy' },
              resources: closed({ 'requests?': { type: 'object' }, 'limits?': { type: 'object' } }),
            }),
          },
        }),
      }),
    }),
  }),
  'horizontalPodAutoscaler?': closed({ spec: closed({ minReplicas: COUNT, maxReplicas: COUNT, metrics: LIST }) }),
  'podDisruptionBudget?': closed({ spec: closed({ maxUnavailable: { const: 1 } }) }),
  'service?': closed({
    spec: closed({
      'externalTrafficPolicy?': { enum: ['Cluster', 'Local'] },
      'type?': { const: 'NodePort' },
      'ports?': {
        type: 'array',
        minItems: 1,
        maxItems: 1,
        items: closed({ port: { const: 15_443 }, nodePort: { type: 'integer', minimum: 30_000, maximum: 32_767 } }),
      },
    }),
  }),
})

let compiled: { readonly gateway: ValidateFunction; readonly patches: ValidateFunction } | undefined

function schemas(): NonNullable<typeof compiled> {
  const compile = (schema: Schema): ValidateFunction => new Ajv({ allErrors: true, verbose: true }).compile(schema)
  compiled ??= { gateway: compile(GATEWAY), patches: compile(PATCHES) }
  return compiled
}

/** Names inside the cluster that its listeners let in; what ends with .invalid leads nowhere (RFC 6761). */
export function listenedHosts({ fields }: FoundObject): readonly string[] {
  return listOf(fieldAt(fields, 'spec', 'listeners'))
    .map((listener) => textOf(fieldAt(listener, 'hostname')))
    .filter((hostname) => !hostname.endsWith('.invalid'))
}

export function judgeManagedGateways(cluster: ClusterOutput): Diagnostic[] {
  const [gateway, second] = ofKind(cluster.objects, GATEWAY_API, 'Gateway')
  const parameters = gateway && parametersOf(cluster, gateway)
  const maps = ofKind(cluster.objects, '', 'ConfigMap')
  const strangers = maps
    .filter((map) => map !== parameters && !(map.namespace === 'kube-system' && map.name === 'coredns'))
    .map((map) => diagnose('MESH-E759', { object: titleOf(map) }, map.at('kind')))
  if (gateway === undefined) return strangers
  const { gateway: validate } = schemas()
  const misshapen = validate(gateway.fields)
    ? []
    : (validate.errors ?? []).flatMap((error) => toDiagnostic(gateway, error))
  const beside = [second, ofKind(cluster.objects, NETWORKING, 'Gateway')[0]].filter((other) => other !== undefined)
  return [
    ...strangers,
    ...misshapen,
    ...judgeProtection(gateway),
    ...beside.map((other) =>
      diagnose('MESH-E770', { object: titleOf(other), detail: 'a cluster has one Gateway' }, other.at('kind')),
    ),
    ...[...judgeGateway(cluster, gateway, parameters)].map(([detail, ...path]) =>
      diagnose('MESH-E770', { object: titleOf(gateway), detail }, gateway.at(...path)),
    ),
    ...(parameters ? judgeParameters(parameters) : []),
  ]
}

function parametersOf({ objects }: ClusterOutput, gateway: FoundObject): FoundObject | undefined {
  const name = fieldAt(gateway.fields, 'spec', 'infrastructure', 'parametersRef', 'name')
  return ofKind(objects, '', 'ConfigMap').find((map) => map.namespace === gateway.namespace && map.name === name)
}

type Finding = readonly [detail: string, ...path: (string | number)[]]

function* judgeGateway(
  cluster: ClusterOutput,
  { fields }: FoundObject,
  parameters: FoundObject | undefined,
): Generator<Finding> {
  if (fieldAt(fields, 'spec', 'infrastructure', 'parametersRef') !== undefined && parameters === undefined) {
    yield ['the ConfigMap of its parametersRef is not there, so istiod makes nothing', 'spec', 'infrastructure']
  }
  const [values] = cluster.values
  if (values !== undefined) {
    const { revision, revisionTags } = fieldsOf(values.value)
    const known = [revision, ...listOf(revisionTags)].filter((name) => name !== undefined && name !== '')
    const label = fieldAt(fields, 'metadata', 'labels', 'istio.io/rev')
    if (known.length === 0 ? label !== undefined : !known.includes(label)) {
      const wanted = known.length === 0 ? 'no revision' : `revision ${known.map(shown).join(' or ')}`
      yield [
        `its label istio.io/rev is ${shown(label)}, but istiod is installed with ${wanted}, and makes nothing`,
        'metadata',
        'labels',
      ]
    }
  }
  yield* judgeListeners(cluster, listOf(fieldAt(fields, 'spec', 'listeners')))
}

function* judgeListeners({ settings }: ClusterOutput, listeners: readonly unknown[]): Generator<Finding> {
  for (const field of ['name', 'hostname']) {
    const values = listeners.map((listener) => fieldAt(listener, field))
    for (const [i, value] of values.entries()) {
      if (values.indexOf(value) < i) yield [`${shown(value)} is there twice`, 'spec', 'listeners', i, field]
    }
  }
  for (const [i, listener] of listeners.entries()) {
    const hostname = textOf(fieldAt(listener, 'hostname'))
    const place = ['spec', 'listeners', i, 'hostname'] as const
    if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(hostname)) {
      yield [`${shown(hostname)} is no exact host`, ...place]
    } else if (
      settings.clusterDomain !== undefined &&
      !hostname.endsWith('.invalid') &&
      !hostname.endsWith(`.svc.${settings.clusterDomain}`)
    ) {
      yield [`${hostname} is no service of the cluster domain ${settings.clusterDomain}`, ...place]
    }
  }
}

function judgeParameters(map: FoundObject): Diagnostic[] {
  const data = fieldAt(map.fields, 'data')
  const read = documentReader()
  const patches: Record<string, unknown> = {}
  for (const [key, text] of Object.entries(isMap(data) ? data : {})) {
    const { documents, diagnostics } = read(key, textOf(text))
    patches[key] = documents.length === 1 && diagnostics.length === 0 ? documents[0]?.value : null
  }
  const { patches: validate } = schemas()
  if (validate(patches)) return judgeProtection(map)
  const found = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'propertyNames')
  const details = found.map(({ instancePath, message }) => `${instancePath.slice(1)}: ${message ?? ''}`)
  return [
    ...judgeProtection(map),
    ...details.map((detail) => diagnose('MESH-E770', { object: titleOf(map), detail }, map.at('data'))),
  ]
}
