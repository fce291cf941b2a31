/** The first mesh.yaml of a mesh, as text with comments for the person who goes on with it. */
import { blockItem, clusterItem, quote, serviceItem, type Item, type NewCluster, type NewService } from './item.ts'

export interface FirstMesh {
  readonly name: string
  readonly currentTrust: string
  readonly gatewayInstall: string
  readonly clusters: readonly Pick<NewCluster, 'name' | 'address'>[]
  readonly services: readonly NewService[]
}

export function firstMesh(mesh: FirstMesh): string {
  const services =
    mesh.services.length === 0
      ? `services: []
# - name: svc-2                          # a Kubernetes Service ...
#   namespace: bar
#   clusters: [${mesh.clusters[0]?.name ?? 'cluster-1'}]                # ... of this cluster, called as svc-2.bar.global from the others
#   ports: [{ name: http, port: 8000, protocol: HTTP }]
#   serviceAccounts: [svc-2]             # callers accept no other identity
`
      : `services:\n${mesh.services.map((s) => element(serviceItem(s))).join('')}`
  return `# yaml-language-server: $schema=mesh.schema.json
apiVersion: meshwright.dev/v1
kind: Mesh
metadata:
  name: ${quote(mesh.name)}
defaults:
  cluster:
    trust:
      current: ${quote(mesh.currentTrust)} # what istiod signs with today: none | self-signed | cacerts
    gateway:
      install: ${quote(mesh.gatewayInstall)} # who installs the east-west gateways
clusters:
${mesh.clusters.map(cluster).join('')}${services}`
}

function cluster({ name, address }: FirstMesh['clusters'][number]): string {
  const comment = `its Corefile: corefiles/${name}.Corefile, its sealing certificate: sealing/${name}.pem`
  return element(clusterItem({ name, address })).replace('\n', () => ` # ${comment}\n`)
}

function element(item: Item): string {
  return blockItem(item)
    .map((line) => `  ${line}\n`)
    .join('')
}
