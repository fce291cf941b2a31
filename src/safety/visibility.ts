/** Whether the sidecars and the istiod of a cluster look at what is imported: Sidecars and discoverySelectors. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { UserObject } from '../intent/user-objects.ts'
import { covers, list, ofKind, record, texts, titleOf, type Import, type Subject } from './subject.ts'

type Sidecar = UserObject & { readonly namespace: string }

/** Those that are for a whole namespace: of pods that one selects, it is not known whether they call. */
export function hidingSidecars(subject: Subject): Diagnostic[] {
  const { cluster, imports } = subject
  const importNamespace = cluster.importNamespace.name
  const root = cluster.istio.rootNamespace
  const sidecars = ofKind(subject, 'networking.istio.io', 'Sidecar').filter(
    ({ spec }) => Object.keys(record(record(spec['workloadSelector'])['labels'])).length === 0,
  )
  const byNamespace = new Map(sidecars.map((sidecar) => [sidecar.namespace, sidecar]))
  const hidden = (sidecar: Sidecar, among: readonly Import[]): string[] =>
    among.filter(({ host }) => !lets(sidecar, importNamespace, host)).map(({ host }) => host)
  const namespaces = [...new Set(imports.flatMap((each) => each.namespaces ?? []))].sort()
  const found = namespaces.flatMap((namespace) => {
    const sidecar = byNamespace.get(namespace) ?? byNamespace.get(root)
    if (sidecar === undefined) return []
    const hosts = hidden(
      sidecar,
      imports.filter((each) => each.namespaces?.includes(namespace) === true),
    )
    const args = { cluster: cluster.name, object: titleOf(sidecar), namespace, hosts, importNamespace }
    return hosts.length === 0 ? [] : [diagnose('MESH-E906', args, sidecar.at('spec', 'egress'))]
  })
  const fallback = byNamespace.get(root)
  if (fallback === undefined) return found
  const hosts = hidden(
    fallback,
    imports.filter((each) => each.namespaces === undefined),
  )
  const args = { cluster: cluster.name, object: titleOf(fallback), hosts, importNamespace }
  return hosts.length === 0 ? found : [...found, diagnose('MESH-W907', args, fallback.at('spec', 'egress'))]
}

/** Without egress, all is let in (istio: pilot/pkg/model/sidecar.go). */
function lets({ spec, namespace }: Sidecar, importNamespace: string, host: string): boolean {
  const egress = list(spec['egress'])
  if (egress.length === 0) return true
  return egress
    .flatMap((listener) => texts(record(listener)['hosts']))
    .some((said) => {
      const [where = '', pattern = ''] = said.split('/')
      const there = where === '*' || where === importNamespace || (where === '.' && namespace === importNamespace)
      return there && covers(pattern, host)
    })
}

/** As istiod has them: in the ConfigMap that it reads, or in an IstioOperator that makes it. */
export function undiscovered(subject: Subject, parse: (text: string) => unknown): Diagnostic[] {
  const { cluster, imports, mesh } = subject
  const { name, labels } = cluster.importNamespace
  if (imports.length === 0 || name === cluster.istio.namespace) return []
  const all: Readonly<Record<string, string>> = {
    ...labels,
    'app.kubernetes.io/managed-by': 'meshwright',
    'app.kubernetes.io/part-of': mesh.name,
    'app.kubernetes.io/component': 'services',
    'kubernetes.io/metadata.name': name,
  }
  return subject.objects.flatMap((object) => {
    const { selectors, path } = selectorsIn(object, cluster.istio, parse)
    if (selectors.length === 0 || selectors.some((selector) => matches(record(selector), all))) return []
    const shown = Object.entries(all).map(([key, value]) => `${key}=${value}`)
    const args = { cluster: cluster.name, object: titleOf(object), namespace: name, labels: shown.sort() }
    return [diagnose('MESH-E908', args, object.at(...path))]
  })
}

function selectorsIn(
  object: UserObject,
  { namespace, revision }: Subject['cluster']['istio'],
  parse: (text: string) => unknown,
): { readonly selectors: readonly unknown[]; readonly path: readonly string[] } {
  const { group, kind, name, fields, spec } = object
  if (group === '' && kind === 'ConfigMap' && object.namespace === namespace) {
    if (name !== (revision === undefined ? 'istio' : `istio-${revision}`)) return NOTHING
    const text = record(fields['data'])['mesh']
    const config = typeof text === 'string' ? parse(text) : undefined
    return { selectors: list(record(config)['discoverySelectors']), path: ['data', 'mesh'] }
  }
  if (group !== 'install.istio.io' || kind !== 'IstioOperator') return NOTHING
  const path = ['spec', 'meshConfig', 'discoverySelectors']
  return { selectors: list(record(spec['meshConfig'])['discoverySelectors']), path }
}

const NOTHING = { selectors: [], path: [] } as const

/** A label selector of Kubernetes; one that is not understood matches. */
function matches(selector: Readonly<Record<string, unknown>>, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(record(selector['matchLabels']))
  if (!wanted.every(([key, value]) => labels[key] === value)) return false
  return list(selector['matchExpressions']).every((each) => {
    const { key, operator, values } = record(each)
    const value = labels[String(key)]
    switch (operator) {
      case 'In':
        return value !== undefined && texts(values).includes(value)
      case 'NotIn':
        return value === undefined || !texts(values).includes(value)
      case 'Exists':
        return value !== undefined
      case 'DoesNotExist':
        return value === undefined
      default:
        return true
    }
  })
}
