/** What a cluster needs once, for the person who applies its folder for the first time. */
import { sealingText } from './readme-sealing.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { takeOverText } from '../mesh/take-over.ts'
import { placeText } from '../mesh/ip.ts'
import { clusterPath } from './folders.ts'

/**
 * @param has which of the folders hold something, since kubectl refuses to apply an empty one; and namespaces of others that
 *   policies are put into
 */
export function clusterReadme(
  mesh: Mesh,
  cluster: Cluster,
  has: { readonly gateway: boolean; readonly services: boolean; readonly policies: readonly string[] },
): string {
  const { istio, dns } = cluster
  const sealed = sealingText(mesh, cluster)
  const apply = (folder: string): string => `kubectl apply --server-side -k ${folder}\n`
  const managed = cluster.gateway.install === 'gateway-api'
  const charted = cluster.gateway.install === 'helm-values'
  const istiod = istio.revision === undefined ? 'istiod' : `istiod-${istio.revision}`
  // What names no revision is checked and taken by the default one: without any, it would be by none.
  const byDefault = istio.revision === undefined ? '' : ` --set defaultRevision=${istio.revision}`
  const revision = istio.tag ?? istio.revision
  const labelled = revision === undefined ? '' : `, in namespaces labelled \`istio.io/rev: ${revision}\``
  return `
# Cluster ${cluster.name} of mesh ${mesh.name}

Everything here is applied by Argo CD, Flux or \`kubectl\`. Do not edit it: change the intent and generate again.

| folder | what it brings |
| --- | --- |
| \`trust/\` | the namespace \`${istio.namespace}\` and ${sealed.brings}, this cluster's intermediate; \`chain.pem\` is for readers |
| \`gateway/\` | the Gateway with the hosts that other clusters may call${managed ? ', and what istiod makes a gateway of' : ''} |
| \`services/\` | a ServiceEntry and a DestinationRule for each host of another cluster, in \`${cluster.importNamespace.name}\` |
| \`dns/\` | the ConfigMap \`kube-system/coredns\`, this cluster's own Corefile with a block for \`${mesh.hostSuffix}\` |
| \`istio/values.yaml\` | not applied: values for the istiod Helm chart |
${charted ? '| `istio/gateway-values.yaml` | not applied: values for the gateway Helm chart |\n' : ''}
## What this cluster needs once

1. ${sealed.needs}
2. ${gatewayNeeds(cluster)}
3. Sidecars in the pods that call and that are called${labelled}; a pod without one resolves a host, but reaches nothing.
${has.policies.length > 0 ? policies(has.policies) : ''}${takeOverText(cluster) ?? ''}
## The first time, in this order

\`\`\`sh
${sealed.apply}kubectl -n ${istio.namespace} get secret cacerts
helm upgrade --install istio-base istio/base -n ${istio.namespace}${byDefault}
helm upgrade --install ${istiod} istio/istiod -n ${istio.namespace} -f istio/values.yaml   # with your own values
${charted ? chart(cluster) : ''}${has.gateway ? apply('gateway') : ''}${has.services ? apply('services') : ''}kubectl apply --server-side --force-conflicts -k dns
\`\`\`

- istiod takes its *first* \`cacerts\` only when it starts: if it runs already, restart it. Later changes are taken within
  a minute or two.
${sealed.warns}
- The Corefile is \`${dns.corefile.path}\` plus one block. When Kubernetes upgrades CoreDNS, fetch the new Corefile into that
  file and generate again.
- Never give these folders a \`namePrefix\` or \`namespace\` in Kustomize, Argo CD or Flux: ${sealed.bound}
${engines(mesh, cluster)}`
}

function policies(namespaces: readonly string[]): string {
  return `4. The namespaces of the services whose callers \`gateway/\` decides on: ${namespaces.map((name) => `\`${name}\``).join(', ')}. They belong to their
   owners and are not made here; while one is missing, \`gateway/\` and what comes after it wait.
`
}

const CHART_RELEASE = 'istio-eastwestgateway'

function chart({ gateway }: Cluster): string {
  return `helm upgrade --install ${CHART_RELEASE} istio/gateway -n ${gateway.namespace} --create-namespace -f istio/gateway-values.yaml\n`
}

/** The gateway itself, and where the others dial it. */
function gatewayNeeds({ gateway }: Cluster): string {
  const selector = Object.entries(gateway.selector)
    .map(([key, value]) => `\`${key}: ${value}\``)
    .sort()
    .join(', ')
  const dialled = [...gateway.addresses]
    .sort()
    .map((address) => `\`${placeText(address, gateway.port)}\``)
    .join(', ')
  const reach = `The other clusters dial ${dialled}`
  switch (gateway.install) {
    case 'none':
      return `An east-west gateway in \`${gateway.namespace}\` whose pods are labelled ${selector} and whose Service has port 15443,
   behind a load balancer that passes TCP through. ${reach}.`
    case 'gateway-api':
      return `The kinds of the Kubernetes Gateway API, 1.2 or later, before Istio: istiod then makes the gateway of \`gateway/\`, as Deployment
   and Service \`meshwright-exports-istio\` in \`${gateway.namespace}\`. ${reach}:
   reserve the address, or let the name follow it. No other Gateway may claim port 15443 of its pods.`
    case 'helm-values':
      return `An east-west gateway in \`${gateway.namespace}\` by Istio's gateway chart, as below; our Gateway takes pods labelled ${selector}.
   ${reach}: reserve the address, or let the name follow it.`
  }
}

export function engines(mesh: Mesh, cluster: Cluster): string {
  const { delivery } = mesh
  const { name, engines } = cluster.delivery
  if (delivery === undefined || engines.length === 0) return ''
  const argo = `- Argo CD: \`kubectl apply -f argocd/${mesh.name}.yaml\` where it runs. The Application \`${mesh.name}-${cluster.name}\`
  takes this folder to the cluster that Argo CD knows as \`${name}\`.
`
  const flux = `- Flux: \`kubectl apply -f flux/${cluster.name}.yaml\` on this cluster. Never bootstrap Flux into \`${clusterPath(delivery, cluster.name)}\`
  itself: it would apply everything in it at once.
`
  return `
## By ${engines.map((engine) => ({ argocd: 'Argo CD', flux: 'Flux' })[engine]).join(' or ')}

In place of the \`kubectl\` lines above; the namespace and \`cacerts\` come first, then install Istio, and the rest follows.

${engines.includes('argocd') ? argo : ''}${engines.includes('flux') ? flux : ''}`
}
