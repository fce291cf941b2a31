/** The files of an output, cluster by cluster, as the objects that a cluster would get. */
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { documentReader, type FoundDocument } from './documents.ts'
import { fieldAt, listOf, textOf, textsOf } from './fields.ts'
import { legacyOf, type Legacy } from './legacy.ts'
import { objectsOf, type FoundObject } from './objects.ts'

export interface ClusterOutput {
  readonly name: string
  /** `clusters/<name>` */
  readonly folder: string
  /** Text by path, relative to the output folder. */
  readonly files: ReadonlyMap<string, string>
  readonly objects: readonly FoundObject[]
  /** What each kustomization.yaml holds, by its path. */
  readonly indexes: ReadonlyMap<string, readonly FoundDocument[]>
  /** Values of the istiod chart, which Kustomize does not read. */
  readonly values: readonly FoundDocument[]
  /** Values of the gateway chart, which Kustomize does not read either. */
  readonly gatewayValues: readonly FoundDocument[]
  /** What istioctl is given where Istio is 1.6 or 1.7; the objects are then other ones. */
  readonly legacy: Legacy | undefined
  readonly settings: IstiodSettings
  /** False when a part could not be read: then nothing can be said to be missing. */
  readonly whole: boolean
}

/** What istiod is told by its values; undefined when there are none, which is found elsewhere. */
export interface IstiodSettings {
  readonly trustDomain: string | undefined
  /** Its own, former ones too. */
  readonly ownTrustDomains: readonly string[]
  /** Of whoever may connect: the own ones and those that come with a root (caCertificates). */
  readonly acceptedTrustDomains: readonly string[]
  readonly clusterDomain: string | undefined
}

export const INDEX = 'kustomization.yaml'

export function readOutput(files: ReadonlyMap<string, string>): {
  clusters: readonly ClusterOutput[]
  diagnostics: readonly Diagnostic[]
} {
  const byCluster = new Map<string, Map<string, string>>()
  for (const [path, text] of files) {
    const name = /^clusters\/([^/]+)\/./.exec(path)?.[1]
    if (name === undefined) continue
    const own = byCluster.get(name) ?? new Map<string, string>()
    byCluster.set(name, own.set(path, text))
  }
  const read = documentReader()
  const diagnostics: Diagnostic[] = []
  const clusters = [...byCluster]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, own]): ClusterOutput => {
      const folder = `clusters/${name}`
      const objects: FoundObject[] = []
      const indexes = new Map<string, readonly FoundDocument[]>()
      const values: FoundDocument[] = []
      const gatewayValues: FoundDocument[] = []
      const operators: FoundDocument[] = []
      const before = diagnostics.length
      for (const [path, text] of [...own].sort(([a], [b]) => (a < b ? -1 : 1))) {
        if (!isYaml(path)) continue
        const { documents, diagnostics: unreadable } = read(path, text)
        for (const diagnostic of unreadable) diagnostics.push(diagnostic)
        if (path.endsWith(`/${INDEX}`)) indexes.set(path, documents)
        else if (path === valuesPath(folder)) values.push(...documents)
        else if (path === gatewayValuesPath(folder)) gatewayValues.push(...documents)
        else if (path === operatorPath(folder)) operators.push(...documents)
        else {
          for (const found of documents.map(objectsOf)) {
            objects.push(...found.objects)
            diagnostics.push(...found.diagnostics)
          }
        }
      }
      const legacy = own.has(operatorPath(folder)) ? legacyOf(operators) : undefined
      const settings = legacy ?? settingsIn(values)
      const whole = diagnostics.length === before
      return { name, folder, files: own, objects, indexes, values, gatewayValues, legacy, settings, whole }
    })
  return { clusters, diagnostics }
}

/** Defaults are those of the istiod chart. */
function settingsIn([values]: readonly FoundDocument[]): IstiodSettings {
  if (values === undefined) {
    return { trustDomain: undefined, ownTrustDomains: [], acceptedTrustDomains: [], clusterDomain: undefined }
  }
  const text = (...path: readonly string[]): string => textOf(fieldAt(values.value, ...path)) || 'cluster.local'
  const trustDomain = text('meshConfig', 'trustDomain')
  const own = [trustDomain, ...(textsOf(fieldAt(values.value, 'meshConfig', 'trustDomainAliases')) ?? [])]
  const roots = listOf(fieldAt(values.value, 'meshConfig', 'caCertificates'))
  return {
    trustDomain,
    ownTrustDomains: own,
    acceptedTrustDomains: [...own, ...roots.flatMap((root) => textsOf(fieldAt(root, 'trustDomains')) ?? [])],
    clusterDomain: text('global', 'proxy', 'clusterDomain'),
  }
}

export function isYaml(path: string): boolean {
  return /\.(ya?ml|json)$/i.test(path)
}

/** Whether Kustomize must be told of the file. */
export function isManifest(cluster: Pick<ClusterOutput, 'folder'>, path: string): boolean {
  const others = [valuesPath(cluster.folder), gatewayValuesPath(cluster.folder), operatorPath(cluster.folder)]
  return isYaml(path) && !path.endsWith(`/${INDEX}`) && !others.includes(path)
}

function gatewayValuesPath(folder: string): string {
  return `${folder}/istio/gateway-values.yaml`
}

function valuesPath(folder: string): string {
  return `${folder}/istio/values.yaml`
}

function operatorPath(folder: string): string {
  return `${folder}/istio/istio-operator.yaml`
}
