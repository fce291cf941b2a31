/**
 * A network namespace of our own, so that nothing can reach or resolve anything beyond this machine, no port is taken,
 * and port 53 is ours. It needs no root where the kernel lets anybody make user namespaces. It is a namespace of
 * processes, too: when its first one ends, however that comes, the kernel ends all others.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UNSHARE } from '../tools.ts'
import type { Workbench } from '../workbench.ts'
import { CLOSE, type Order, type Report } from './orders.ts'
import { makeMeshes } from './mesh-files.ts'
import type { Settings } from './settings.ts'

const SCENARIO_MS = 150_000
const CLOSE_MS = 20_000

const OPTIONS = [...UNSHARE, '--pid', '--fork', '--kill-child', '--mount-proc']

export interface Namespace {
  /** Runs a scenario by its name. */
  readonly run: (name: string) => Promise<void>
  /** Ends everything in it. */
  readonly leave: () => Promise<void>
}

export async function enterNamespace(bench: Workbench): Promise<Namespace> {
  const folder = bench.scratch('traffic')
  const logs = join(bench.folder, 'logs', 'traffic', 'processes')
  mkdirSync(logs, { recursive: true })
  const agent = bench.tool('pilot-agent')
  const settings: Settings = {
    programs: {
      'pilot-discovery': bench.tool('pilot-discovery'),
      'pilot-agent': agent,
      envoy: bench.tool('envoy'),
      coredns: bench.tool('coredns'),
      bootstrap: join(dirname(realpathSync(agent)), 'envoy_bootstrap.json'),
    },
    meshes: await makeMeshes(bench),
    folder,
    logs,
  }
  const file = join(folder, 'settings.json')
  writeFileSync(file, JSON.stringify(settings))
  const [child, log] = startInside(bench.tool('unshare'), file, join(logs, '00-orders.log'))
  // It must not outlive us; nor keep us from ending.
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const gone = once(child, 'exit').catch(() => undefined)
  hold(child, false)
  return {
    run: (name) => order(child, { name }, log, SCENARIO_MS),
    leave: async () => {
      try {
        if (child.connected) await order(child, { name: CLOSE }, log, CLOSE_MS)
      } finally {
        hold(child, true)
        kill()
        await gone
        process.off('exit', kill)
      }
    },
  }
}

function startInside(unshare: string, settings: string, logFile: string): [ChildProcess, () => string] {
  const log = openSync(logFile, 'w')
  const args = [...OPTIONS, process.execPath, '--enable-source-maps', join(import.meta.dirname, 'inside.js'), settings]
  const child = spawn(unshare, args, { stdio: ['ignore', log, log, 'ipc'] })
  closeSync(log)
  return [child, () => readFileSync(logFile, 'utf8')]
}

/** Gives an order and waits for the report; a namespace that does not answer is ended. */
async function order(child: ChildProcess, what: Order, log: () => string, limitMs: number): Promise<void> {
  if (!child.connected) throw new Error(`the network namespace is gone\n${log()}`)
  hold(child, true)
  child.send(what)
  const waiting = new AbortController()
  const timer = setTimeout(() => waiting.abort(), limitMs)
  try {
    const { signal } = waiting
    const [report] = (await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(() => [{ failure: `the network namespace has ended\n${log()}` }]),
    ])) as [Report]
    if (report.failure !== undefined) throw new Error(report.failure)
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error
    child.kill('SIGKILL')
    throw new Error(`${what.name}: no report after ${limitMs / 1000} s\n${log()}`, { cause: error })
  } finally {
    clearTimeout(timer)
    waiting.abort()
    hold(child, false)
  }
}

/** Whether this process waits for that one. */
function hold(child: ChildProcess, held: boolean): void {
  child[held ? 'ref' : 'unref']()
  child.channel?.[held ? 'ref' : 'unref']()
}
