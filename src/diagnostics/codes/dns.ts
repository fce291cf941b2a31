import type { Entries } from '../entry.ts'

export interface DnsArgs {
  'MESH-E501': { readonly problem: string }
  'MESH-E502': { readonly keys: string }
  'MESH-E503': { readonly zone: string; readonly keys: string }
  'MESH-E504': { readonly zone: string }
  'MESH-E505': { readonly zone: string; readonly file: string }
  'MESH-E506': { readonly key: string }
  'MESH-E507': { readonly zone: string }
  'MESH-E508': { readonly file: string }
  'MESH-E509': { readonly keys: string }
  'MESH-E510': { readonly zone: string; readonly host: string; readonly hosts: number }
  'MESH-E511': { readonly character: string; readonly count: number }
  'MESH-E512': { readonly bytes: number; readonly limit: number }
  'MESH-W513': { readonly file: string }
  'MESH-W514': { readonly bytes: number; readonly limit: number }
  'MESH-E515': { readonly zone: string; readonly mesh: string; readonly file: string }
  'MESH-E516': { readonly key: string; readonly reason: string }
  'MESH-E517': { readonly file: string }
  'MESH-E518': { readonly zone: string; readonly plugin: string; readonly hidden: string }
  'MESH-E519': { readonly file: string; readonly found: string }
  'MESH-W520': { readonly file: string }
}

export const dnsCodes: Entries<DnsArgs> = {
  'MESH-E501': {
    title: 'the Corefile cannot be read',
    message: (a) => `the Corefile cannot be read: ${a.problem}`,
    help: () =>
      'correct the Corefile; CoreDNS would not start with it or would read something else than it seems to say',
  },
  'MESH-E502': {
    title: 'the Corefile has no braces',
    message: (a) =>
      `the block ${a.keys === '' ? '""' : a.keys} has no braces, so that everything after it belongs to it`,
    help: () => 'write the block as `KEY { … }`; only then a second block can follow',
  },
  'MESH-E503': {
    title: 'the zone shares its block with others',
    message: (a) => `the zone ${a.zone} is one of several in the block ${a.keys}`,
    help: (a) => `take ${a.zone} out of the keys of that block, so that it can have a block of its own`,
  },
  'MESH-E504': {
    title: 'the zone has two blocks',
    message: (a) => `the zone ${a.zone} has more than one block`,
    help: () => 'delete all of them from this file; the right one is added when the cluster is generated',
  },
  'MESH-E505': {
    title: 'the zone belongs to somebody else',
    message: (a) => `the zone ${a.zone} has a block that meshwright did not write`,
    help: (a) =>
      `delete that block from ${a.file}, the base file that the intent names; the hosts of the mesh are answered by the block that is added in its place`,
    explanation:
      'The mesh answers its zone from a block of its own, which is told by a comment in front of it. A block that somebody else wrote is never changed or removed.',
  },
  'MESH-E506': {
    title: 'a key depends on the environment of CoreDNS',
    message: (a) => `the key ${a.key} is only known where CoreDNS runs`,
    help: () =>
      'write the zone and the port of this block out: whether it answers for hosts of the mesh must be known here',
  },
  'MESH-E507': {
    title: 'the Corefile cannot be edited safely',
    message: (a) => `with the block of the zone ${a.zone} the rest of the Corefile would be read differently`,
    help: () =>
      'make the file end with a complete block and a line break, without snippets that hold blocks of this zone',
  },
  'MESH-E508': {
    title: 'no root block',
    message: (a) => `${a.file} has no block for the zone . over plain DNS`,
    help: () =>
      'name the Corefile that answers the pods, with its `.:53 { … }`: port and addresses are taken from that block',
  },
  'MESH-E509': {
    title: 'several root blocks',
    message: (a) => `there are several root blocks (${a.keys}), and only one of them can answer the pods`,
    help: () => 'leave one block for the zone . over plain DNS in this file, with one port',
  },
  'MESH-E510': {
    title: 'hosts are hidden by a more specific zone',
    message: (a) =>
      `the zone ${a.zone} has its own block, which would be asked for ${a.host}${a.hosts > 1 ? ` and ${a.hosts - 1} more` : ''}`,
    help: () => 'delete that block or keep its hosts out of the mesh: CoreDNS answers from the longest zone that fits',
    explanation:
      'CoreDNS gives a name to the block with the longest zone that fits, and to no other one. The hosts below that zone would never be looked up in the block of the mesh.',
  },
  'MESH-E511': {
    title: 'a character that does not survive YAML',
    message: (a) => `the Corefile has the character ${a.character}${a.count > 1 ? ` ${a.count} times` : ''}`,
    help: () => 'delete it: readers of YAML refuse or change it, so that the cluster would get another Corefile',
  },
  'MESH-E512': {
    title: 'the Corefile is too large for a ConfigMap',
    message: (a) => `the Corefile would have ${a.bytes} bytes, and a ConfigMap holds ${a.limit} of them`,
    help: () => 'import fewer services into this cluster',
  },
  'MESH-W513': {
    title: 'CoreDNS does not reload',
    message: (a) => `${a.file} has no \`reload\`: a changed Corefile is only read when CoreDNS is restarted`,
    help: () => 'add the line `reload` to the root block',
  },
  'MESH-W514': {
    title: 'the Corefile is too large for client-side apply',
    message: (a) => `the ConfigMap would have ${a.bytes} bytes, and kubectl's annotation holds ${a.limit} of them`,
    help: () => 'apply it on the server side only: `kubectl apply --server-side`, as Argo CD and Flux do here',
  },
  'MESH-E515': {
    title: 'the zone belongs to another mesh',
    message: (a) => `the zone ${a.zone} has a block of the mesh ${a.mesh}`,
    help: (a) => `delete that block from ${a.file}, or give one of the meshes another host suffix`,
  },
  'MESH-E516': {
    title: 'a key that CoreDNS refuses',
    message: (a) => `${a.key === '' ? 'an empty key' : `the key ${a.key}`} is not usable: ${a.reason}`,
    help: () => 'correct the key: CoreDNS does not start with it',
  },
  'MESH-E517': {
    title: 'not a Corefile',
    message: (a) => `${a.file} looks like a Kubernetes manifest, not like a Corefile`,
    help: () =>
      "save what is below `Corefile: |`: `kubectl -n kube-system get configmap coredns -o jsonpath='{.data.Corefile}'`",
  },
  'MESH-E518': {
    title: 'a zone of a plugin would be hidden',
    message: (a) =>
      `${a.plugin} answers for ${a.hidden}, which lies within ${a.zone}: with a block for ${a.zone} it would never be asked again`,
    help: () => 'choose another hostSuffix: the names of this plugin would be gone from the whole cluster',
    explanation:
      'CoreDNS gives a name to the block with the longest zone that fits. Names that a plugin of the root block answers today, such as those of Services, would then be asked of the mesh, which does not know them.',
  },
  'MESH-E519': {
    title: 'a private key in a Corefile',
    message: (a) => `${a.file} holds ${a.found}`,
    help: () => 'take it out, and treat that key as lost: a Corefile is public within the cluster, and goes into Git',
    explanation:
      'A Corefile becomes a ConfigMap, which is readable to many inside of the cluster, and is committed as it is.',
  },
  'MESH-W520': {
    title: 'line ends that a checkout changes',
    message: (a) => `${a.file} has CRLF line ends; where Git converts them, another machine renders another overlay`,
    help: (a) => `save it with LF, or keep Git from converting it: ${a.file} -text in .gitattributes`,
  },
}
