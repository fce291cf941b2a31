/**
 * JSON schemas for kubeconform, made of what the real API servers have: the CustomResourceDefinitions of Istio, of
 * sealed-secrets, of External Secrets, of Flux and of Argo CD, and Kubernetes' own OpenAPI for the kinds that are built in. A field that a schema does not name is
 * refused, as by strict validation of an API server; rules in CEL and keys of lists are left to the API server itself.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { present } from '../check.ts'
import { crdsOf, moduleFolder } from '../kube/crds.ts'
import type { Workbench } from '../workbench.ts'

/** Release 1.31 and the one before. */
export type IstioRelease = 'istio' | 'istio-before'

/** Of OpenAPI 3.0, as far as it is changed here. */
interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly nullable?: boolean
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly allOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly not?: Schema
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
}

/** Of JSON Schema. */
type Strict = Readonly<Record<string, unknown>>

interface Definition {
  readonly group: string
  readonly names: { readonly kind: string }
  readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[]
}

type Components = Readonly<Record<string, Schema>>

/** Kinds that are rendered, or made of what is rendered, by the file that describes their version. */
const BUILT_IN: readonly (readonly [
  file: string,
  apiVersion: string,
  packageName: string,
  kinds: readonly string[],
])[] = [
  ['api__v1', 'v1', 'core.v1', ['ConfigMap', 'Namespace', 'Service', 'ServiceAccount']],
  ['apis__apps__v1', 'apps/v1', 'apps.v1', ['Deployment']],
  ['apis__autoscaling__v2', 'autoscaling/v2', 'autoscaling.v2', ['HorizontalPodAutoscaler']],
  ['apis__policy__v1', 'policy/v1', 'policy.v1', ['PodDisruptionBudget']],
  [
    'apis__rbac.authorization.k8s.io__v1',
    'rbac.authorization.k8s.io/v1',
    'rbac.v1',
    ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  ],
  [
    'apis__admissionregistration.k8s.io__v1',
    'admissionregistration.k8s.io/v1',
    'admissionregistration.v1',
    ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
  ],
]
const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'
const POINTER = '#/components/schemas/'

/** Value of kubeconform's `-schema-location` for a folder of them. */
export function schemaLocation(folder: string): string {
  return join(folder, '{{.Group}}_{{.ResourceKind}}_{{.ResourceAPIVersion}}.json')
}

/** Writes a schema for every kind and version into a new folder. */
export function writeSchemas(bench: Workbench, release: IstioRelease): string {
  const folder = bench.scratch(`schemas-${release}`)
  const components = kubernetesComponents(bench)
  const write = (apiVersion: string, kind: string, schema: Strict, refs: readonly string[]): void => {
    const [group = '', version = group] = apiVersion.split('/')
    const $defs = Object.fromEntries(
      closure(components, refs).map((name) => [name, strict(component(components, name))]),
    )
    const typed = { properties: { apiVersion: { const: apiVersion }, kind: { const: kind } } }
    const whole = { allOf: [schema, typed], required: ['apiVersion', 'kind', 'metadata'], $defs }
    writeFileSync(join(folder, `${group}_${kind.toLowerCase()}_${version}.json`), JSON.stringify(whole))
  }
  for (const [, apiVersion, packageName, kinds] of BUILT_IN) {
    for (const kind of kinds) {
      const name = `io.k8s.api.${packageName}.${kind}`
      write(apiVersion, kind, { $ref: `#/$defs/${name}` }, [name])
    }
  }
  const gatewayApi = release === 'istio' ? 'gateway-api' : 'gateway-api-before'
  for (const project of [release, gatewayApi, 'sealed-secrets', 'external-secrets', 'flux', 'argo'] as const) {
    for (const { spec } of crdsOf(bench, project) as unknown as readonly { readonly spec: Definition }[]) {
      for (const { name, schema } of spec.versions) {
        write(`${spec.group}/${name}`, spec.names.kind, strict(withEnvelope(schema.openAPIV3Schema)), [OBJECT_META])
      }
    }
  }
  return folder
}

/** A definition leaves out what the API server knows of every object. */
function withEnvelope(schema: Schema): Schema {
  const text: Schema = { type: 'string' }
  const envelope = { apiVersion: text, kind: text, metadata: { $ref: `${POINTER}${OBJECT_META}` } }
  return { ...schema, properties: { ...schema.properties, ...envelope } }
}

function kubernetesComponents(bench: Workbench): Components {
  const folder = moduleFolder(bench, 'kube', 'k8s.io/kubernetes')
  const parts = BUILT_IN.map(([file]) => {
    const text = readFileSync(join(folder, 'api', 'openapi-spec', 'v3', `${file}_openapi.json`), 'utf8')
    return (JSON.parse(text) as { readonly components: { readonly schemas: Components } }).components.schemas
  })
  return Object.assign({}, ...parts) as Components
}

function component(components: Components, name: string): Schema {
  return present(components[name], `component ${name}`)
}

/** Names of components that are reached from these, with them. */
function closure(components: Components, from: readonly string[]): string[] {
  const reached = new Set(from)
  for (const name of reached) {
    for (const [, next = ''] of JSON.stringify(component(components, name)).matchAll(
      /"#\/components\/schemas\/([^"]+)"/g,
    )) {
      reached.add(next)
    }
  }
  return [...reached]
}

/** The same in JSON Schema, open for no field that it does not name. */
function strict(schema: Schema): Strict {
  const { properties, additionalProperties, items, not, nullable, $ref, ...rest } = schema
  if (schema['x-kubernetes-int-or-string'] === true) return { type: ['integer', 'string'] }
  const closed =
    properties !== undefined &&
    schema.type === 'object' &&
    additionalProperties === undefined &&
    schema['x-kubernetes-preserve-unknown-fields'] !== true
  return {
    ...rest,
    ...($ref !== undefined && { $ref: $ref.replace(POINTER, '#/$defs/') }),
    ...(nullable === true && schema.type !== undefined && { type: [schema.type, 'null'] }),
    ...(properties && { properties: mapped(properties) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: strict(additionalProperties) }),
    ...(typeof additionalProperties === 'boolean' && { additionalProperties }),
    ...(closed && { additionalProperties: false }),
    ...(items && { items: strict(items) }),
    ...(not && { not: strict(not) }),
    ...(schema.allOf && { allOf: schema.allOf.map(strict) }),
    ...(schema.anyOf && { anyOf: schema.anyOf.map(strict) }),
    ...(schema.oneOf && { oneOf: schema.oneOf.map(strict) }),
  }
}

function mapped(properties: Readonly<Record<string, Schema>>): Record<string, Strict> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, strict(schema)]))
}
