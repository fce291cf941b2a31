/**
 * Plan and lock to files. Total and deterministic: the two decide every byte, nothing is read back from the output.
 * Each folder of a cluster is written by the room of the same name.
 */
import { argoCdFile } from '../delivery/argocd.ts'
import { fluxFile } from '../delivery/flux.ts'
import { FOLDERS } from '../delivery/folders.ts'
import { kustomization } from '../delivery/kustomization.ts'
import { legacyReadme } from '../delivery/legacy-readme.ts'
import { clusterReadme } from '../delivery/readme.ts'
import { coreDnsConfigMap } from '../dns/providers/coredns.ts'
import { destinationRule } from '../istio/destination-rule.ts'
import { exportedSubsets } from '../istio/exported-subsets.ts'
import { exportGateway } from '../istio/gateway.ts'
import { managedGateway } from '../istio/gateway-api.ts'
import { gatewayValues } from '../istio/gateway-values.ts'
import { serviceEntry } from '../istio/service-entry.ts'
import { legacyImport } from '../istio/legacy-imports.ts'
import { istioOperator } from '../istio/operator-values.ts'
import { virtualService } from '../istio/virtual-service.ts'
import { istiodValues } from '../istio/values.ts'
import { workloadPolicies } from '../istio/workload-policies.ts'
import { emitManifests, emitYaml } from '../kubernetes/emit.ts'
import { labels, namespace, type Manifest } from '../kubernetes/manifest.ts'
import { CRL_ITEM, crlItemOf, type Lock, type LockedCluster } from '../lock/lock.ts'
import { isLegacy } from '../mesh/capabilities.ts'
import { balancingOf } from '../mesh/failover.ts'
import { clusterNamed, servingOf, type Cluster, type Mesh } from '../mesh/mesh.ts'
import { invariant } from '../diagnostics/failure.ts'
import { mergeTrees, under, type FileTree } from '../tree/file-tree.ts'
import { header } from '../tree/ownership.ts'
import { cacertsFile } from '../trust/seal/manifest.ts'
import { crlFile } from '../trust/crl-file.ts'
import { chainText, publicTexts } from '../trust/public-items.ts'
import type { Plan } from './plan.ts'

/** The whole output, paths relative to the output folder. `lock` must have every cluster of the plan's mesh. */
export function render(plan: Plan, lock: Lock): FileTree {
  for (const { name } of plan.mesh.clusters) {
    invariant(lock.clusters.has(name), `${name} is rendered before it is complete`)
  }
  return renderKnown(plan, lock)
}

/** The same before everything is issued: a cluster that waits for its first intermediate has no `trust/` yet. */
export function renderKnown(plan: Plan, lock: Lock): FileTree {
  const { mesh, corefiles } = plan
  const trees = mesh.clusters.map((cluster) => {
    const corefile = corefiles.get(cluster.name)
    const locked = lock.clusters.get(cluster.name)
    invariant(corefile !== undefined, `${cluster.name} has no Corefile`)
    return under(`clusters/${cluster.name}`, clusterTree({ mesh, lock, cluster, locked, corefile }))
  })
  const tree = mergeTrees(new Map([['.gitattributes', GIT_ATTRIBUTES]]), engineFiles(mesh), ...trees)
  return new Map([...tree].map(([path, text]) => [path, header(mesh.name, path) + text]))
}

/** A checkout that changed line ends would look like a change of every file; ciphertext is nothing to review. */
const GIT_ATTRIBUTES = `* text eol=lf
clusters/*/README.md linguist-generated=true
clusters/*/trust/cacerts.yaml linguist-generated=true
`

/** How the engines pick the folders up; beside them, since nothing in a cluster's folder is for an engine alone. */
function engineFiles(mesh: Mesh): FileTree {
  const argo = argoCdFile(mesh)
  const flux = mesh.clusters.flatMap((cluster): [string, string][] => {
    const text = fluxFile(mesh, cluster)
    return text === undefined ? [] : [[`flux/${cluster.name}.yaml`, text]]
  })
  return new Map([...(argo === undefined ? [] : [[`argocd/${mesh.name}.yaml`, argo] as const]), ...flux])
}

interface ClusterInput {
  readonly mesh: Mesh
  readonly lock: Lock
  readonly cluster: Cluster
  readonly locked: LockedCluster | undefined
  readonly corefile: string
}

function clusterTree(input: ClusterInput): FileTree {
  const { mesh, lock, cluster, corefile } = input
  const policies = workloadPolicies(mesh, lock, cluster)
  const gateway = gatewayFolder(mesh, lock, cluster, policies)
  const services = serviceFiles(mesh, lock, cluster)
  const has = { gateway: gateway.length > 0, services: services.length > 0, policies: [...policies.keys()].sort() }
  const readme = isLegacy(cluster.istio.version) ? legacyReadme : clusterReadme
  return mergeTrees(
    new Map([
      ['kustomization.yaml', kustomization(FOLDERS)],
      ['README.md', readme(mesh, cluster, has)],
    ]),
    installFiles(mesh, lock, cluster),
    trustFolder(input),
    folder('gateway', gateway),
    folder('services', services),
    folder('dns', [['coredns.yaml', [coreDnsConfigMap(mesh.name, corefile)]]]),
  )
}

/** What Istio is installed with; not applied by Kustomize. */
function installFiles(mesh: Mesh, lock: Lock, cluster: Cluster): FileTree {
  if (isLegacy(cluster.istio.version)) {
    return new Map([['istio/istio-operator.yaml', emitYaml(istioOperator(mesh, cluster))]])
  }
  return new Map([
    ['istio/values.yaml', emitYaml(istiodValues(mesh, cluster, lock.roots.get(mesh.trust.root)?.certificate))],
    ...(cluster.gateway.install === 'helm-values'
      ? [['istio/gateway-values.yaml', emitYaml(gatewayValues(cluster))] as const]
      : []),
  ])
}

type ManifestFile = readonly [name: string, manifests: readonly Manifest[]]

/** Files of manifests and the index that lists them; the index is there even when there is nothing to list. */
function folder(name: string, files: readonly ManifestFile[]): FileTree {
  const index: [string, string] = ['kustomization.yaml', kustomization(files.map(([file]) => file))]
  const rendered = files.map(([file, manifests]): [string, string] => [file, emitManifests(manifests)])
  return under(name, mergeTrees(new Map([index]), new Map(rendered)))
}

/** Where the installer makes the Gateway of all services, policies are all there is. */
function gatewayFolder(
  mesh: Mesh,
  lock: Lock,
  cluster: Cluster,
  policies: ReadonlyMap<string, readonly Manifest[]>,
): ManifestFile[] {
  if (isLegacy(cluster.istio.version)) return policyFiles(policies)
  const gateway = gatewayFiles(mesh, lock, cluster)
  return gateway.length === 0 ? [] : [...policyFiles(policies), ...gateway]
}

function gatewayFiles(mesh: Mesh, lock: Lock, cluster: Cluster): ManifestFile[] {
  const rules = exportedSubsets(mesh, lock, cluster)
  const subsets: readonly ManifestFile[] = rules.length === 0 ? [] : [['subsets.yaml', rules]]
  if (cluster.gateway.install === 'gateway-api') {
    return [['gateway.yaml', managedGateway(mesh, lock, cluster)], ...subsets]
  }
  const gateway = exportGateway(mesh, lock, cluster)
  return gateway === undefined ? [] : [['gateway.yaml', [gateway]], ...subsets]
}

function trustFolder({ mesh, lock, cluster, locked }: ClusterInput): FileTree {
  if (locked === undefined) return new Map()
  const certificateOf = (id: string): string => {
    const root = lock.roots.get(id)
    invariant(root !== undefined, `${cluster.name} trusts root ${id}, which the lock does not have`)
    return root.certificate
  }
  const chain = chainText(locked, certificateOf(locked.root))
  const texts = publicTexts(locked, certificateOf)
  const shown = new Set<string>(Object.keys(locked.texts ?? {}))
  if (locked.bundle.join() !== locked.root) shown.add('root-cert.pem')
  const file = cacertsFile(mesh.name, cluster, locked, texts)
  return mergeTrees(
    folder('trust', [
      // The namespace is the Istio install's too: labels of ours would take it away from Helm.
      ['namespace.yaml', [namespace(cluster.istio.namespace, 'trust')]],
      ...(file === undefined ? [] : [[file.name, [file.manifest]] as const]),
    ]),
    // Public, and no resource: for reviewers, and for `verify`, which cannot look into a sealed item.
    new Map([
      ['trust/chain.pem', chain],
      // Items that are not just made of that chain.
      ...Object.entries(texts).flatMap(([item, text]) => (shown.has(item) ? [[`trust/${item}`, text] as const] : [])),
      ...(crlItemOf(locked.sealed) === undefined ? [] : [[`trust/${CRL_ITEM}`, crlFile(lock)] as const]),
    ]),
  )
}

/** One file for each namespace that policies are for, as with what is imported. */
function policyFiles(policies: ReadonlyMap<string, readonly Manifest[]>): ManifestFile[] {
  return [...policies].map(([namespace, manifests]) => [`policies-${namespace}.yaml`, manifests])
}

/** One file for each namespace that imported services come from: a team's changes stay in one place. */
function serviceFiles(mesh: Mesh, lock: Lock, into: Cluster): ManifestFile[] {
  const byNamespace = new Map<string, Manifest[]>()
  for (const service of mesh.services) {
    const consumer = service.consumers.find((c) => c.cluster === into.name)
    if (consumer === undefined) continue
    const providers = servingOf(service).flatMap((provider) => {
      const cluster = clusterNamed(mesh, provider.cluster)
      return cluster === undefined ? [] : [{ provider, cluster }]
    })
    if (providers.length === 0) continue
    const address = lock.hosts.get(service.key)?.address
    invariant(address !== undefined, `${service.key} is rendered before it is complete`)
    const sides = { into, providers, balancing: balancingOf(service, into), consumer }
    const routes = virtualService(mesh, service, sides)
    byNamespace.set(service.namespace, [
      ...(byNamespace.get(service.namespace) ?? []),
      ...(isLegacy(into.istio.version)
        ? legacyImport(mesh, service, address, sides)
        : [serviceEntry(mesh, service, address, sides), destinationRule(mesh, service, sides)]),
      ...(routes ? [routes] : []),
    ])
  }
  if (byNamespace.size === 0) return []
  const files = [...byNamespace].map(([name, manifests]): ManifestFile => [`${name}.yaml`, manifests])
  const { name, labels: userLabels } = into.importNamespace
  // Where the imports live in istiod's own namespace, trust/ has that namespace already.
  if (name === into.istio.namespace) return files
  const object = namespace(name, 'services', { ...userLabels, ...labels(mesh.name, 'services') })
  // No namespace can be called that, since an underscore is in no DNS label.
  return [['_namespace.yaml', [object]], ...files]
}
