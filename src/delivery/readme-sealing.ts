/** What the README of a cluster says of its `cacerts`, by the backend that brings it. */
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { entryName } from '../mesh/sealing.ts'

interface SealingText {
  /** What `trust/` brings. */
  readonly brings: string
  readonly needs: string
  /** Commands, each with its line end. */
  readonly apply: string
  /** Items of a list. */
  readonly warns: string
  /** Why names must stay as they are. */
  readonly bound: string
}

export function sealingText(mesh: Mesh, { name, istio, sealing }: Cluster): SealingText {
  const waits = (condition: string, object: string): string =>
    `kubectl -n ${istio.namespace} wait --for=condition=${condition} ${object}/cacerts\n`
  const apply = 'kubectl apply --server-side -k trust\n'
  switch (sealing.backend) {
    case 'sealed-secrets':
      return {
        brings: 'the sealed Secret `cacerts`',
        needs: `The sealed-secrets controller, 0.40 or later, with the key of \`${sealing.certificate.path}\`.`,
        apply: apply + waits('Synced', 'sealedsecret'),
        warns: `- A Secret \`cacerts\` that somebody else made is not replaced by the controller. ${sealing.keepSecret ? KEPT : OWNED}`,
        bound: 'a sealed Secret opens under its\n  own name only.',
      }
    case 'sops':
      return {
        brings: 'the Secret `cacerts`, whose key SOPS has encrypted',
        needs: `Flux, with the age identity of one of the recipients in the Secret \`${sealing.identitySecret}\` beside its objects, under a name that
   ends in \`.agekey\`.`,
        apply: `kubectl apply --server-side -f trust/namespace.yaml
sops --decrypt trust/cacerts.sops.yaml | kubectl apply --server-side -f -
`,
        warns: `- Only the key is encrypted: \`sops --decrypt\` shows it, so pipe it on and never write it to a file. kubectl alone cannot apply
  the file. Deleting the Secret lets istiod sign with a CA of its own at its next start: nothing here is pruned without
  being asked for.`,
        bound: 'Flux and istiod know the Secret by its\n  own name only.',
      }
    case 'external-secrets':
      return {
        brings: 'an ExternalSecret that makes the Secret `cacerts`',
        needs: `The External Secrets Operator, 0.16 or later, with the ${sealing.store.kind} \`${sealing.store.name}\`; in it an entry for each generation, such as
   \`${sealing.store.prefix}${entryName(mesh.name, name, 1)}\`, with the content of the file that \`generate\` wrote.`,
        apply: apply + waits('Ready', 'externalsecret'),
        warns: `- While the entry of a new generation is missing in the store, the Secret stays as it is. Deleting the ExternalSecret leaves
  the Secret; without that, istiod would sign with a CA of its own at its next start.`,
        bound: 'istiod knows the Secret by its\n  own name only.',
      }
  }
}

const OWNED = `Deleting the SealedSecret deletes the
  Secret, and istiod would sign with a CA of its own at its next start: nothing here is pruned without being asked for.`

const KEPT = `Deleting the SealedSecret leaves the
  Secret; without that, istiod would sign with a CA of its own at its next start.`
