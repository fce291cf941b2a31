/** MESH-…850 to 871: revocation, and keys where none may be. */
import type { Entries } from '../entry.ts'

export interface CrlArgs {
  'MESH-E850': { readonly root: string }
  'MESH-E851': { readonly of: string; readonly found: boolean; readonly remedy: string }
  'MESH-E852': { readonly cluster: string; readonly version: string }
  'MESH-E853': { readonly clusters: readonly string[] }
  'MESH-E854': { readonly of: string; readonly date: string; readonly remedy: string }
  'MESH-W855': { readonly of: string; readonly date: string; readonly days: number; readonly remedy: string }
  'MESH-E856': { readonly cluster: string; readonly generation: number }
  'MESH-W857': { readonly root: string }
  'MESH-W858': { readonly clusters: readonly string[] }
  'MESH-W859': { readonly cluster: string }
  'MESH-E860': { readonly found: string }
  'MESH-E861': { readonly of: string }
  'MESH-E862': { readonly of: string; readonly date: string }
  'MESH-W863': { readonly of: string; readonly date: string; readonly days: number }
  'MESH-E864': { readonly of: string }
  'MESH-E865': { readonly without: readonly string[] }
  'MESH-E866': { readonly file: string; readonly what: string }
  'MESH-E867': { readonly commit: string; readonly path: string; readonly what: string }
  'MESH-W868': { readonly what: string }
  'MESH-E869': { readonly root: string; readonly problem: string }
  'MESH-E870': { readonly cluster: string; readonly backend: string }
  'MESH-E871': { readonly of: string; readonly signer: string; readonly date: string }
}

const AS_IT_IS_IN_GIT = 'generate the output again; if it stays, put mesh.lock back as it is in Git'

export const crlCodes: Entries<CrlArgs> = {
  'MESH-E850': {
    title: 'a root that may not sign CRLs',
    message: (a) => `the key usage of root ${a.root} lacks cRLSign`,
    help: () => 'nothing below this root can be revoked: replace it by one of trust root create',
    explanation:
      "istiod and Envoy refuse a CRL whose issuer may not sign any. Roots of Istio's own tools/certs are such ones. With them a CRL cannot be shipped at all.",
  },
  'MESH-E851': {
    title: 'a CA without a CRL',
    message: (a) => (a.found ? `what the lock has as CRL of ${a.of} is none that it signed` : `${a.of} has no CRL`),
    help: (a) => (a.found ? `put mesh.lock back as it is in Git; failing that, ${a.remedy}` : a.remedy),
    explanation:
      'Once a proxy has CRLs, it wants one of every CA in the chain that a peer shows. With one missing it refuses that peer, and istiod refuses the whole file. So every root and every intermediate of every cluster needs one, an empty one too, and so does an earlier generation until it has ended: workloads that run show it.',
  },
  'MESH-E852': {
    title: 'an Istio that knows no CRLs',
    message: (a) => `${a.cluster} runs Istio ${a.version}; ca-crl.pem is read from 1.27 on`,
    help: () =>
      'upgrade it first: a mesh in which some clusters check and others do not would seem to be safe and is not; before 1.27 only a new root undoes an intermediate',
  },
  'MESH-E870': {
    title: 'CRLs that nobody would bring',
    message: (a) => `${a.cluster} gets its key by ${a.backend}, which is not given CRLs yet`,
    help: () => 'leave trust.crl.enabled away, or let the sealed-secrets controller bring cacerts in every cluster',
    explanation:
      'In a mesh in which some clusters check and others do not, a revoked intermediate is refused here and let in there.',
  },
  'MESH-E871': {
    title: 'a CA between root and intermediate, while CRLs are shipped',
    message: (a) => `${a.of} is signed by ${a.signer}, which is no root: there is no place for its CRL`,
    help: (a) =>
      `leave trust.crl.enabled away until a generation that the root itself signs has taken its place and this one has ended, on ${a.date}`,
    explanation:
      'Envoy asks for the CRL of every CA in the chain, and one between root and intermediate has one too. ca-crl.pem would lack it, and every workload below would be refused.',
  },
  'MESH-E853': {
    title: 'a CRL that would be taken back',
    message: (a) => `${a.clusters.join(', ')} have ca-crl.pem, and it cannot be taken back`,
    help: () => 'keep trust.crl.enabled: true; a CRL that revokes nothing is empty, and just as good',
    explanation:
      'istiod leaves the last ca-crl.pem in every namespace when the item goes (istio#61073). Proxies would keep checking a file that nobody renews, and on its last day refuse everybody.',
  },
  'MESH-E854': {
    title: 'a CRL that has ended',
    message: (a) => `the CRL of ${a.of} ended on ${a.date}: proxies that check it refuse everybody below`,
    help: (a) => a.remedy,
    explanation:
      'OpenSSL and Envoy take a CRL past its nextUpdate for no CRL at all and refuse the peer. istiod does not look at that date, so it gives no warning.',
  },
  'MESH-W855': {
    title: 'a CRL that ends soon',
    message: (a) => `the CRL of ${a.of} ends on ${a.date}, in ${a.days} days`,
    help: (a) => a.remedy,
    explanation: 'On that day every proxy that has it refuses every peer below it. It is signed anew long before.',
  },
  'MESH-E856': {
    title: 'a revoked intermediate that still signs',
    message: (a) => `generation ${a.generation} of ${a.cluster} is revoked, and ${a.cluster} signs with it`,
    help: (a) =>
      `issue another in the same commit: trust.generation: ${a.generation + 1}, then generate --root-key FILE`,
    explanation:
      'Whoever has the CRL refuses every workload below a revoked intermediate. The cluster needs a new key and certificate before the CRL goes out.',
  },
  'MESH-W857': {
    title: 'a revocation that nobody is told of',
    message: (a) => `the CRL of root ${a.root} revokes something, and it is not shipped`,
    help: () =>
      'set trust.crl.enabled: true; it needs Istio 1.27 and the sealed-secrets controller in every cluster, and stays for good; without these only a new root helps',
  },
  'MESH-W858': {
    title: 'CRLs that stay',
    message: (a) => `${a.clusters.join(', ')} get ca-crl.pem, for the first time`,
    help: () =>
      'it cannot be taken back; restart the workloads that an istiod before 1.27 injected: they do not have it mounted; in ambient, ztunnel checks only with peerCaCrl.enabled (1.29)',
    explanation:
      'From now on a proxy refuses a peer when the CRL of any CA in its chain is missing or has ended. The CRL of a root lasts two years; trust crl refresh signs the next one.',
  },
  'MESH-W859': {
    title: 'a new intermediate whose CRL is not everywhere yet',
    message: (a) =>
      `a cluster that has not synced yet refuses workloads of ${a.cluster} that show its new intermediate`,
    help: (a) => `sync all other clusters first, ${a.cluster} last, and restart no workload there in between`,
    explanation:
      'Proxies that check CRLs need the one of the new intermediate. Running workloads keep their certificate of the old one until they renew it, which takes hours; those that start in between get one of the new.',
  },
  'MESH-E860': {
    title: 'trust/ca-crl.pem and what is sealed do not fit',
    message: (a) => `expected the CRLs that are sealed as ca-crl.pem, found ${a.found}`,
    help: () => AS_IT_IS_IN_GIT,
  },
  'MESH-E861': {
    title: 'a CA of the mesh whose CRL is missing',
    message: (a) => `there is no CRL that ${a.of} signed: who checks this file refuses everybody below`,
    help: () => AS_IT_IS_IN_GIT,
  },
  'MESH-E862': {
    title: 'a CRL that has ended or not begun',
    message: (a) => `the CRL of ${a.of} is not valid now: ${a.date}`,
    help: () => 'of a root: meshwright trust crl refresh; of an intermediate: raise trust.generation',
  },
  'MESH-W863': {
    title: 'a CRL that ends soon',
    message: (a) => `the CRL of ${a.of} ends on ${a.date}, in ${a.days} days`,
    help: () => 'of a root: meshwright trust crl refresh; of an intermediate: raise trust.generation',
  },
  'MESH-E864': {
    title: 'a revoked intermediate that still signs',
    message: (a) => `${a.of} is revoked: peers refuse every workload below it`,
    help: () => 'issue a new one, trust.generation one higher, and publish again',
  },
  'MESH-E865': {
    title: 'CRLs in some clusters only',
    message: (a) => `${a.without.join(', ')} would let in what others have revoked`,
    help: () => AS_IT_IS_IN_GIT,
  },
  'MESH-E866': {
    title: 'a key in the clear',
    message: (a) => `${a.file} holds ${a.what}`,
    help: () => 'take it out, and take the key for lost: whoever saw the file has it; if it is in Git, it stays there',
    explanation:
      'These files are committed and rendered into an output that others read. Keys belong to nowhere but the place that keeps them, encrypted.',
  },
  'MESH-E867': {
    title: 'a key in the history',
    message: (a) => `commit ${a.commit} has ${a.what} in ${a.path}`,
    help: () =>
      'take the key for lost and replace it; to delete the file, or to rewrite history, does not call back the clones that have it',
  },
  'MESH-W868': {
    title: 'a part of the history that was not looked at',
    message: (a) => a.what,
    help: () => 'fetch the whole history (git fetch --unshallow), or look at large files by other means',
  },
  'MESH-E869': {
    title: 'a CRL that cannot take the place of the last one',
    message: (a) => `this CRL ${a.problem} (root ${a.root})`,
    help: () => 'have the keeper of the root sign one that has a higher number and revokes all that the last one does',
  },
}
