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
  'MESH-W415': {
    readonly clusters: readonly string[]
    readonly field: string
    readonly wanted: string
    readonly found: string
  }
  'MESH-E416': { readonly found: string }
  'MESH-E417': Subject & { readonly issuer: string }
  'MESH-E418': Subject
  'MESH-E419': Subject
  'MESH-E420': { readonly cluster: string; readonly item: string; readonly fault: string; readonly detail: string }
  'MESH-E421': Subject & { readonly serial: string }
  'MESH-E422': Subject
  'MESH-E423': Subject & { readonly key: string }
  'MESH-E424': Subject & { readonly notAfter: string }
  'MESH-E425': Subject & { readonly notBefore: string }
  'MESH-E426': Subject
  'MESH-E427': Subject & { readonly usages: readonly string[] }
  'MESH-W428': Subject & { readonly usages: readonly string[] }
  'MESH-W429': Subject
  'MESH-W430': Subject
  'MESH-E431': Subject & { readonly extensions: readonly string[] }
  'MESH-W432': Subject & { readonly bits: number }
  'MESH-E433': { readonly what: string }
  'MESH-E434': { readonly root: string; readonly same: string }
}

/** Of the certificate that is judged. */
interface Subject {
  readonly subject: string
}

const listed = (names: readonly string[]): string =>
  names.length > 8 ? `${names.slice(0, 7).join(', ')} and ${names.length - 7} more` : names.join(', ')

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
  'MESH-W415': {
    title: 'intermediates of another kind than the intent says',
    message: (a) =>
      `trust.intermediate.${a.field} is ${a.wanted}, and ${a.clusters.length === 1 ? 'the intermediate' : 'the intermediates'} of ${listed(a.clusters)} ${a.clusters.length === 1 ? 'has' : 'have'} ${a.found}`,
    help: () =>
      'nothing is issued again by itself: raise trust.generation of one cluster after the other, when it suits',
    explanation:
      'How new intermediates are made says nothing of those that are there: a CA is replaced by a new generation only, never by a change of a field. Both kinds trust each other, so the clusters can follow one by one.',
  },
  'MESH-E416': {
    title: 'a root certificate from elsewhere that cannot be read',
    message: (a) => `expected the certificate of a root in PEM, found ${a.found}`,
    help: () => 'give one file with that certificate alone: no chain, no key',
  },
  'MESH-E417': {
    title: 'a certificate that is no root',
    message: (a) => `${a.subject} has not signed itself: it is signed by ${a.issuer}`,
    help: () => 'import the root above it; a CA below a root can sign intermediates by certificate requests only',
    explanation:
      'What clusters trust is the end of every chain. Most programs take only a certificate there that is signed with its own key.',
  },
  'MESH-E418': {
    title: 'a root that is no CA',
    message: (a) => `${a.subject} is not a CA: its basic constraints do not say so`,
    help: () => 'make it again with basicConstraints critical, CA:TRUE; the key can stay',
  },
  'MESH-E419': {
    title: 'a root that may not sign certificates',
    message: (a) => `the key usage of ${a.subject} lacks keyCertSign`,
    help: () => 'make it again with keyUsage critical, keyCertSign, cRLSign; the key can stay',
  },
  'MESH-E420': {
    title: 'istiod would refuse the cacerts Secret',
    message: (a) => `cacerts of ${a.cluster}, ${a.item}: ${a.detail}`,
    help: () => 'nothing was sealed; check the root certificate in the lock',
  },
  'MESH-E421': {
    title: 'a root whose serial number is not positive',
    message: (a) => `the serial number of ${a.subject} is ${a.serial}, and must be a positive one of at most 20 octets`,
    help: () => 'make it again with another serial number; the key can stay',
    explanation:
      'RFC 5280 wants serial numbers that are positive, and Go, which istiod is written in, does not read a certificate with a negative one. CRLs name certificates by it.',
  },
  'MESH-E422': {
    title: 'a root that is signed with MD5 or SHA-1',
    message: (a) => `${a.subject} is signed with MD5 or SHA-1`,
    help: () => 'make it again with SHA-256 or better; the key can stay',
  },
  'MESH-E423': {
    title: 'a root with a weak key, or one of another kind',
    message: (a) => `the key of ${a.subject} is ${a.key}`,
    help: () => 'a root has a key of type P-256, P-384 or RSA with 2048 bits and more: make a new one',
    explanation: 'Istio takes RSA and the curves P-256 and P-384 for its CA. Shorter RSA keys can be broken.',
  },
  'MESH-E424': {
    title: 'a root from elsewhere that has ended',
    message: (a) => `${a.subject} ended on ${a.notAfter}`,
    help: () => 'nothing below it is trusted any more: take another root',
  },
  'MESH-E425': {
    title: 'a root from elsewhere that is not valid yet',
    message: (a) => `${a.subject} begins on ${a.notBefore}`,
    help: () => 'check the clock of this machine, or wait',
  },
  'MESH-E426': {
    title: 'a root that allows no intermediate',
    message: (a) => `${a.subject} has a path length of 0: it may sign workloads, but no CA`,
    help: () => 'make it again without a path length, or with 1; the key can stay',
  },
  'MESH-E427': {
    title: 'a root whose extended key usage shuts the mesh out',
    message: (a) => `${a.subject} is limited to ${a.usages.join(', ')}, which is not both serverAuth and clientAuth`,
    help: () => 'make it again without an extended key usage; the key can stay',
    explanation:
      'An extended key usage of a CA binds all that it signs. istiod verifies its CA for serverAuth and refuses to start without it; every workload is server and client.',
  },
  'MESH-W428': {
    title: 'a root with an extended key usage',
    message: (a) => `${a.subject} is limited to ${a.usages.join(', ')}`,
    help: () => 'it works; the next root should have none, as RFC 5280 has it for CAs',
  },
  'MESH-W429': {
    title: 'a root that cannot sign CRLs',
    message: (a) => `the key usage of ${a.subject} lacks cRLSign`,
    help: () => 'intermediates below it cannot be revoked: istiod refuses every ca-crl.pem with a CRL of this root',
    explanation:
      "Istio's own tools/certs makes roots like this one. It can sign, and nothing that it signed can be revoked.",
  },
  'MESH-W430': {
    title: 'a root without a key identifier',
    message: (a) => `${a.subject} has no subject key identifier`,
    help: () => 'most programs do without; strict ones (openssl -x509_strict) refuse it',
  },
  'MESH-E431': {
    title: 'a root with critical extensions that are not understood',
    message: (a) => `${a.subject} has critical extensions that are not understood: ${a.extensions.join(', ')}`,
    help: () =>
      'make it again without them; name constraints (2.5.29.30) on URIs are refused by the ztunnel of Istio 1.30 and later',
  },
  'MESH-W432': {
    title: 'a root with a short RSA key',
    message: (a) => `the RSA key of ${a.subject} has ${a.bits} bits`,
    help: () => 'NIST is about to deprecate less than 3072 after 2030: plan the next root before',
  },
  'MESH-E433': {
    title: 'a root without a name',
    message: (a) => `the certificate has no ${a.what}`,
    help: () => 'a CA has a subject, by which what it signs names it',
  },
  'MESH-E434': {
    title: 'a root that is there already',
    message: (a) => `root ${a.root} of the lock has the same ${a.same}`,
    help: () => 'a root is in the lock once; two CAs of one name could not be told apart in chains and CRLs',
  },
}
