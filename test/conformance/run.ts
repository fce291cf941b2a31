/**
 * Judges what meshwright writes by the programs that will read it.
 *
 * usage: npm run conformance [-- LAYER... [--no-skip]]     default: every layer
 *        npm run conformance -- istio --mesh DIR           a mesh of one's own: DIR has mesh.yaml and output/ in it
 *
 * Prints a line for each check as it runs, and `N passed, N failed` at the end. A check whose program is missing is
 * skipped; with --no-skip, or where CI is set in the environment, it fails.
 */
import { resolve } from 'node:path'
import type { Check, Layer } from './check.ts'
import { cluster } from './cluster.ts'
import { AGREEMENT } from './istio/agreement-checks.ts'
import { determinism } from './determinism.ts'
import { dns } from './dns.ts'
import { files } from './files.ts'
import { gateways } from './gateways.ts'
import { git } from './git.ts'
import { gitops } from './gitops.ts'
import { hooks } from './hooks.ts'
import { istioShape } from './istio-shape.ts'
import { istio, istioOf } from './istio.ts'
import { npmPackage } from './package.ts'
import { reports } from './reports.ts'
import { shells } from './shells.ts'
import { start } from './start.ts'
import { legacy } from './legacy.ts'
import { locate } from './tools.ts'
import { traffic } from './traffic.ts'
import { trust } from './trust.ts'
import { Workbench } from './workbench.ts'

const LAYERS: readonly Layer[] = [
  files,
  hooks,
  trust,
  dns,
  istioShape,
  istio,
  { name: 'agreement', checks: AGREEMENT },
  gateways,
  legacy,
  determinism,
  start,
  npmPackage,
  git,
  reports,
  shells,
  cluster,
  gitops,
  traffic,
]

const tally = { passed: 0, failed: 0, skipped: 0 }

async function main(argv: readonly string[]): Promise<void> {
  const noSkip = argv.includes('--no-skip') || (process.env['CI'] ?? '') !== ''
  const at = argv.indexOf('--mesh')
  const own = at < 0 ? undefined : (argv[at + 1] ?? '.')
  const layers = own === undefined ? LAYERS : [istioOf(resolve(own))]
  const wanted = argv.filter((a, i) => a !== '--no-skip' && (at < 0 || i < at || i > at + 1))
  const unknown = wanted.filter((w) => !layers.some((layer) => layer.name === w))
  if (unknown.length > 0) {
    process.stderr.write(
      `there is no layer ${unknown.join(', ')}; there are: ${layers.map((l) => l.name).join(', ')}\n`,
    )
    process.exitCode = 2
    return
  }
  const bench = new Workbench()
  const stop = (): void => {
    process.stderr.write(`interrupted; logs: ${bench.folder}/logs\n`)
    process.exit(130)
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  for (const layer of layers) {
    if (wanted.length > 0 && !wanted.includes(layer.name)) continue
    process.stdout.write(`\n${layer.name}\n`)
    for (const each of layer.checks) await judge(bench, layer, each, noSkip)
    await layer.end?.()
  }
  const { passed, failed, skipped } = tally
  if (failed > 0) process.stdout.write(`\nlogs and files of this run: ${bench.folder}\n`)
  else bench.close()
  if (failed > 0 || passed === 0) process.exitCode = 1
  process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
}

async function judge(bench: Workbench, layer: Layer, { name, needs, run }: Check, noSkip: boolean): Promise<void> {
  const started = performance.now()
  const tell = (what: string, detail = ''): void => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    process.stdout.write(`  ${what.padEnd(4)} ${name}  ${seconds} s${detail === '' ? '' : `\n         ${detail}`}\n`)
  }
  for (const tool of needs) {
    const found = locate(tool)
    if (!('missing' in found)) continue
    const skip = !noSkip || found.unavailable === true
    tally[skip ? 'skipped' : 'failed'] += 1
    tell(skip ? 'skip' : 'FAIL', found.missing)
    return
  }
  bench.enter(layer.name, name)
  try {
    await run(bench)
    tally.passed += 1
    tell('ok')
  } catch (error) {
    tally.failed += 1
    tell('FAIL', (error instanceof Error ? error.message : String(error)).replaceAll('\n', '\n         '))
  }
}

await main(process.argv.slice(2))
