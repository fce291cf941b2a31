/**
 * Clusters with Istio 1.6 or 1.7, told by the IstioOperator in their folder: what their installer makes of it, by the charts of
 * these versions.
 */
import { Ajv, type ValidateFunction } from 'ajv'
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { FoundDocument } from './documents.ts'
import { fieldAt, isMap, listOf, shown, textOf, textsOf, type Fields } from './fields.ts'
import { ofKind, titleOf } from './objects.ts'
import type { ClusterOutput } from './read.ts'
import { closed, type Schema } from './schema.ts'
import { GATEWAY_API, NETWORKING } from './shapes.ts'

export interface Legacy {
  /** Where it cannot be read, it is told; empty. */
  readonly documents: readonly FoundDocument[]
  /** The suffix that its gateway rewrites, empty when it rewrites none. */
  readonly suffix: string
  /** The name of the egress gateway inside the cluster, where sidecars see nothing but that. */
  readonly egress: string | undefined
  readonly trustDomain: string
  readonly ownTrustDomains: readonly string[]
  readonly acceptedTrustDomains: readonly string[]
  readonly clusterDomain: string
}

const EGRESS = 'istio-egressgateway'

export function legacyOf(documents: readonly FoundDocument[]): Legacy {
  const spec = fieldAt(documents[0]?.value, 'spec')
  const global = fieldAt(spec, 'values', 'global')
  const multiCluster = fieldAt(global, 'multiCluster')
  const rewrites = fieldAt(multiCluster, 'enabled') === true && fieldAt(multiCluster, 'includeEnvoyFilter') === true
  const clusterDomain = textOf(fieldAt(global, 'proxy', 'clusterDomain')) || 'cluster.local'
  const [gateway] = listOf(fieldAt(spec, 'components', 'egressGateways'))
  return {
    documents,
    suffix: rewrites ? textOf(fieldAt(multiCluster, 'globalDomainSuffix')) : '',
    egress: fieldAt(gateway, 'enabled') === true ? `${EGRESS}.istio-system.svc.${clusterDomain}` : undefined,
    // The default, as nothing else is ever said.
    trustDomain: 'cluster.local',
    ownTrustDomains: ['cluster.local'],
    acceptedTrustDomains: ['cluster.local'],
    clusterDomain,
  }
}

const TRUE: Schema = { const: true }
const NAME: Schema = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$' }

function single(items: Schema): Schema {
  return { type: 'array', minItems: 1, maxItems: 1, items }
}

const OPERATOR: Schema = closed({
  apiVersion: { const: 'install.istio.io/v1alpha1' },
  kind: { const: 'IstioOperator' },
  spec: closed({
    addonComponents: closed({ istiocoredns: closed({ enabled: TRUE }) }),
    'components?': closed({ egressGateways: single(closed({ name: { const: EGRESS }, enabled: TRUE })) }),
    values: closed({
      global: closed({
        podDNSSearchNamespaces: single(NAME),
        multiCluster: closed({ enabled: TRUE, globalDomainSuffix: NAME, includeEnvoyFilter: TRUE }),
        controlPlaneSecurityEnabled: TRUE,
        'proxy?': closed({ clusterDomain: NAME }),
      }),
      'gateways?': closed({
        [EGRESS]: closed({ env: closed({ ISTIO_META_REQUESTED_NETWORK_VIEW: { const: 'external' } }) }),
      }),
    }),
  }),
})

let compiled: ValidateFunction | undefined

/** The IstioOperator itself, and what must not be beside it. */
export function judgeLegacy(cluster: ClusterOutput): Diagnostic[] {
  const { legacy, name, folder, objects, values } = cluster
  if (legacy === undefined) return []
  const [document, second] = legacy.documents
  const file = { file: `${folder}/istio/istio-operator.yaml`, start: 0, end: 0 }
  const found: Diagnostic[] = []
  const wrong = (field: string, detail: string): number =>
    found.push(diagnose('MESH-E941', { cluster: name, field, detail }, document?.at(...field.split('.')) ?? file))
  if (document === undefined || !isMap(document.value)) {
    if (document !== undefined || cluster.whole) wrong('the file', 'there is no IstioOperator in it')
  } else {
    for (const [field, detail] of problemsOf(document.value)) wrong(field, detail)
  }
  if (second) wrong('the file', 'it has a second document')
  if (values.length > 0) wrong('the file', 'istio/values.yaml says that Istio is installed by its chart')
  const gateways = [...ofKind(objects, NETWORKING, 'Gateway'), ...ofKind(objects, GATEWAY_API, 'Gateway')]
  return [
    ...found,
    ...gateways.map((gateway) => diagnose('MESH-E942', { object: titleOf(gateway) }, gateway.at('metadata', 'name'))),
  ]
}

function* problemsOf(operator: Fields): Generator<readonly [field: string, detail: string]> {
  compiled ??= new Ajv({ allErrors: true }).compile(OPERATOR)
  if (!compiled(operator)) {
    for (const { instancePath, message, params } of compiled.errors ?? []) {
      const extra: unknown = params['additionalProperty']
      const field = instancePath.slice(1).replaceAll('/', '.')
      const detail = `${message ?? 'is not as it is rendered'}${extra === undefined ? '' : `: ${shown(extra)}`}`
      yield [field === '' ? 'the file' : field, detail]
    }
    return
  }
  const { spec } = operator
  const suffix = fieldAt(spec, 'values', 'global', 'multiCluster', 'globalDomainSuffix')
  const [searched] = textsOf(fieldAt(spec, 'values', 'global', 'podDNSSearchNamespaces')) ?? []
  if (searched !== suffix) {
    yield ['spec.values.global.podDNSSearchNamespaces', `${shown(searched)} is not the suffix ${shown(suffix)}`]
  }
  // Either alone is an egress gateway that nobody uses, or one that sees what sidecars see.
  if ((fieldAt(spec, 'components') === undefined) !== (fieldAt(spec, 'values', 'gateways') === undefined)) {
    yield ['spec', 'the egress gateway is installed without its view, or has a view without being installed']
  }
}
