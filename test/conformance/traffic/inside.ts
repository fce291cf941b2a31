/**
 * Runs scenarios within a network namespace of its own, where nothing but loopback exists: started by namespace.ts, which
 * names one scenario after the other over the channel between them.
 *
 * usage: inside.js SETTINGS.json
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { present } from '../check.ts'
import { CLOSE, type Order, type Report } from './orders.ts'
import { SCENARIOS } from './scenarios.ts'
import type { Settings } from './settings.ts'
import { World } from './world.ts'

async function main(file: string): Promise<void> {
  // Loopback is down in a new namespace; and the virtual addresses of the hosts are to be those of this machine, too.
  ip('link', 'set', 'lo', 'up')
  ip('route', 'add', 'local', '240.0.0.0/4', 'dev', 'lo')
  const world = new World(JSON.parse(readFileSync(file, 'utf8')) as Settings)
  process.on('message', ({ name }: Order) => {
    const work = name === CLOSE ? world.close() : run(world, name)
    work.then(
      () => report({}),
      (error: unknown) => report({ failure: error instanceof Error ? error.message : String(error) }),
    )
  })
  process.on('disconnect', () => process.exit(1))
  await new Promise<never>(() => undefined)
}

async function run(world: World, name: string): Promise<void> {
  const scenario = present(
    SCENARIOS.find((each) => each.name === name),
    `scenario ${name}`,
  )
  await scenario.run(world)
}

function report(report: Report): void {
  process.send?.(report)
}

function ip(...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${error?.message ?? stderr}`)
}

await main(present(process.argv[2], 'settings'))
