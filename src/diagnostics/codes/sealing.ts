/** MESH-…47N and …48N: how a cluster's key is kept from other eyes. */
import type { Entries } from '../entry.ts'

export interface SealingArgs {
  'MESH-E470': {
    readonly cluster: string
    readonly locked: string
    readonly wanted: string
    readonly generation: number
  }
  'MESH-E471': {
    readonly cluster: string
    readonly locked: string
    readonly wanted: string
    readonly generation: number
  }
  'MESH-E472': { readonly cluster: string }
  'MESH-E473': { readonly problem: string }
  'MESH-W474': { readonly cluster: string; readonly recipients: readonly string[]; readonly generation: number }
  'MESH-W475': { readonly cluster: string; readonly path: string; readonly locked: string; readonly found: string }
  'MESH-W476': { readonly cluster: string; readonly locked: string; readonly wanted: string; readonly steps: string }
  'MESH-E477': { readonly cluster: string; readonly problem: string }
  'MESH-E478': { readonly field: string; readonly value: string }
  'MESH-E480': { readonly detail: string }
  'MESH-E482': { readonly item: string }
  'MESH-E483': { readonly found: string; readonly locked: string }
  'MESH-W484': { readonly scope: string }
}

const newGeneration = (generation: number): string => `issue a new key with trust.generation: ${generation + 1}`
const again = (): string => 'generate again, and do not edit what is rendered'

const keyIsGone =
  'The private key of a cluster is forgotten as soon as it is sealed: nobody can seal it another way. A new key can be, and a new generation is one: peers trust both, so that nothing is cut off.'

export const sealingCodes: Entries<SealingArgs> = {
  'MESH-E470': {
    title: 'a sealed key of another scope',
    message: (a) => `the key of ${a.cluster} is sealed with scope ${a.locked}; as ${a.wanted} it would not open`,
    help: (a) => `put sealing.scope back, or ${newGeneration(a.generation)}`,
    explanation: `The scope is part of what a sealed item is encrypted with. ${keyIsGone}`,
  },
  'MESH-E471': {
    title: 'a key that is sealed by another backend',
    message: (a) => `the key of ${a.cluster} is kept by ${a.locked}; ${a.wanted} cannot be given it`,
    help: (a) => `put sealing.backend back, or ${newGeneration(a.generation)} in the same change`,
    explanation: `${keyIsGone} The object of the former backend is protected from pruning and stays in the cluster: it must be taken away by hand, in a way that keeps the Secret.`,
  },
  'MESH-E472': {
    title: 'SOPS with Argo CD',
    message: (a) => `${a.cluster} is applied by Argo CD, which cannot decrypt what SOPS encrypts`,
    help: () =>
      'take sealed-secrets or external-secrets for this cluster, or let Flux apply it: delivery.engines: [flux]',
    explanation:
      'Argo CD has no decryption of its own; plugins that add one put the identity into its repository server. It would apply a Secret whose key is no key, and istiod would not start with it.',
  },
  'MESH-E473': {
    title: 'not an age recipient',
    message: (a) => `an entry of sealing.recipients ${a.problem}`,
    help: () =>
      'a recipient is the public key age1… that age-keygen prints; if the secret one stands here, replace it: it has been seen',
  },
  'MESH-W474': {
    title: 'who is no recipient any more has been one',
    message: (a) =>
      `${a.recipients.join(', ')} could open the key of ${a.cluster}, and can still open it in the Git history`,
    help: (a) => `if that must not be, ${newGeneration(a.generation)}`,
    explanation:
      'Another list of recipients encrypts the same data key for others. What stands in the history of the repository opens for those of before, and so does what they have kept.',
  },
  'MESH-W475': {
    title: 'a newer sealing certificate',
    message: (a) =>
      `${a.path} (${a.found}) is not the certificate that the key of ${a.cluster} is sealed for (${a.locked})`,
    help: (a) =>
      `it opens as long as the controller keeps its old keys; to seal it anew, without any key: kubeseal --re-encrypt < trust/cacerts.yaml > NEW, then meshwright trust reseal ${a.cluster} --from NEW`,
    explanation:
      'The controller makes a new certificate from time to time and keeps the keys of the old ones. What is sealed already keeps its bytes, and only what is sealed from now on is for the new certificate. If an old sealing key has leaked, resealing does not help, since the history has what it opens: issue a new generation.',
  },
  'MESH-W476': {
    title: 'the object of the former backend stays',
    message: (a) =>
      `${a.cluster} goes from ${a.locked} to ${a.wanted}, and what ${a.locked} made of cacerts stays in the cluster, where the two would fight`,
    help: (a) => a.steps,
    explanation:
      'Nothing that brings cacerts is pruned, since istiod without it makes a CA of its own. So the former object is taken away by hand when the new one is there, in a way that keeps the Secret.',
  },
  'MESH-E477': {
    title: 'not what kubeseal --re-encrypt returns',
    message: (a) => `this is no cacerts of ${a.cluster} that was sealed anew: ${a.problem}`,
    help: (a) =>
      `run kubeseal --re-encrypt < trust/cacerts.yaml > NEW with the context of ${a.cluster}, and name that file; nothing was changed`,
  },
  'MESH-E478': {
    title: 'not a value for the store',
    message: (a) => `sealing.store.${a.field} ${JSON.stringify(a.value)} cannot be used`,
    help: (a) =>
      a.field === 'prefix'
        ? 'names of entries have letters, digits, and / _ . -'
        : 'write a number with s, m or h, such as 30m or 1h',
  },
  'MESH-E480': {
    title: 'not as SOPS encrypts it',
    message: (a) => `cacerts is not encrypted as it must be: ${a.detail}`,
    help: again,
    explanation:
      'Only the private key is encrypted, so that certificates can be reviewed and the list of roots can change without any key. Whatever else is in the clear, or cannot be opened, leaves istiod without a key or shows it to everybody.',
  },
  'MESH-E482': {
    title: 'an item of cacerts that is not the chain that is shown',
    message: (a) => `${a.item} of cacerts is not that of chain.pem and root-cert.pem`,
    help: again,
  },
  'MESH-E483': {
    title: 'another backend than that of the lock',
    message: (a) => `cacerts is a ${a.found}, and the lock has it kept by ${a.locked}`,
    help: () => 'the two are of different runs: generate again, and commit lock and output together',
  },
  'MESH-W484': {
    title: 'a wider scope',
    message: (a) => `the sealed cacerts has scope ${a.scope}`,
    help: () => 'without the lock it cannot be told whether that is meant; strict is the default',
    explanation:
      'With a wider scope than strict, whoever may create a SealedSecret in the namespace, or in the cluster, can have the key of the CA under another name.',
  },
}
