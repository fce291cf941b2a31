/** What is to end when this process is told to end: the processes that it has started, before it is gone itself. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const controller = new AbortController()

/** Aborted when this process is told to end: nothing is started then, and what runs is ended. */
export const interruption: AbortSignal = controller.signal

export function isInterrupted(): boolean {
  return interruption.aborted
}

/** Milliseconds that git has to remove its lock files. */
const GRACE = 2000
const POLL = 20

/**
 * Ends git, and what git has started: its program that talks HTTP outlives it, and could move a branch after we said that
 * we were interrupted. Takes at most 2 seconds; what does not end by then is killed.
 */
export async function interruptChildren(): Promise<void> {
  const pids = new Set(descendants())
  controller.abort()
  send(pids, 'SIGTERM')
  const end = performance.now() + GRACE
  for (let alive = living(pids); alive.length > 0; alive = living(pids)) {
    if (performance.now() > end) return send(alive, 'SIGKILL')
    await sleep(POLL)
    // Somebody may have been starting a process when it was told to end.
    const late = descendants().filter((pid) => !pids.has(pid))
    for (const pid of late) pids.add(pid)
    send(late, 'SIGTERM')
  }
}

interface Process {
  readonly pid: number
  readonly parent: number
}

/** Our children, theirs, and so on. */
function descendants(): number[] {
  const all = processes()
  const found = [process.pid]
  for (const pid of found) found.push(...all.filter(({ parent }) => parent === pid).map((child) => child.pid))
  return found.slice(1)
}

function living(pids: ReadonlySet<number>): number[] {
  return processes().flatMap(({ pid }) => (pids.has(pid) ? [pid] : []))
}

/** Those that have not ended yet; none where the system does not tell (Windows), and there git itself was ended. */
function processes(): Process[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? fromProc(name) : []))
  } catch {
    const { stdout, status } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8', timeout: GRACE })
    if (status !== 0) return []
    return stdout.split('\n').flatMap((line) => processOf(line.trim().split(/\s+/)))
  }
}

function fromProc(name: string): Process[] {
  try {
    // proc(5): the name stands in parentheses, and may hold any character; state and parent follow it.
    const text = readFileSync(`/proc/${name}/stat`, 'utf8')
    const [state = '', parent = ''] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return processOf([name, parent, state])
  } catch {
    // It has ended in between.
    return []
  }
}

function processOf([pid = '', parent = '', state = '']: readonly string[]): Process[] {
  return pid === '' || state.startsWith('Z') ? [] : [{ pid: Number(pid), parent: Number(parent) }]
}

function send(pids: Iterable<number>, signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // It has ended in between.
    }
  }
}
