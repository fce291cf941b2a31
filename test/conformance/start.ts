/** How long the command line takes to begin: whole processes, against the smallest that Node can do, in the same run. */
import { spawnSync } from 'node:child_process'
import { check, mustRefuse, type Layer } from './check.ts'
import { MESHWRIGHT } from './subjects.ts'

/** Of the time that `node -e 0` takes. */
const RATIO_MAX = 2.5

export const start: Layer = {
  name: 'start',
  checks: [
    check('--version starts quickly', [], () => quick([MESHWRIGHT, '--version'])),
    check('--help starts quickly', [], () => quick([MESHWRIGHT, '--help'])),
    check('planted: a program that loads for too long', [], () =>
      mustRefuse('it', /times as long/, () => quick(['-e', 'setTimeout(() => {}, 800)'], { runs: 3, attemptsMax: 1 })),
    ),
  ],
}

/** Fails above the limit. A busy machine slows both down, but not evenly: the best of some attempts counts. */
function quick(args: readonly string[], { runs, attemptsMax } = { runs: 15, attemptsMax: 3 }): void {
  let best = Infinity
  for (let attempt = 0; attempt < attemptsMax && best > RATIO_MAX; attempt++) best = Math.min(best, ratio(args, runs))
  const text = `${best.toFixed(2)} times as long as node -e 0, at most ${RATIO_MAX}`
  if (best > RATIO_MAX) throw new Error(text)
  process.stdout.write(`       ${args.at(-1)}: ${text}\n`)
}

/** Median against median, measured in turns. */
function ratio(args: readonly string[], runs: number): number {
  const [own, bare]: [number[], number[]] = [[], []]
  for (let run = 0; run < runs; run++) {
    bare.push(duration(['-e', '0']))
    own.push(duration(args))
  }
  return median(own) / median(bare)
}

function duration(args: readonly string[]): number {
  const started = performance.now()
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' })
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`)
  return performance.now() - started
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
