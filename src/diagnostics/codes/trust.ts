/** MESH-…4NN: certificates, keys and sealing. */
import type { Entries } from '../entry.ts'

export interface TrustArgs {
  'MESH-E401': { readonly file: string; readonly found: string }
  'MESH-E402': { readonly file: string }
  'MESH-E403': { readonly file: string; readonly type: string }
  'MESH-E404': { readonly file: string; readonly bits: number; readonly bitsMin: number }
  'MESH-E405': { readonly file: string; readonly notAfter: string }
  'MESH-E406': { readonly file: string; readonly notBefore: string }
  'MESH-W407': { readonly file: string; readonly notAfter: string; readonly days: number }
  'MESH-E410': { readonly root: string; readonly found: string }
  'MESH-E411': { readonly root: string; readonly reason: string }
  'MESH-E412': { readonly root: string; readonly notBefore: string; readonly notAfter: string }
  'MESH-E413': { readonly root: string; readonly fingerprint: string }
  'MESH-W414': {
    readonly cluster: string
    readonly root: string
    readonly notAfter: string
    readonly days: number
    readonly validityDays: number
  }
  'MESH-E420': { readonly cluster: string; readonly item: string; readonly fault: string; readonly detail: string }
}

const fetchIt = (file: string): string =>
  `write what kubeseal --fetch-cert prints into ${file}; it is public and belongs into the repository`

export const trustCodes: Entries<TrustArgs> = {
  'MESH-E401': {
    title: 'the sealing certificate cannot be read',
    message: (a) => `expected one certificate in PEM, found ${a.found}`,
    help: (a) => fetchIt(a.file),
  },
  'MESH-E402': {
    title: 'more than one sealing certificate',
    message: (a) => `${a.file} has more than one certificate; a value is sealed for exactly one`,
    help: () => 'keep the newest one, by its notBefore; the controller opens what was sealed for older ones',
  },
  'MESH-E403': {
    title: 'the sealing key is not RSA',
    message: (a) => `the certificate has a key of type ${a.type}; the sealed-secrets controller uses RSA`,
    help: (a) => `is this the certificate of something else? ${fetchIt(a.file)}`,
  },
  'MESH-E404': {
    title: 'the sealing key is too short',
    message: (a) => `the RSA key has ${a.bits} bits; at least ${a.bitsMin} are needed to seal a CA key`,
    help: (a) => `let the controller make a new key (its own have 4096 bits), then ${fetchIt(a.file)}`,
  },
  'MESH-E405': {
    title: 'the sealing certificate has expired',
    message: (a) => `the certificate ended on ${a.notAfter}`,
    help: (a) => fetchIt(a.file),
    explanation:
      'The controller makes a new certificate from time to time (every 30 days, unless told otherwise) and keeps the keys of the old ones: what was sealed before stays readable. Only what is sealed from now on needs the new one.',
  },
  'MESH-E406': {
    title: 'the sealing certificate is not valid yet',
    message: (a) => `the certificate begins on ${a.notBefore}`,
    help: () => 'compare the clocks of this machine and of the cluster',
  },
  'MESH-W407': {
    title: 'the sealing certificate ends soon',
    message: (a) => `the certificate ends on ${a.notAfter}, in ${a.days} days`,
    help: (a) => `nothing that is sealed already is touched by that; for what comes, ${fetchIt(a.file)}`,
    explanation:
      'The controller keeps the keys of its old certificates: what was sealed before stays readable. Only what is sealed from then on needs the new one.',
  },
  'MESH-E410': {
    title: 'the root certificate cannot be read',
    message: (a) => `root ${a.root}: expected one certificate in PEM, found ${a.found}`,
    help: () => 'restore the file of the root below mesh.lock from git',
  },
  'MESH-E411': {
    title: 'the root cannot sign',
    message: (a) => `root ${a.root} cannot sign an intermediate: ${a.reason}`,
    help: () => 'a root is a CA with keyCertSign and without a path length of 0',
    explanation:
      "Every cluster's intermediate is signed by the root. Were it one that may not sign a CA, peers would refuse every workload below it.",
  },
  'MESH-E412': {
    title: 'the root is not valid now',
    message: (a) => `root ${a.root} is valid from ${a.notBefore} to ${a.notAfter}, and not today`,
    help: () => 'check the clock of this machine; an expired root signs nothing that a peer would accept',
  },
  'MESH-E413': {
    title: 'the root key is another one',
    message: (a) => `the key at hand is not the key of root ${a.root} (${a.fingerprint})`,
    help: () => 'name the key file of this root with --root-key',
    explanation:
      'A certificate that is signed by another key than that of its root verifies nowhere. The key file that `trust root create` wrote for this root is needed; without it, a new root has to be introduced.',
  },
  'MESH-W414': {
    title: 'the intermediate ends with its root',
    message: (a) =>
      `the intermediate of ${a.cluster} ends with root ${a.root} on ${a.notAfter}: after ${a.days} days, not ${a.validityDays}`,
    help: () => 'plan the next root: an intermediate cannot outlive the one that signed it',
  },
  'MESH-E420': {
    title: 'istiod would refuse the cacerts Secret',
    message: (a) => `cacerts of ${a.cluster}, ${a.item}: ${a.detail}`,
    help: () => 'nothing was sealed; check the root certificate in the lock',
  },
}
