#!/usr/bin/env node
/** The process: arguments, environment and streams go in, an exit code comes out. */
import { run } from './cli.ts'
import { exit } from './diagnostics/failure.ts'
import { ansiPaint, noPaint, type Paint } from './diagnostics/paint.ts'

const { argv, env, stderr, stdin, stdout } = process

// A reader that has seen enough (| head) is no reason for a stack trace.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exit.done)
  throw error
})
process.on('SIGINT', () => process.exit(exit.interrupted))

const paintFor = ({ isTTY }: { readonly isTTY: boolean }): Paint =>
  isTTY && (env['NO_COLOR'] ?? '') === '' ? ansiPaint : noPaint

process.exitCode = await run({
  argv: argv.slice(2),
  env,
  cwd: process.cwd(),
  out: (text) => stdout.write(text),
  err: (text) => stderr.write(text),
  paint: paintFor(stderr),
  outPaint: paintFor(stdout),
  interactive: stdin.isTTY && stderr.isTTY,
  now: () => new Date(),
})
