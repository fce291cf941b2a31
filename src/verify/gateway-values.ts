/** Values of the gateway chart: what it makes of them is a gateway that ours selects, and that opens one port only. */
import { Ajv, type ValidateFunction } from 'ajv'
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { fieldAt, fieldsOf, listOf, shown, type Fields } from './fields.ts'
import { ofKind } from './objects.ts'
import type { ClusterOutput } from './read.ts'
import { closed, type Schema } from './schema.ts'
import { GATEWAY_API, NETWORKING } from './shapes.ts'

const COUNT: Schema = { type: 'integer', minimum: 1 }
const TEXTS = { type: 'object', additionalProperties: { type: 'string' } }
const PORT: Schema = { type: 'integer', minimum: 1, maximum: 65_535 }

/** `networkGateway` is not among them: with it the chart opens the ports of istiod. */
const VALUES: Schema = closed({
  labels: { ...TEXTS, minProperties: 1 },
  'revision?': { type: 'string' },
  rbac: closed({ enabled: { const: false } }),
  service: closed({
    type: { enum: ['LoadBalancer', 'NodePort'] },
    'externalTrafficPolicy?': { enum: ['Cluster', 'Local'] },
    annotations: TEXTS,
    ports: {
      type: 'array',
      minItems: 1,
      maxItems: 1,
      items: closed({
        name: { const: 'tls' },
        port: PORT,
        targetPort: { const: 15_443 },
        protocol: { const: 'TCP' },
        'nodePort?': PORT,
      }),
    },
  }),
  autoscaling: closed({
    enabled: { const: true },
    minReplicas: COUNT,
    maxReplicas: COUNT,
    targetCPUUtilizationPercentage: COUNT,
  }),
  'podDisruptionBudget?': closed({ maxUnavailable: { const: 1 } }),
  'topologySpreadConstraints?': { type: 'array', minItems: 1 },
  'resources?': closed({ 'requests?': TEXTS, 'limits?': TEXTS }),
})

let compiled: ValidateFunction | undefined

export function judgeGatewayValues({ gatewayValues, values, objects }: ClusterOutput): Diagnostic[] {
  const [document] = gatewayValues
  if (document === undefined) return []
  compiled ??= new Ajv({ allErrors: true }).compile(VALUES)
  const shape = compiled(document.value)
    ? []
    : (compiled.errors ?? []).map(({ instancePath, message, params }): Finding => {
        const extra: unknown = params['additionalProperty']
        const field = instancePath.slice(1).replaceAll('/', '.')
        return [field === '' ? shown(extra ?? 'the file') : field, message ?? 'is not as it is rendered']
      })
  const selectors = ofKind(objects, NETWORKING, 'Gateway').map(({ fields }) => fieldAt(fields, 'spec', 'selector'))
  const findings = [
    ...shape,
    ...judgeAgreement(fieldsOf(document.value), selectors, fieldsOf(values[0]?.value)),
    ...(ofKind(objects, GATEWAY_API, 'Gateway').length > 0
      ? [['the file', 'istiod makes the gateway of this cluster'] as const]
      : []),
  ]
  return findings.map(([field, detail]) =>
    diagnose('MESH-E771', { field: shown(field), detail: shown(detail) }, document.at(...field.split('.'))),
  )
}

type Finding = readonly [field: string, detail: string]

function judgeAgreement(found: Fields, selectors: readonly unknown[], istiod: Fields): Finding[] {
  const wanted = selectors.flatMap((selector) => Object.entries(fieldsOf(selector)))
  const revisions: readonly unknown[] = [istiod['revision'], ...listOf(istiod['revisionTags'])].filter(
    (name) => name !== undefined,
  )
  const { revision } = found
  const known = revisions.length === 0 ? revision === undefined : revisions.includes(revision)
  return [
    ...wanted
      .filter(([key, value]) => fieldAt(found, 'labels', key) !== value)
      .map(([key, value]): Finding => ['labels', `the Gateway selects pods with ${key}: ${shown(value)}`]),
    ...(known || Object.keys(istiod).length === 0
      ? []
      : [['revision', `istiod is installed with ${revisions.map(shown).join(' or ') || 'no revision'}`] as const]),
  ]
}
