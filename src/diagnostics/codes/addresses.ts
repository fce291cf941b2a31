/** MESH-…3NN: the address pool and who has which address. */
import type { Entries } from '../entry.ts'

export interface AddressArgs {
  'MESH-E302': { readonly pool: string; readonly prefixMin: number; readonly prefixMax: number }
  'MESH-E303': { readonly pool: string; readonly other: string; readonly owner: string }
  'MESH-W304': { readonly pool: string; readonly other: string; readonly owner: string }
  'MESH-E305': { readonly block: string; readonly pool: string }
  'MESH-E306': { readonly host: string; readonly address: string; readonly reason: string }
  'MESH-E307': { readonly host: string; readonly address: string; readonly other: string }
  'MESH-E308': { readonly host: string; readonly pinned: string; readonly locked: string }
  'MESH-E309': { readonly host: string; readonly address: string; readonly other: string; readonly removed: boolean }
  'MESH-E310': { readonly host: string; readonly address: string; readonly pool: string }
  'MESH-E311': { readonly address: string; readonly hosts: readonly string[] }
  'MESH-E312': { readonly host: string; readonly pool: string; readonly usable: number }
  'MESH-W313': { readonly pool: string; readonly taken: number; readonly usable: number }
  'MESH-W314': { readonly host: string; readonly address: string; readonly block: string }
  'MESH-E315': { readonly pool: string; readonly address: string; readonly cluster: string }
}

export const addressCodes: Entries<AddressArgs> = {
  'MESH-E302': {
    title: 'a pool of the wrong size',
    message: (a) => `the pool ${a.pool} is not between /${a.prefixMin} and /${a.prefixMax}`,
    help: () => 'a /12 has room for the largest meshes',
  },
  'MESH-E303': {
    title: 'a pool that overlaps a network in use',
    message: (a) => `the pool ${a.pool} overlaps ${a.other}, ${a.owner}`,
    help: () =>
      'virtual IPs must be addresses that nothing else answers to: choose another block, such as 240.16.0.0/12',
    explanation:
      'A virtual IP is never on a wire: a sidecar takes the connection to it and dials the gateway of the provider. Where the same address belongs to something real, pods could no longer reach one of the two.',
  },
  'MESH-W304': {
    title: 'a pool where another tool allocates',
    message: (a) => `the pool ${a.pool} overlaps ${a.other}, ${a.owner}`,
    help: () => 'choose another block if that runs in one of the clusters',
  },
  'MESH-E305': {
    title: 'an exclusion outside of the pool',
    message: (a) => `${a.block} is not inside of the pool ${a.pool}`,
    help: () => 'remove it, or correct it',
  },
  'MESH-E306': {
    title: 'an address that cannot be demanded',
    message: (a) => `${a.host} demands ${a.address}, which ${a.reason}`,
    help: () => 'choose another address, or leave it out',
  },
  'MESH-E307': {
    title: 'one address demanded twice',
    message: (a) => `${a.host} and ${a.other} both demand ${a.address}`,
    help: () => 'an address belongs to one host',
  },
  'MESH-E308': {
    title: 'a live address would move',
    message: (a) => `${a.host} has ${a.locked} in the lock, but demands ${a.pinned}`,
    help: (a) => `a live address is never moved: write address: ${a.locked}, or leave it out`,
    explanation:
      'Callers keep an address that they have resolved, and connections to it, for as long as they like. Were it to move, they would call an address that belongs to nobody, or later to another service. What mesh.lock has therefore stands for the life of the host; one that must have another address is a new host with a name of its own.',
  },
  'MESH-E309': {
    title: 'an address that belongs to somebody else',
    message: (a) =>
      `${a.host} demands ${a.address}, which belongs to ${a.other}${a.removed ? ' (removed, kept as a tombstone)' : ''}`,
    help: () => 'choose another address, or leave it out',
    explanation:
      'An address is given out once. That of a removed host stays reserved, since callers may still have it in a cache: it would lead them to another service.',
  },
  'MESH-E310': {
    title: 'a live address outside of the pool',
    message: (a) => `${a.host} has ${a.address}, which is not inside of the pool ${a.pool}`,
    help: () => 'a pool that hosts have addresses in cannot be changed: put the old block back',
    explanation:
      'Addresses in use stay where they are, and all of them lie in the pool, so that one line says what is reserved for virtual IPs. Parts that new hosts must not get can be named in addresses.exclude.',
  },
  'MESH-E311': {
    title: 'one address given out twice',
    message: (a) => `${a.address} belongs to ${a.hosts.join(' and ')}`,
    help: () =>
      'two branches gave it out: in Git, put back the file of the host that is not live yet as it was before the merge (or delete it), and generate again',
    explanation:
      'Two branches each gave the same fresh address to another host, and since a host has a file of its own, the merge kept both. Only one of them can have it, and which one may be live already cannot be seen from here.',
  },
  'MESH-E312': {
    title: 'the pool is full',
    message: (a) => `no address is left for ${a.host}: all ${a.usable} of ${a.pool} are taken`,
    help: () => 'exclude less, or start the mesh with a larger pool',
  },
  'MESH-W313': {
    title: 'the pool is more than half full',
    message: (a) => `${a.taken} of ${a.usable} addresses of ${a.pool} are taken`,
    help: () => 'nothing breaks; without a lock, new hosts would now often move others',
  },
  'MESH-W314': {
    title: 'an excluded address is live',
    message: (a) => `${a.host} has ${a.address}, inside of the excluded ${a.block}, and keeps it`,
    help: () => 'an exclusion is for new hosts only: a live address is never moved',
  },
  'MESH-E315': {
    title: 'a gateway inside of the pool',
    message: (a) => `${a.address}, the gateway of ${a.cluster}, lies inside of the pool ${a.pool}`,
    help: () =>
      'virtual IPs must be addresses that nothing else answers to: correct the address, or choose another pool',
    explanation:
      'Sidecars take every connection to an address of the pool for one to a host of the mesh. The gateway of another cluster must be reached for real.',
  },
}
