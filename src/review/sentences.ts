/** What each kind of consequence says to a reviewer. */
import type { ConsequenceClass, ConsequenceKind } from './consequence.ts'

export interface Sentence {
  readonly of: ConsequenceClass
  /** One sentence without an end; `where` names the clusters. */
  readonly say: (consequence: { readonly subject: string; readonly detail: string; readonly where: string }) => string
}

export const SENTENCES: Readonly<Record<ConsequenceKind, Sentence>> = {
  'cluster-removed': { of: 'removes', say: ({ subject }) => `cluster ${subject} loses its whole output` },
  'cluster-left': {
    of: 'removes',
    say: ({ subject, detail }) =>
      `what was applied to ${subject} stays live in it, its key too, and its intermediate is trusted until ${detail}; trust crl revoke ${subject} ends that`,
  },
  'host-removed': {
    of: 'removes',
    say: ({ subject, detail }) => `${subject} is no host of the mesh any more; its address ${detail} stays reserved`,
  },
  'import-removed': { of: 'removes', say: ({ subject, where }) => `${subject} can no longer be called from ${where}` },
  'exposure-removed': {
    of: 'removes',
    say: ({ subject, where }) => `the gateway of ${where} no longer lets ${subject} in`,
  },
  'port-removed': {
    of: 'removes',
    say: ({ subject, where, detail }) => `${subject} can no longer be called on ${detail} from ${where}`,
  },
  'engine-removed': {
    of: 'removes',
    say: ({ subject }) => `${subject} goes: what it applies stays in the clusters, and nothing new reaches them by it`,
  },
  'address-released': {
    of: 'moves',
    say: ({ subject, detail }) => `the address ${detail} of ${subject} is free for another host`,
  },
  'address-moved': {
    of: 'moves',
    say: ({ subject, detail }) => `the address of ${subject} moves (${detail}): whoever holds the old one is cut off`,
  },
  'root-dropped': {
    of: 'moves',
    say: ({ subject, where }) => `root ${subject} is no longer trusted by ${where}: what it signed is refused there`,
  },
  'root-changed': { of: 'moves', say: ({ subject, detail }) => `root ${subject}: ${detail}` },
  'gateway-replaced': {
    of: 'moves',
    say: ({ subject }) =>
      `the gateway of ${subject} becomes another workload: others that dial the former one are cut off when it goes`,
  },
  'gateway-moved': {
    of: 'moves',
    say: ({ subject, where, detail }) => `${where} reaches the gateway of ${subject} elsewhere: ${detail}`,
  },
  'destination-moved': {
    of: 'moves',
    say: ({ subject, detail }) => `Argo CD applies the folder of ${subject} to another cluster: ${detail}`,
  },
  'certificate-issued': {
    of: 'moves',
    say: ({ subject, detail }) => `${subject} gets a new intermediate: ${detail}`,
  },
  'sealing-changed': {
    of: 'moves',
    say: ({ subject, detail }) => `cacerts of ${subject} is kept another way: ${detail}`,
  },
  'certificate-revoked': {
    of: 'moves',
    say: ({ subject, detail }) => `${subject} is revoked: whoever has the CRL refuses every workload below (${detail})`,
  },
  'crl-shipped': {
    of: 'moves',
    say: ({ where }) =>
      `${where} gets revocation lists, which cannot be taken back: a peer is refused when one of its chain is missing or has ended`,
  },
  'revocation-lost': {
    of: 'widens',
    say: ({ subject, detail }) => `${subject} is no longer revoked: whoever has its key is let in again (${detail})`,
  },
  'sharing-changed': {
    of: 'moves',
    say: ({ subject, where, detail }) => `calls of ${subject} from ${where} go to other shares: from ${detail}`,
  },
  'port-changed': {
    of: 'moves',
    say: ({ subject, where, detail }) => `${where} calls ${subject} otherwise: ${detail}`,
  },
  'settings-changed': {
    of: 'moves',
    say: ({ subject, where, detail }) => `connections from ${where} to ${subject} have other settings: ${detail}`,
  },
  'routing-changed': {
    of: 'moves',
    say: ({ subject, where, detail }) => `requests for ${subject} from ${where} are routed otherwise: ${detail}`,
  },
  'subset-removed': {
    of: 'removes',
    say: ({ subject, where, detail }) => `the gateway of ${where} no longer lets subset ${detail} of ${subject} in`,
  },
  'subset-changed': {
    of: 'moves',
    say: ({ subject, where, detail }) => `the gateway of ${where} takes other pods of ${subject} for subset ${detail}`,
  },
  'subset-added': {
    of: 'adds',
    say: ({ subject, where, detail }) => `the gateway of ${where} lets subset ${detail} of ${subject} in`,
  },
  gap: {
    of: 'gaps',
    say: ({ subject, where, detail }) =>
      `calls of ${subject} from ${where} that go to ${detail} are refused until its gateway has synced`,
  },
  'gap-at-the-end': {
    of: 'gaps',
    say: ({ subject, where, detail }) =>
      `calls of ${subject} from ${where} that still go to ${detail} are refused when its gateway syncs first`,
  },
  'provider-joined': {
    of: 'widens',
    say: ({ subject, where, detail }) => `calls of ${subject} from ${where} may go to ${detail}`,
  },
  'provider-left': {
    of: 'narrows',
    say: ({ subject, where, detail }) => `calls of ${subject} from ${where} no longer go to ${detail}`,
  },
  'exposure-added': { of: 'widens', say: ({ subject, where }) => `the gateway of ${where} lets ${subject} in` },
  'gateway-opened': {
    of: 'widens',
    say: ({ subject }) =>
      `the gateway of ${subject} is that of Istio 1.6 or 1.7: it lets in every service of the cluster, whatever is listed`,
  },
  'gateway-closed': {
    of: 'moves',
    say: ({ subject }) =>
      `the gateway of ${subject} is no longer that of Istio 1.6 or 1.7: calls under the suffix end when the new one is there, and callers must have synced by then`,
  },
  'import-added': {
    of: 'widens',
    say: ({ subject, where, detail }) => `${subject} can be called from ${where}, ${detail}`,
  },
  'port-added': {
    of: 'widens',
    say: ({ subject, where, detail }) => `${subject} can be called on ${detail} from ${where}`,
  },
  'root-trusted': {
    of: 'widens',
    say: ({ subject, where }) => `whatever root ${subject} signs is trusted by ${where} too`,
  },
  'recipients-added': { of: 'widens', say: ({ subject, detail }) => `${detail} can open the key of ${subject}` },
  'recipients-removed': {
    of: 'narrows',
    say: ({ subject, detail }) => `${detail} can open the key of ${subject} by the Git history only`,
  },
  'visibility-widened': {
    of: 'widens',
    say: ({ subject, where, detail }) => `${subject} can be called from more namespaces of ${where}: ${detail}`,
  },
  'identity-widened': {
    of: 'widens',
    say: ({ subject, where, detail }) => `${where}: more identities may answer for ${subject}: ${detail}`,
  },
  'authorization-loosened': { of: 'widens', say: ({ subject, where, detail }) => `${subject} in ${where}: ${detail}` },
  'authorization-tightened': {
    of: 'narrows',
    say: ({ subject, where, detail }) => `${subject} in ${where}: ${detail}`,
  },
  'visibility-narrowed': {
    of: 'narrows',
    say: ({ subject, where, detail }) => `${subject} can no longer be called from namespaces of ${where}: ${detail}`,
  },
  'identity-narrowed': {
    of: 'narrows',
    say: ({ subject, where, detail }) => `${where}: identities may no longer answer for ${subject}: ${detail}`,
  },
  'cluster-added': { of: 'adds', say: ({ subject }) => `cluster ${subject} is new` },
  'address-given': { of: 'adds', say: ({ subject, detail }) => `${subject} gets the address ${detail}` },
  'certificate-due': {
    of: 'asks',
    say: ({ subject, detail }) => `${subject} needs a new intermediate (${detail}): generate needs the root key`,
  },
  'rewrap-due': {
    of: 'asks',
    say: ({ subject }) =>
      `the key of ${subject} is for other recipients: generate needs the identity of one that it is for now`,
  },
  'certificate-awaited': {
    of: 'asks',
    say: ({ subject, detail }) => `${subject} waits for the certificate of ${detail}, which somebody else signs`,
  },
  'trust-adopted': {
    of: 'adds',
    say: ({ subject, detail }) =>
      `${subject} goes on with the CA that it has, from now on from here (${detail}): its README says what is to be done once`,
  },
  'values-changed': {
    of: 'asks',
    say: ({ where }) => `istio/values.yaml changes: upgrade the istiod of ${where} with it`,
  },
  'gateway-values-changed': {
    of: 'asks',
    say: ({ where }) => `istio/gateway-values.yaml changes: upgrade the gateway of ${where} with it`,
  },
  'operator-changed': {
    of: 'asks',
    say: ({ where }) => `istio/istio-operator.yaml changes: install Istio in ${where} with it again`,
  },
}
