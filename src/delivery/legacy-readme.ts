/** What a cluster with Istio 1.6 or 1.7 needs once, for the person who applies its folder for the first time. */
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { placeText } from '../mesh/ip.ts'
import { engines } from './readme.ts'
import { sealingText } from './readme-sealing.ts'

/** @param has which of the folders hold something, and namespaces of others that policies are put into */
export function legacyReadme(
  mesh: Mesh,
  cluster: Cluster,
  has: { readonly gateway: boolean; readonly services: boolean; readonly policies: readonly string[] },
): string {
  const { istio, dns, gateway } = cluster
  const sealed = sealingText(mesh, cluster)
  const apply = (folder: string): string => `kubectl apply --server-side -k ${folder}\n`
  const dialled = [...gateway.addresses]
    .sort()
    .map((address) => `\`${placeText(address, gateway.port)}\``)
    .join(', ')
  return `
# Cluster ${cluster.name} of mesh ${mesh.name}

Everything here is applied by Argo CD, Flux or \`kubectl\`. Do not edit it: change the intent and generate again.

> **Istio ${istio.version} is out of support.** Its gateway has the hole of ISTIO-SECURITY-2021-006: whoever reaches port 15443 gets past
> policies at the gateway. It lets in every service of this cluster, not only what \`mesh.yaml\` says; only policies at the pods
> refuse anybody. Upgrading to 1.8.6, 1.9.5 or 1.10 breaks every call into this cluster, since the rewriting of the suffix is
> gone there: go to 1.22 or later in one step, with \`istio.version\` and the others' output in the same change. None of this
> could be run with a real istiod of 1.6; it was read.

| folder | what it brings |
| --- | --- |
| \`trust/\` | the namespace \`${istio.namespace}\` and ${sealed.brings}, this cluster's intermediate; \`chain.pem\` is for readers |
| \`gateway/\` | ${has.gateway ? 'who may call the services of this cluster' : 'nothing'}; Gateway, EnvoyFilter and the rule for \`*.${mesh.hostSuffix}\` are the installer's |
| \`services/\` | a ServiceEntry for each host of another cluster, in \`${cluster.importNamespace.name}\` |
| \`dns/\` | the ConfigMap \`kube-system/coredns\`, this cluster's own Corefile with \`${mesh.hostSuffix}\` forwarded to istiocoredns |
| \`istio/istio-operator.yaml\` | not applied: for \`istioctl install\` |

## What this cluster needs once

1. ${sealed.needs}
2. A load balancer that passes TCP through to port 15443 of \`istio-ingressgateway\`. The other clusters dial ${dialled}.
   **Make no Gateway for port 15443**: a second one breaks the one that is installed.
3. Sidecars in the pods that call and that are called; a pod without one resolves a host, but reaches nothing.
${egressNeeds(cluster)}${has.policies.length > 0 ? policies(has.policies, istio.egressGateway === true ? 5 : 4) : ''}
## The first time, in this order

\`\`\`sh
${sealed.apply}kubectl -n ${istio.namespace} get secret cacerts
istioctl install -f istio/istio-operator.yaml   # istioctl of ${istio.version}; with your own settings
kubectl -n ${istio.namespace} get service istiocoredns -o jsonpath='{.spec.clusterIP}'   # is ${dns.istiocoredns ?? 'what dns.istiocoredns must be'}
${has.gateway ? apply('gateway') : ''}${has.services ? apply('services') : ''}kubectl apply --server-side --force-conflicts -k dns
\`\`\`

- \`cacerts\` must be there before istiod starts. This istiod reads it at a start only: after every change of \`trust/\` restart it.
- Nothing may be installed again under another ClusterIP of istiocoredns: look it up again after that, and generate.
${sealed.warns}
- The Corefile is \`${dns.corefile.path}\` plus one block. When Kubernetes upgrades CoreDNS, fetch the new Corefile into that
  file and generate again.
- Never give these folders a \`namePrefix\` or \`namespace\` in Kustomize, Argo CD or Flux: ${sealed.bound}
${engines(mesh, cluster)}`
}

function egressNeeds({ istio }: Cluster): string {
  if (istio.egressGateway !== true) return ''
  return `4. \`istio-egressgateway\` for calls to other clusters and for nothing else: it sees the network \`external\` only. Do not upgrade
   to 1.7 with it: sidecars would then see past it, and half of the calls would go around it.
`
}

function policies(namespaces: readonly string[], number: number): string {
  return `${number}. The namespaces of the services whose callers \`gateway/\` decides on: ${namespaces.map((name) => `\`${name}\``).join(', ')}. They belong to their
   owners and are not made here; while one is missing, \`gateway/\` and what comes after it wait.
`
}
