/** What has to be done once in a cluster whose istiod signs already, before the `cacerts` from here takes effect. */
import type { Cluster } from './mesh.ts'

/** Markdown, with a heading; undefined for a cluster that began without a CA. */
export function takeOverText(cluster: Cluster): string | undefined {
  const { state } = cluster.currentTrust
  if (state === 'none') return undefined
  const { namespace, revision } = cluster.istio
  const controller = cluster.sealing.backend === 'sealed-secrets'
  const istiod = revision === undefined ? 'istiod' : `istiod-${revision}`
  const kubectl = `kubectl -n ${namespace}`
  const [why, secret] =
    state === 'cacerts'
      ? [
          `\`cacerts\` is there already${controller ? ', and the controller takes over a Secret that it did not make only when it is marked' : ''}. Taken
over as it is, it changes no certificate.`,
          `${kubectl} get secret cacerts -o jsonpath='{.type}'
${controller ? `${kubectl} annotate secret cacerts sealedsecrets.bitnami.com/managed=true   # of type Opaque\n` : ''}${kubectl} delete secret cacerts   # of any other type than Opaque, which cannot be changed`,
        ]
      : [
          `istiod signs with a CA of its own. The first \`cacerts\` from here has that very CA, and the roots of the others beside
it: nobody is cut off, and only later the signer changes.`,
          `${kubectl} get secret cacerts -o jsonpath='{.type}'   # usually there is none
${kubectl} delete secret cacerts                      # only if it is of type istio.io/ca-root: istiod's own CA`,
        ]
  return `
## Once, since this cluster signs already

${why}

\`\`\`sh
${controller ? 'kubeseal --controller-namespace kube-system --validate < trust/cacerts.yaml   # the controller can open it\n' : ''}${secret}
${controller ? `kubectl apply --server-side -k trust\n${kubectl} wait --for=condition=Synced sealedsecret/cacerts` : '# let the engine apply trust/, which decrypts it'}
${kubectl} rollout restart deployment/${istiod}
\`\`\`

- Give istiod the values of \`istio/values.yaml\` first: only with them it takes a bundle of several roots.
- Between \`delete\` and \`apply\` no istiod may start: it would make a CA of its own. A running one goes on with what it has.
- istiod must run with the new Secret before the next change of trust is published.
`
}
