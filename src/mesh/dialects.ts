/** Versions of Istio may be mixed as far as both ends of a call mean the same service by the same SNI. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { dialectOf, isLegacy } from './capabilities.ts'
import { clusterNamed, servingOf, type Cluster, type Mesh, type Service } from './mesh.ts'

/** All clusters that run a host know it by one name; who calls it sends that name, whatever its own version. */
export function dialectDiagnostics(mesh: Mesh): Diagnostic[] {
  return mesh.services.flatMap((service) => {
    const providers = clustersAmong(mesh, service.providers)
    const [one] = providers
    const other = providers.find(({ istio }) => one && dialectOf(istio.version) !== dialectOf(one.istio.version))
    if (one !== undefined && other !== undefined) {
      return [diagnose('MESH-E291', { service: service.key, one: titleOf(one), other: titleOf(other) }, service.origin)]
    }
    return clustersAmong(mesh, service.consumers).flatMap((consumer) => mixed(mesh, service, consumer))
  })
}

function mixed(mesh: Mesh, service: Service, consumer: Cluster): Diagnostic[] {
  const provider = clustersAmong(mesh, servingOf(service)).find(
    ({ istio }) => dialectOf(istio.version) !== dialectOf(consumer.istio.version),
  )
  if (provider === undefined) return []
  const args = { service: service.key, consumer: titleOf(consumer), provider: titleOf(provider) }
  return isLegacy(consumer.istio.version) && consumer.istio.egressGateway === true
    ? [diagnose('MESH-E936', args, service.origin)]
    : [diagnose('MESH-W937', args, service.origin)]
}

function clustersAmong(mesh: Mesh, named: readonly { readonly cluster: string }[]): Cluster[] {
  return named.flatMap(({ cluster }) => clusterNamed(mesh, cluster) ?? [])
}

function titleOf({ name, istio }: Cluster): string {
  return `${name} (Istio ${istio.version})`
}
