/** The CustomResourceDefinitions of the real projects, from their own modules. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import type { KubernetesObject } from '../manifests.ts'
import { SOURCES } from '../tools.ts'
import type { Workbench } from '../workbench.ts'
import type { ApiClient } from './api-client.ts'
import { until } from './wait.ts'

export type Project =
  | 'istio'
  | 'istio-before'
  | 'gateway-api'
  | 'gateway-api-before'
  | 'sealed-secrets'
  | 'external-secrets'
  | 'flux'
  | 'argo'

interface Source {
  readonly module: string
  /** The go.mod that requires it, where it is not that of the wrapper module of the same name. */
  readonly required?: string
  /** Files, or folders of them. */
  readonly paths: readonly string[]
}

/** The versions are those of the programs of Istio that are built. */
function istio(required: string): Source {
  return { module: 'istio.io/istio', required, paths: ['manifests/charts/base/files/crd-all.gen.yaml'] }
}

/** The version is the one that this Istio was built with. */
function gatewayApi(required: string): Source {
  const paths = ['gatewayclasses', 'gateways'].map((n) => `config/crd/standard/gateway.networking.k8s.io_${n}.yaml`)
  return { module: 'sigs.k8s.io/gateway-api', required, paths }
}

const SOURCES_OF: Readonly<Record<Project, readonly Source[]>> = {
  istio: [istio('istio/meshcheck/go.mod')],
  'istio-before': [istio('istio/meshcheck/go-1.30.mod')],
  'gateway-api': [gatewayApi('istio/meshcheck/go.mod')],
  'gateway-api-before': [gatewayApi('istio/meshcheck/go-1.30.mod')],
  'sealed-secrets': [{ module: 'github.com/bitnami/sealed-secrets', paths: ['helm/sealed-secrets/crds'] }],
  'external-secrets': [
    {
      module: 'github.com/external-secrets/external-secrets',
      paths: ['config/crds/bases/external-secrets.io_externalsecrets.yaml'],
    },
  ],
  flux: [
    { module: 'github.com/fluxcd/source-controller', paths: ['config/crd/bases'] },
    { module: 'github.com/fluxcd/kustomize-controller', paths: ['config/crd/bases'] },
  ],
  argo: [
    {
      module: 'github.com/argoproj/argo-cd/v3',
      paths: ['application', 'applicationset', 'appproject'].map((name) => `manifests/crds/${name}-crd.yaml`),
    },
  ],
}

const ESTABLISHED_SECONDS = 30

/** Applies them, and waits until objects of their kinds are taken. */
export async function installCrds(bench: Workbench, api: ApiClient, project: Project): Promise<void> {
  const definitions = crdsOf(bench, project)
  await Promise.all(definitions.map((definition) => api.apply(definition)))
  await until(`the kinds of ${project} are served`, ESTABLISHED_SECONDS, async () => {
    for (const { spec } of definitions as unknown as readonly { readonly spec: Definition }[]) {
      for (const { name, served } of spec.versions) {
        if (served && !(await api.knows(`${spec.group}/${name}`, spec.names.kind))) return undefined
      }
    }
    return true
  })
}

interface Definition {
  readonly group: string
  readonly names: { readonly kind: string }
  readonly versions: readonly { readonly name: string; readonly served: boolean }[]
}

export function crdsOf(bench: Workbench, project: Project): KubernetesObject[] {
  return SOURCES_OF[project].flatMap(({ module, required, paths }) => {
    const folder = moduleFolder(bench, project, module, required)
    return paths.flatMap((path) => files(join(folder, path))).flatMap((file) => definitionsIn(file))
  })
}

function files(path: string): string[] {
  if (path.endsWith('.yaml')) return [path]
  return readdirSync(path)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(path, name))
}

function definitionsIn(file: string): KubernetesObject[] {
  return readFileSync(file, 'utf8')
    .split(/^---$/m)
    .map((text) => parse(text) as KubernetesObject | null)
    .filter((object): object is KubernetesObject => object?.kind === 'CustomResourceDefinition')
}

/** Where Go keeps the sources of a module, fetched when they are not there. */
export function moduleFolder(
  bench: Workbench,
  wrapper: string,
  module: string,
  required: string = join('tools', wrapper, 'go.mod'),
): string {
  const [cwd, modfile] = [join(SOURCES, dirname(required)), basename(required)]
  const env = { GOFLAGS: `-mod=readonly -modfile=${modfile}`, GOTOOLCHAIN: 'local' }
  const answer = bench.run(bench.tool('go'), ['mod', 'download', '-json', module], { cwd, env, timeoutMs: 300_000 })
  return (JSON.parse(answer.toString('utf8')) as { Dir: string }).Dir
}
