/** The commands about the age of trust, for the table of all of them; like that it loads nothing heavy. */
import type { Command, OptionSpec } from '../command.ts'

const dryRun: OptionSpec = { type: 'boolean', help: 'write nothing; show the lines that would change' }

export function trustCommands(): Command[] {
  return [
    {
      name: 'trust rotate intermediate',
      arguments: '[CLUSTER...]',
      summary: 'have clusters get a new key and certificate under the same root',
      details:
        'Raises trust.generation in the intent, for every cluster where none is named. What is there keeps every byte.',
      arity: [0, Infinity],
      options: { 'dry-run': dryRun },
      load: () => import('./trust-rotate-intermediate.ts'),
    },
    {
      name: 'trust rotate root',
      arguments: '[NEW-ID]',
      summary: 'edit the intent for the next stage of a new root',
      details: `Three stages, each a commit that reaches every cluster before the next: all trust the new root beside the old one, all are
signed by the new one, the old one is dropped. Which is next is told by intent and lock; none is skipped.`,
      arity: [0, 1],
      options: {
        cluster: {
          type: 'string',
          multiple: true,
          value: 'NAME',
          help: 'in stage 2: these clusters only, the others later; repeat it',
        },
        'bundles-seen': { type: 'boolean', help: 'for stage 2: every cluster and proxy has both roots' },
        'leaves-replaced': {
          type: 'boolean',
          help: 'for stage 3: no workload has a certificate from before stage 2, whatever the clock says',
        },
        'dry-run': dryRun,
      },
      load: () => import('./trust-rotate-root.ts'),
    },
    {
      name: 'trust status',
      summary: 'tell where roots and clusters stand, what comes next and what must be waited for',
      details: 'Exit code 1 when something ends so soon that it is to be replaced, or has ended.',
      arity: [0, 0],
      options: { format: { type: 'string', value: 'text|json|markdown', help: 'how to report [text]' } },
      load: () => import('./trust-status.ts'),
    },
  ]
}
