import type { Mesh } from './mesh.ts'

/** The mesh as if these clusters were not there yet: nobody calls them, and they call nobody. */
export function withoutClusters(mesh: Mesh, names: readonly string[]): Mesh {
  if (names.length === 0) return mesh
  const isThere = ({ cluster }: { readonly cluster: string }): boolean => !names.includes(cluster)
  return {
    ...mesh,
    clusters: mesh.clusters.filter(({ name }) => !names.includes(name)),
    services: mesh.services.map((service) => ({
      ...service,
      providers: service.providers.filter(isThere),
      consumers: service.consumers.filter(isThere),
    })),
  }
}
