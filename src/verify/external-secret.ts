/** The ExternalSecret that makes `cacerts`: what it takes from the store, and what becomes of the Secret without it. */
import { Ajv, type ValidateFunction } from 'ajv'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { KEY_PROPERTY, KEY_TEMPLATE } from '../trust/seal/external-secrets.ts'
import { fieldAt, fieldsOf, textOf } from './fields.ts'
import type { FoundObject } from './objects.ts'
import { judgePublicItems } from './public-items.ts'
import type { ClusterOutput } from './read.ts'
import { closed, type Schema } from './schema.ts'
import { toDiagnostic } from './shapes.ts'

const TEXT: Schema = { type: 'string', minLength: 1 }

const SPEC: Schema = closed({
  refreshInterval: { type: 'string', pattern: '^[1-9][0-9]{0,4}[smh]$' },
  secretStoreRef: closed({ name: TEXT, kind: { enum: ['ClusterSecretStore', 'SecretStore'] } }),
  target: closed({
    name: { const: 'cacerts' },
    creationPolicy: { const: 'Orphan' },
    deletionPolicy: { const: 'Retain' },
    template: closed({
      type: { const: 'Opaque' },
      engineVersion: { const: 'v2' },
      mergePolicy: { const: 'Replace' },
      data: closed({
        'ca-cert.pem': TEXT,
        'ca-key.pem': { const: KEY_TEMPLATE },
        'cert-chain.pem': TEXT,
        'root-cert.pem': TEXT,
      }),
    }),
  }),
  data: {
    type: 'array',
    minItems: 1,
    maxItems: 1,
    items: closed({
      secretKey: { const: 'key' },
      remoteRef: closed({
        key: { type: 'string', pattern: '^[A-Za-z0-9/_.-]*-cacerts-g[1-9][0-9]*$' },
        property: { const: KEY_PROPERTY },
      }),
    }),
  },
})

let compiled: ValidateFunction | undefined

export function judgeExternalSecret(cluster: ClusterOutput, object: FoundObject): Diagnostic[] {
  compiled ??= new Ajv({ allErrors: true, verbose: true }).compile(
    closed({
      apiVersion: { const: 'external-secrets.io/v1' },
      kind: true,
      metadata: true,
      spec: SPEC,
    }),
  )
  const misshapen = compiled(object.fields)
    ? []
    : (compiled.errors ?? []).flatMap((error) => toDiagnostic(object, error))
  const place = ['spec', 'target', 'template', 'data']
  const data = fieldsOf(fieldAt(object.fields, ...place))
  return [...misshapen, ...judgePublicItems(cluster, object, place, (item) => textOf(data[item]))]
}
