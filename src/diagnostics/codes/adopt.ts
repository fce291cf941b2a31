/** MESH-…435 to 469: certificates and CAs that come from elsewhere. */
import type { Entries } from '../entry.ts'

export interface AdoptArgs {
  'MESH-E435': { readonly cluster: string; readonly item: string; readonly fault: string; readonly detail: string }
  'MESH-E436': { readonly cluster: string; readonly detail: string }
  'MESH-E437': {
    readonly cluster: string
    /** What is to be written below trust.roots; empty where enough ids are there, but none is chosen. */
    readonly lines: readonly string[]
    /** Ids that the command line has to name, in the order of the bundle. */
    readonly ids: readonly string[]
    readonly subjects: readonly string[]
  }
  'MESH-E438': { readonly cluster: string; readonly root: string; readonly subject: string }
  'MESH-E439': { readonly cluster: string; readonly backend: string }
  'MESH-W440': { readonly cluster: string; readonly generation: number; readonly live?: number }
  'MESH-W441': { readonly cluster: string; readonly reason: string }
  'MESH-W442': { readonly subject: string; readonly what: string }
  'MESH-W444': { readonly cluster: string; readonly other: string }
  'MESH-W445': { readonly cluster: string; readonly generation: number; readonly locked: number }
  'MESH-W443': { readonly owner: string; readonly other: string; readonly subject: string }
}

export const adoptCodes: Entries<AdoptArgs> = {
  'MESH-E435': {
    title: 'a cacerts that istiod would not take',
    message: (a) => `cacerts of ${a.cluster}, ${a.item}: ${a.detail}`,
    help: (a) =>
      a.fault === 'line-ends'
        ? 'nothing was sealed; correct the line ends of that file, which changes no certificate, and import it again'
        : 'nothing was sealed; are these the files that istiod runs with?',
    explanation:
      'What is imported is sealed byte for byte, so it must be what istiod takes at its next start: the checks of its own, and those of what it drops without a word.',
  },
  'MESH-E436': {
    title: 'a certificate that is not the one that was asked for',
    message: (a) => `the certificate for ${a.cluster}: ${a.detail}`,
    help: () =>
      'nothing was written; have the request of meshwright trust csr signed as a CA with path length 0, and import the whole chain (--chain FILE)',
    explanation:
      'The key of a cluster is sealed when it is made, and nobody has it any more: only a certificate for that key, of a CA, with a chain to a root of the mesh, completes it.',
  },
  'MESH-E437': {
    title: 'a root that the intent does not name',
    message: (a) => `${a.cluster} trusts what the mesh has no name for: ${a.subjects.join('; ')}`,
    help: (a) =>
      `${a.lines.length > 0 ? `write below trust.roots: ${a.lines.join(' ')} ` : ''}and say which is which: ${a.ids.map((id) => `--as ${id}`).join(' ')}`,
    explanation:
      'The roots of a cluster that is taken over become roots of the mesh: everybody trusts them before anything else changes. Their keys need not be known.',
  },
  'MESH-E438': {
    title: 'a root under a name that is not free',
    message: (a) =>
      `root ${a.root} cannot be ${a.subject} of ${a.cluster}: the intent has no such root, or retires it, or it is another one`,
    help: () => 'name a root of trust.roots that has no certificate yet and is active or trusted',
  },
  'MESH-E439': {
    title: 'a key that only sealed-secrets is given',
    message: (a) => `${a.cluster} gets its key by ${a.backend}`,
    help: () =>
      'a CA is taken over, or asked for elsewhere, with sealing.backend: sealed-secrets; the next generation can be kept another way',
  },
  'MESH-W440': {
    title: 'a cluster that waits for its certificate',
    message: (a) =>
      a.live === undefined
        ? `${a.cluster} waits for the certificate of generation ${a.generation}: it gets no output, and nobody calls it`
        : `${a.cluster} waits for the certificate of generation ${a.generation}, and goes on with generation ${a.live}`,
    help: (a) =>
      `have the request signed (meshwright trust csr ${a.cluster} prints it again), then: meshwright trust import ${a.cluster} --certificate FILE${
        a.live === undefined
          ? ''
          : `; until then no other generation is issued, also where this one is revoked: to issue one here instead, remove mesh.lock/pending/${a.cluster}.yaml`
      }`,
  },
  'MESH-W441': {
    title: 'an intermediate without a CRL',
    message: (a) => `there is no CRL of the intermediate of ${a.cluster}: ${a.reason}`,
    help: () =>
      'nothing is wrong without CRLs; to ship them, every cluster needs an intermediate that has one: the next generation',
    explanation:
      "Envoy asks for a CRL of every CA in a chain once there is one at all. An intermediate's CRL is signed with its own key: when that is sealed or was never ours, none can be made.",
  },
  'MESH-W442': {
    title: 'an intermediate that may do more than it should',
    message: (a) => `${a.subject} ${a.what}`,
    help: () => 'the next generation is better: it signs workload certificates and nothing else',
    explanation:
      'An intermediate with a path length of 0 and the key usage of a CA can sign workload certificates and no further CA. One from elsewhere may be wider: it works, and whoever has its key could make CAs that the mesh trusts.',
  },
  'MESH-W444': {
    title: 'two clusters that sign with one key',
    message: (a) => `${a.cluster} signs with the very certificate and key of ${a.other}`,
    help: () => 'it works, and is often found; give each of them a key of its own with the next generation',
    explanation:
      'Where one Secret cacerts was put into several clusters, whoever gets hold of the key of one has that of all, and none of them can be revoked alone.',
  },
  'MESH-W445': {
    title: 'a request that nothing waits for',
    message: (a) =>
      `mesh.lock/pending/${a.cluster}.yaml asks for generation ${a.generation} of ${a.cluster}, which has generation ${a.locked}`,
    help: (a) => `it is not used: remove mesh.lock/pending/${a.cluster}.yaml`,
    explanation:
      'A request is for the generation after the one that the lock has. A merge of two branches can leave one behind; its key is nowhere but in its seal, so nothing is lost with the file.',
  },
  'MESH-W443': {
    title: 'two CAs of one name',
    message: (a) => `${a.owner} has the name of ${a.other}: ${a.subject}`,
    help: () =>
      'they are told apart by their key identifiers; go on to a root of the mesh before any CRL is shipped, since those are looked up by name',
    explanation:
      'Every istiod names its own CA after its trust domain alone, and many people give the intermediates of all clusters one name. Verifiers find the right one by the identifier of its key; a CRL, though, counts for both.',
  },
}
