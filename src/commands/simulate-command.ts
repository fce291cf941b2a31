/** What the command line says of `simulate`. */
import type { Command } from '../command.ts'

export const simulateCommand: Command = {
  name: 'simulate',
  summary: 'tell where calls go when clusters are down, and what breaks',
  details: `For each cluster that calls a host: who is called instead, with what share of the calls, whose calls fail, and how
long it takes until sidecars have found out. Reads intent and lock; needs no key and writes nothing.`,
  arity: [0, 0],
  options: {
    down: { type: 'string', multiple: true, value: 'CLUSTER', help: 'a cluster that is down; repeat it' },
    service: {
      type: 'string',
      multiple: true,
      value: 'SERVICE.NAMESPACE',
      help: 'only this host [all]; repeat it',
    },
    format: { type: 'string', value: 'text|json|markdown', help: 'how to report [text]' },
    'exit-code': { type: 'boolean', help: 'exit 1 when something breaks' },
  },
  load: () => import('./simulate.ts'),
}
