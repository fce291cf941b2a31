/** One publisher among many, as a process of its own: waits for the others, publishes once, prints what came of it. */
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { publish } from '../../../src/shell/git/publish.ts'
import { openRepository } from '../../../src/shell/git/repository.ts'
import { header } from '../../../src/tree/ownership.ts'
import type { Job } from './job.ts'

const job = JSON.parse(process.argv[2] ?? '') as Job
const repository = await openRepository(job.clone, { interactive: false, remoteTimeout: 30 })
process.stdout.write('ready\n')
for (let i = 0; !existsSync(job.gate); i += 1) {
  if (i > 6000) throw new Error('nobody opened the gate')
  await sleep(5)
}
const path = 'clusters/east/x.yaml'
const outcome = await publish(repository, {
  tree: new Map([[path, `${header('shop', path)}text: ${job.text}\n`]]),
  mesh: 'shop',
  branch: 'live',
  remote: 'origin',
  source: job.source,
  version: '1.0.0',
  ...(job.unguarded && { rollback: true, allowDiverged: true }),
})
process.stdout.write(`${JSON.stringify(outcome)}\n`)
