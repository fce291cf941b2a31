/**
 * Services of a mesh from Kubernetes manifests that are there already. What is exported says so itself, by an annotation or
 * by labels that the intent names: a manifest that nobody thought of exposes nothing.
 */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { suggest } from '../diagnostics/suggest.ts'
import type { Entry, Locate } from './entry.ts'
import { fieldsOf, servicesIn, wrongType, type Fields, type Problem, type ServiceManifest } from './manifests.ts'
import { portProtocol } from './port-protocol.ts'
import type { Discovery, Port, Service } from './schema.gen.ts'
import { describe } from './validate.ts'

const PREFIX = 'meshwright.dev/'
const EXPORT = `${PREFIX}export`
const SERVICE_ACCOUNTS = `${PREFIX}service-accounts`

/** One entry of `discover`, and what its pattern found. */
export interface Discoverable {
  readonly said: Discovery
  /** Places of the entry itself. */
  readonly at: Locate
  readonly files: ReadonlyMap<string, Uint8Array>
}

export interface Discovered {
  readonly services: readonly Entry<Service>[]
  readonly diagnostics: readonly Diagnostic[]
}

export function discover({ said, at, files }: Discoverable): Discovered {
  const services: Entry<Service>[] = []
  const diagnostics: Diagnostic[] = []
  let exported = 0
  for (const [file, bytes] of files) {
    const read = servicesIn(file, bytes)
    diagnostics.push(...read.diagnostics)
    for (const manifest of read.ok ? read.value : []) {
      diagnostics.push(...strangeAnnotations(manifest))
      const wanted = isExported(manifest, said)
      if (wanted === false) continue
      exported += 1
      const made = wanted === true ? serviceOf(manifest, said, at) : wanted
      if ('diagnostic' in made) diagnostics.push(made.diagnostic)
      else {
        services.push(made.entry)
        diagnostics.push(...made.warnings)
      }
    }
  }
  if (exported === 0 && files.size > 0 && diagnostics.length === 0) {
    const args = { pattern: said.manifests, files: files.size }
    diagnostics.push(diagnose('MESH-W134', args, at('manifests')))
  }
  return { services, diagnostics }
}

function isExported({ metadata, at }: ServiceManifest, said: Discovery): boolean | Problem {
  const value = fieldsOf(metadata['annotations'])[EXPORT]
  if (value === undefined) {
    const labels = fieldsOf(metadata['labels'])
    const wanted = Object.entries(said.selector?.matchLabels ?? {})
    return wanted.length > 0 && wanted.every(([key, label]) => labels[key] === label)
  }
  if (value === 'true' || value === 'false') return value === 'true'
  const args = { where: `annotation ${EXPORT}`, found: describe(value), allowed: ['"true"', '"false"'] }
  return { diagnostic: diagnose('MESH-E113', args, at('metadata', 'annotations', EXPORT)) }
}

/** One that is misspelt would else do nothing, without a word. */
function strangeAnnotations({ metadata, at }: ServiceManifest): Diagnostic[] {
  const known = [EXPORT, SERVICE_ACCOUNTS]
  return Object.keys(fieldsOf(metadata['annotations'])).flatMap((annotation) => {
    if (!annotation.startsWith(PREFIX) || known.includes(annotation)) return []
    const suggestion = suggest(annotation, known)
    const args = { annotation, known, ...(suggestion !== undefined && { suggestion }) }
    return [diagnose('MESH-W135', args, at('metadata', 'annotations', annotation))]
  })
}

interface Made {
  readonly entry: Entry<Service>
  readonly warnings: readonly Diagnostic[]
}

function serviceOf(manifest: ServiceManifest, said: Discovery, discoveryAt: Locate): Made | Problem {
  const { metadata, spec, at } = manifest
  const { name, namespace: own } = metadata
  if (typeof name !== 'string') return wrongType(manifest, name, 'a string', ['metadata', 'name'])
  if (own !== undefined && typeof own !== 'string')
    return wrongType(manifest, own, 'a string', ['metadata', 'namespace'])
  const namespace = own ?? said.namespace
  if (namespace === undefined) {
    return { diagnostic: diagnose('MESH-E131', { service: name }, at('metadata', 'name')) }
  }
  const service = `${name}.${namespace}`
  const refused = refusal(spec)
  if (refused !== undefined) {
    const args = { service, reason: refused.reason }
    return { diagnostic: diagnose('MESH-E132', args, at(...refused.path)) }
  }
  const read = portsOf(manifest, service)
  if ('diagnostic' in read) return read
  const labels = fieldsOf(spec['selector'])
  const [strange] = Object.entries(labels).find(([, value]) => typeof value !== 'string') ?? []
  if (strange !== undefined) return wrongType(manifest, labels[strange], 'a string', ['spec', 'selector', strange])
  const accounts = fieldsOf(metadata['annotations'])[SERVICE_ACCOUNTS]
  if (accounts !== undefined && typeof accounts !== 'string')
    return wrongType(manifest, accounts, 'a string', ['metadata', 'annotations', SERVICE_ACCOUNTS])
  return {
    warnings: read.warnings,
    entry: {
      said: {
        name,
        namespace,
        clusters: [said.cluster],
        ports: read.ports,
        ...(spec['clusterIP'] === 'None' && { headless: true }),
        ...(Object.keys(labels).length > 0 && { workload: { labels: labels as Readonly<Record<string, string>> } }),
        ...(accounts !== undefined && { serviceAccounts: accounts.split(',').map((account) => account.trim()) }),
      },
      at: (field, index, ...rest) => {
        if (field === 'clusters') return discoveryAt('cluster')
        if (field === 'namespace' && own === undefined) return discoveryAt('namespace')
        if (field === 'serviceAccounts') return at('metadata', 'annotations', SERVICE_ACCOUNTS)
        if (field === 'workload') return at('spec', 'selector', ...rest)
        if (field === 'headless') return at('spec', 'clusterIP')
        if (field !== 'ports') return at('metadata', field ?? 'name')
        return at('spec', 'ports', ...(index === undefined ? [] : [read.indexes[Number(index)] ?? index, ...rest]))
      },
    },
  }
}

/** Why the gateway of a cluster cannot pass calls on to a Service. */
function refusal(spec: Fields): { readonly reason: string; readonly path: readonly string[] } | undefined {
  if (spec['type'] === 'ExternalName') {
    return { reason: 'it is of type ExternalName: a name for something else, without pods', path: ['spec', 'type'] }
  }
  const { ports } = spec
  if (ports !== undefined && !(Array.isArray(ports) && ports.length === 0)) return undefined
  return { reason: 'it has no ports here', path: ['metadata', 'name'] }
}

interface Ports {
  readonly ports: NonNullable<Service['ports']>
  /** Index in the manifest of each. */
  readonly indexes: readonly number[]
  readonly warnings: readonly Diagnostic[]
}

function portsOf(manifest: ServiceManifest, service: string): Ports | Problem {
  const { spec, at } = manifest
  const said = spec['ports']
  if (!Array.isArray(said)) return wrongType(manifest, said, 'a list', ['spec', 'ports'])
  const found: { readonly port: Port; readonly index: number }[] = []
  const warnings: Diagnostic[] = []
  for (const [index, value] of said.entries()) {
    const { name, port, protocol = 'TCP', appProtocol, targetPort = port } = fieldsOf(value)
    const path = ['spec', 'ports', index]
    if (typeof port !== 'number') return wrongType(manifest, port, 'a number', [...path, 'port'])
    for (const [field, text] of Object.entries({ name, protocol, appProtocol })) {
      if (text !== undefined && typeof text !== 'string') return wrongType(manifest, text, 'a string', [...path, field])
    }
    const texts = { name, protocol, appProtocol } as { name?: string; protocol: string; appProtocol?: string }
    const spoken = portProtocol(texts)
    if (spoken === undefined) {
      warnings.push(diagnose('MESH-W133', { service, port, protocol: texts.protocol }, at(...path, 'protocol')))
    } else {
      // The only port of a Service may go without a name; in a ServiceEntry none may.
      const named = { name: texts.name ?? spoken.toLowerCase(), port, protocol: spoken }
      // A name stands for whatever port each pod gives it.
      found.push({ port: { ...named, ...(typeof targetPort === 'number' && { targetPort }) }, index })
    }
  }
  const [first, ...others] = found.map(({ port }) => port)
  if (first === undefined) {
    const args = { service, reason: 'it has no TCP port' }
    return { diagnostic: diagnose('MESH-E132', args, at('spec', 'ports')) }
  }
  return { ports: [first, ...others], indexes: found.map(({ index }) => index), warnings }
}
