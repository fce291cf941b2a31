/**
 * Runs every *.test.js below this folder (or those whose path contains an argument) and prints, as its last line,
 * `N passed, N failed`. Running nothing, or less than was declared, is a failure.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { run } from 'uvu/run'
import { tally } from './tally.ts'

const root = import.meta.dirname
const wanted = process.argv.slice(2)
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => wanted.length === 0 || wanted.some((w) => file.includes(w)))
  .sort()

process.on('exit', () => {
  const lost = tally.declared - tally.passed - tally.failed
  if (tally.passed === 0 || tally.failed + lost > 0) process.exitCode = 1
  process.stdout.write(
    '\nleft out here: the checks with openssl, kustomize, kubeseal, CoreDNS and other Node versions: npm run conformance\n' +
      `${tally.passed} passed, ${tally.failed + lost} failed\n`,
  )
})

// A server that a failed test left open would keep us here.
await run(files.map((name) => ({ name, pattern: /./, file: join(root, name) })) as Parameters<typeof run>[0])
process.exit()
