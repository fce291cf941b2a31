/** `trust reseal` for the table of all commands; like that it loads nothing heavy. */
import type { Command, OptionSpec } from '../command.ts'

/** @param output the option that names the output folder */
export function resealCommand(output: OptionSpec): Command {
  return {
    name: 'trust reseal',
    arguments: 'CLUSTER',
    summary: 'take over what kubeseal --re-encrypt returned for a newer sealing certificate',
    details: `Needs no key: nothing but the ciphertext is taken, when its names, lengths and scope are those of the lock. Fetch the
newer certificate into the file of sealing.certificate first.`,
    arity: [1, 1],
    options: { from: { type: 'string', value: 'FILE', help: 'what kubeseal --re-encrypt printed' }, output },
    load: () => import('./trust-reseal.ts'),
  }
}
