/** MESH-…6NN: the lock, as it is read. */
import type { Entries } from '../entry.ts'

export interface LockArgs {
  'MESH-E601': { readonly found: string; readonly known: number }
  'MESH-E602': { readonly file: string }
  'MESH-E603': { readonly detail: string }
  'MESH-E604': { readonly file: string }
  'MESH-E605': { readonly file: string; readonly found: string }
  'MESH-E607': { readonly file: string; readonly found: string; readonly mesh: string }
  'MESH-E608': { readonly file: string; readonly sides: readonly string[] }
}

const putBack = 'put the file back as it is in Git (git checkout -- FILE)'

export const lockCodes: Entries<LockArgs> = {
  'MESH-E601': {
    title: 'a lock of another version',
    message: (a) => `the lock file has version ${a.found}; this meshwright reads version ${a.known}`,
    help: () => 'use the meshwright that wrote it, or a newer one',
  },
  'MESH-E602': {
    title: 'a lock file that was edited',
    message: (a) => `${a.file} is not what was written: its digest does not match`,
    help: () => `${putBack}; addresses are demanded, and certificates renewed, in the intent`,
    explanation:
      'Addresses and certificates of the lock are live, and the digest in each file tells that it is as it was written. A change by hand, or a merge that takes lines of both sides, would move an address or mix two certificates.',
  },
  'MESH-E603': {
    title: 'a lock file that cannot be read',
    message: (a) => `the lock file cannot be read: ${a.detail}`,
    help: () => putBack,
  },
  'MESH-E604': {
    title: 'a file that does not belong into the lock',
    message: (a) => `${a.file} is no lock file`,
    help: () => 'move it out of the mesh.lock folder',
    explanation:
      'Only lock files are kept in this folder, so that one that is missing, renamed or left over is noticed.',
  },
  'MESH-E605': {
    title: 'a lock file in the wrong place',
    message: (a) => `${a.file} holds ${a.found}`,
    help: () => `lock files are not renamed or copied; ${putBack}`,
  },
  'MESH-E607': {
    title: 'the lock of another mesh',
    message: (a) => `${a.file} belongs to mesh ${a.found}, not ${a.mesh}`,
    help: () => 'a mesh keeps its name for life: put metadata.name back, or start in an empty folder',
    explanation:
      'Files of the lock and the output name their mesh, and only files of the same mesh are ever overwritten or deleted. Under another name everything that is live would be given out anew.',
  },
  'MESH-E608': {
    title: 'an unresolved merge',
    message: (a) => `${a.file} was merged and not resolved: ${a.sides.join('; ')}`,
    help: () =>
      'take one side whole, never lines of both: git checkout --ours FILE (the first) or --theirs FILE (the second), then meshwright generate; what is live already, as the clusters and the output branch have it, is the one to keep',
    explanation:
      'A lock file is one outcome as a whole. Lines of both sides together make an address or a certificate that nobody gave out.',
  },
}
