/** The commands about hooks, for the table of all of them; like that it loads nothing heavy. */
import type { Command, OptionSpec } from '../command.ts'

const manager: OptionSpec = {
  type: 'string',
  value: 'git|husky|lefthook',
  help: 'who keeps the hooks [what the repository has]',
}

/** @param output the option that names the output folder */
export function hookCommands(output: OptionSpec): Command[] {
  return [
    {
      name: 'hook install',
      summary: 'have each commit regenerate lock and output, and stage them',
      details: `For the mesh that -C and -f name; run it once for each mesh of a repository. A hook that somebody else has written is
not changed: it says then what to add to it.`,
      arity: [0, 0],
      options: { manager, output },
      load: () => import('./hook-install.ts'),
    },
    {
      name: 'hook uninstall',
      summary: 'take that hook away again',
      arity: [0, 0],
      options: { manager, output },
      load: () => import('./hook-uninstall.ts'),
    },
    {
      name: 'hook run',
      summary: 'what the hook does: regenerate, and stage lock and output',
      details: `Needs no key. Refuses an intent that is not staged as it lies there, and does nothing where there is no mesh. With
\`git commit -- PATHS\` it only checks, since git throws away what a hook stages then.`,
      arity: [0, 0],
      options: {
        output,
        'no-stage': { type: 'boolean', help: 'stage nothing; exit 1 while something is not staged' },
        check: { type: 'boolean', help: 'write nothing either; exit 1 when something would change' },
        merge: {
          type: 'boolean',
          help: 'in pre-merge-commit: exit 1 when something was staged, for a commit to end the merge',
        },
      },
      load: () => import('./hook-run.ts'),
    },
  ]
}
