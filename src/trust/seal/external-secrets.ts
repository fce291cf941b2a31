/**
 * The External Secrets Operator: the key lies in a store, and an ExternalSecret fetches it (external-secrets: apis/externalsecrets/v1).
 *
 * Only the key comes from there. The certificates stand in the template, so that a list of roots changes in Git alone; and
 * each generation has an entry of its own, so that a certificate never meets the key of another: while the entry is
 * missing, the Secret stays as it was.
 */
import { labels, protectedAnnotations, type Manifest } from '../../kubernetes/manifest.ts'
import type { PublicItem, StoredBundle } from '../../lock/lock.ts'
import { entryName, type StoreSealing } from '../../mesh/sealing.ts'
import type { Cacerts } from '../bundle.ts'

/** The property of an entry that has the key. */
export const KEY_PROPERTY = 'ca-key'
/** What a template calls it. */
export const KEY_TEMPLATE = '{{ .key }}'

/** Name of the file that is put into the store. */
export function storeFileName(mesh: string, cluster: string, generation: number): string {
  return `${entryName(mesh, cluster, generation)}.json.age`
}

/**
 * The entry as JSON, in a buffer for the caller to wipe: the key, and the certificates that belong to it for whoever looks
 * into the store. The roots are not in it, since they change within a generation.
 */
export function storeEntry(items: Cacerts): Buffer {
  const properties = [
    ['ca-cert', items['ca-cert.pem']],
    [KEY_PROPERTY, items['ca-key.pem']],
    ['cert-chain', items['cert-chain.pem']],
  ] as const
  const parts = properties.flatMap(([name, pem], i) => [
    Buffer.from(`${i === 0 ? '{' : ','}"${name}":"`),
    withEscapedLines(pem),
    Buffer.from('"'),
  ])
  const json = Buffer.concat([...parts, Buffer.from('}\n')])
  for (const part of parts) part.fill(0)
  return json
}

/** PEM has nothing but line feeds that JSON writes in another way. */
function withEscapedLines(pem: Uint8Array): Buffer {
  const lines = pem.reduce((count, octet) => count + (octet === 0x0a ? 1 : 0), 0)
  const text = Buffer.alloc(pem.length + lines)
  let at = 0
  for (const octet of pem) {
    if (octet === 0x0a) at = text.writeUInt16BE(0x5c6e, at)
    else at = text.writeUInt8(octet, at)
  }
  return text
}

/** Orphan and Retain: the Secret outlives the ExternalSecret and the entry, since istiod without it makes a CA of its own. */
export function externalSecret(input: {
  readonly mesh: string
  readonly cluster: string
  readonly generation: number
  readonly sealed: StoredBundle
  readonly store: StoreSealing['store']
  /** PEM */
  readonly items: Readonly<Record<PublicItem, string>>
}): Manifest {
  const { mesh, cluster, generation, store, items } = input
  const { namespace, name } = input.sealed
  const key = `${store.prefix}${entryName(mesh, cluster, generation)}`
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: {
      name,
      namespace,
      labels: labels(mesh, 'trust'),
      annotations: {
        ...protectedAnnotations('trust'),
        // The kind may be installed by another Application of the same moment.
        'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false,SkipDryRunOnMissingResource=true',
      },
    },
    spec: {
      refreshInterval: store.refreshInterval,
      secretStoreRef: { name: store.name, kind: store.kind },
      target: {
        name,
        creationPolicy: 'Orphan',
        deletionPolicy: 'Retain',
        template: {
          type: 'Opaque',
          engineVersion: 'v2',
          mergePolicy: 'Replace',
          data: {
            'ca-cert.pem': items['ca-cert.pem'],
            'ca-key.pem': KEY_TEMPLATE,
            'cert-chain.pem': items['cert-chain.pem'],
            'root-cert.pem': items['root-cert.pem'],
          },
        },
      },
      data: [{ secretKey: 'key', remoteRef: { key, property: KEY_PROPERTY } }],
    },
  }
}
