/** The commands of `trust crl`, as part of the command table. */
import type { Command, OptionSpec } from '../command.ts'

/** @param keys options that open a root key */
export function crlCommands(keys: Readonly<Record<string, OptionSpec>>): readonly Command[] {
  return [
    {
      name: 'trust crl refresh',
      arguments: '[ROOT]',
      summary: 'sign the next CRL of a root, for two more years',
      details: 'Needs the key of the root. What it revokes stays revoked.',
      arity: [0, 1],
      options: keys,
      load: () => import('./trust-crl-refresh.ts'),
    },
    {
      name: 'trust crl revoke',
      arguments: 'CLUSTER',
      summary: 'revoke an intermediate: its root signs a CRL that names it',
      details: `Needs the key of the root that signed it. A cluster that still signs with it must get another one in the same
commit; the CRL reaches the clusters with trust.crl.enabled.`,
      arity: [1, 1],
      options: {
        ...keys,
        generation: { type: 'string', value: 'N', help: 'which intermediate of the cluster [the only one]' },
        reason: {
          type: 'string',
          value: 'key-compromise|cessation',
          help: 'why [cessation of a removed cluster, else key-compromise]',
        },
      },
      load: () => import('./trust-crl-revoke.ts'),
    },
    {
      name: 'trust crl import',
      arguments: 'ROOT FILE',
      summary: 'take over a CRL that a root signed elsewhere',
      details: 'For roots whose key lies in Vault, in a cloud or in a safe. FILE is a CRL in PEM.',
      arity: [2, 2],
      options: {},
      load: () => import('./trust-crl-import.ts'),
    },
  ]
}
