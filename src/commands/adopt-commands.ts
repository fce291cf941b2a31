/** The commands for certificates and CAs from elsewhere, for the table of all commands. */
import type { Command } from '../command.ts'

export const adoptCommands: readonly Command[] = [
  {
    name: 'trust import',
    arguments: 'CLUSTER',
    summary: 'take over what a cluster signs with today, or the certificate that was asked for',
    details: `Seals the cacerts of a running cluster byte for byte, or istiod's own CA with --self-signed, and writes the lock: the
cluster moves to meshwright without changing a certificate. With --certificate it completes what trust csr began.
Keys are read from files or from standard input, never from the command line.`,
    arity: [1, 1],
    options: {
      from: {
        type: 'string',
        value: 'FILE',
        help: 'a folder with the items, or what kubectl get secret -o json printed; - for standard input',
      },
      'ca-cert': { type: 'string', value: 'FILE', help: 'ca-cert.pem, where the items are files of other names' },
      'ca-key': { type: 'string', value: 'FILE', help: 'ca-key.pem' },
      'cert-chain': { type: 'string', value: 'FILE', help: 'cert-chain.pem' },
      'root-cert': { type: 'string', value: 'FILE', help: 'root-cert.pem' },
      'self-signed': { type: 'boolean', help: "it is istiod's own CA, of the Secret istio-ca-secret" },
      certificate: { type: 'string', value: 'FILE', help: 'the certificate that was signed for the request' },
      chain: { type: 'string', value: 'FILE', help: 'with --certificate: the intermediates above it, and their root' },
      as: { type: 'string', multiple: true, value: 'ID', help: 'id of a root that is new to the mesh; repeat it' },
    },
    load: () => import('./trust-import.ts'),
  },
  {
    name: 'trust csr',
    arguments: 'CLUSTER',
    summary: 'make the key of a cluster, seal it, and print the request for its certificate',
    details: `For a root that lives elsewhere. The key is sealed at once and forgotten; until its certificate is there, a new cluster
gets no output, and one that lives goes on with what it has. Called again, it prints the same request.`,
    arity: [1, 1],
    options: {},
    load: () => import('./trust-csr.ts'),
  },
]
