/** The first mesh.yaml of a mesh, as text with comments for the person who goes on with it. */

export interface FirstMesh {
  readonly name: string
  readonly currentTrust: string
  readonly gatewayInstall: string
  readonly clusters: readonly { readonly name: string; readonly address: string }[]
  readonly services: readonly {
    readonly name: string
    readonly namespace: string
    readonly cluster: string
    readonly port: number
    readonly protocol: string
  }[]
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
      : `services:\n${mesh.services.map(service).join('')}`
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
  return `  - name: ${quote(name)} # its Corefile: corefiles/${name}.Corefile, its sealing certificate: sealing/${name}.pem
    gateway:
      addresses: [${quote(address)}]
`
}

function service({ name, namespace, cluster: provider, port, protocol }: FirstMesh['services'][number]): string {
  const portName = protocol.toLowerCase()
  return `  - name: ${quote(name)}
    namespace: ${quote(namespace)}
    clusters: [${quote(provider)}]
    ports: [{ name: ${quote(portName)}, port: ${port}, protocol: ${quote(protocol)} }]
    serviceAccounts: [${quote(name)}]
`
}

/** Plain where it is plain to everybody, else in double quotes; what is wrong with it is told by the validation. */
function quote(text: string): string {
  return /^[A-Za-z][A-Za-z0-9.-]*[A-Za-z0-9]$|^\d+\.\d+\.\d+\.\d+$/.test(text) &&
    !/^(true|false|null|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text)
}
