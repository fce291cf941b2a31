/** The commands about roots, for the table of all of them; like that it loads nothing heavy. */
import type { Command, OptionSpec } from '../command.ts'

/** @param passphraseFile the option that names a file with a passphrase */
export function trustRootCommands(passphraseFile: OptionSpec): Command[] {
  return [
    {
      name: 'trust root create',
      arguments: '[ID]',
      summary: 'make a root; its key is written encrypted, outside of any work tree',
      details: 'Without --recipient or a passphrase file, a passphrase is asked for.',
      arity: [0, 1],
      options: {
        key: { type: 'string', value: 'P-256|P-384|RSA-3072|RSA-4096', help: 'kind of its key [P-256]' },
        validity: { type: 'string', value: 'DAYS', help: 'how long it lasts [3650d]' },
        recipient: {
          type: 'string',
          multiple: true,
          value: 'age1...',
          help: 'age recipient that may open the key; repeat it',
        },
        'passphrase-file': passphraseFile,
        'key-format': { type: 'string', value: 'age|pkcs8', help: 'age file, or PKCS#8 as OpenSSL reads it [age]' },
        'key-out': {
          type: 'string',
          value: 'FILE',
          help: 'where to write the key [$XDG_DATA_HOME/meshwright/<mesh>/<ID>.key.age, or .key.pem]',
        },
      },
      load: () => import('./trust-root-create.ts'),
    },
    {
      name: 'trust root import',
      arguments: '[ID]',
      summary: 'take a root that was made elsewhere into the lock; its key stays where it is',
      details: `Its certificate is judged first: what would keep istiod or a proxy from trusting what it signs is an error. It has no
CRL of ours then. Its key is given when something is issued: \`generate --root-key FILE\`.`,
      arity: [0, 1],
      options: { certificate: { type: 'string', value: 'FILE', help: 'its certificate, PEM' } },
      load: () => import('./trust-root-import.ts'),
    },
    {
      name: 'trust root list',
      summary: 'list the roots: states, ends, fingerprints, what they have signed',
      arity: [0, 0],
      options: { format: { type: 'string', value: 'text|json', help: 'how to list them [text]' } },
      load: () => import('./trust-root-list.ts'),
    },
    {
      name: 'trust root show',
      arguments: '[ID]',
      summary: 'show a root of the lock: subject, dates, fingerprint',
      arity: [0, 1],
      options: {},
      load: () => import('./trust-root-show.ts'),
    },
    {
      name: 'trust root export',
      arguments: '[ID]',
      summary: 'print the certificate of a root, PEM',
      arity: [0, 1],
      options: {},
      load: () => import('./trust-root-export.ts'),
    },
  ]
}
