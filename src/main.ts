#!/usr/bin/env node
/** The process: arguments, environment and streams go in, an exit code comes out. */
import { run } from './cli.ts'
import { exit } from './diagnostics/failure.ts'
import { ansiPaint, noPaint, type Paint } from './diagnostics/paint.ts'
import { interruptChildren, isInterrupted } from './shell/interruption.ts'

const { argv, env, stderr, stdin, stdout } = process

stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  // A reader that has seen enough (| head) is no reason for a message.
  if (code === 'EPIPE') process.exit(exit.done)
  const reason = code === 'ENOSPC' ? ': the disk is full' : ` (${code ?? message})`
  stderr.write(`meshwright: ${paintFor(stderr).red('error')}: cannot write to stdout${reason}\n`)
  process.exit(exit.environment)
})
// Where nobody can be told, the exit code tells it still.
stderr.on('error', () => undefined)

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (isInterrupted()) return
    void interruptChildren().finally(() => process.exit(exit.interrupted))
  })
}

function paintFor({ isTTY }: { readonly isTTY: boolean }): Paint {
  return isTTY && (env['NO_COLOR'] ?? '') === '' ? ansiPaint : noPaint
}

process.exitCode = await run({
  argv: argv.slice(2),
  env,
  cwd: process.cwd(),
  out: (text) => stdout.write(text),
  // What fails since it was interrupted is no news.
  err: (text) => isInterrupted() || stderr.write(text),
  paint: paintFor(stderr),
  outPaint: paintFor(stdout),
  interactive: stdin.isTTY && stderr.isTTY,
  live: stderr.isTTY,
  now: () => new Date(),
})
