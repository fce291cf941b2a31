/**
 * How long the command line takes, as ratios within one run: whole processes, each in turns with its yardstick, medians.
 * Nothing here is judged; a figure means something beside the other one of its row, on the same machine.
 *
 * usage: npm run bench [-- --json] [-- --clusters N] [-- --services N]     of the synthetic mesh [10, 100 each]
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    clusters: { type: 'string', default: '10' },
    services: { type: 'string', default: '100' },
  },
})
const PROJECT = join(import.meta.dirname, '..')
const MAIN = join(PROJECT, 'dist', 'main.js')
const TWO_CLUSTERS = join(PROJECT, 'fixtures', 'two-clusters')
const SMALL_RUNS = 15
const LARGE_RUNS = 5

const folder = mkdtempSync(join(tmpdir(), 'meshwright-bench-'))
try {
  const rows = [...small(), ...(await large(Number(options.clusters), Number(options.services)))]
  if (options.json) console.log(JSON.stringify({ machine: machine(), rows }, null, 2))
  else print(rows)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Start, and runs that have nothing to do, against a Node that does nothing. */
function small() {
  const mesh = join(folder, 'two-clusters')
  cpSync(TWO_CLUSTERS, mesh, { recursive: true })
  meshwright(mesh, 'generate')
  const bare = { name: 'node -e 0', run: () => node('-e', '0') }
  return [
    measure({ name: '--version', run: () => node(MAIN, '--version') }, bare, SMALL_RUNS),
    measure({ name: 'generate, nothing to do', run: () => meshwright(mesh, 'generate') }, bare, SMALL_RUNS),
    measure({ name: 'generate --check', run: () => meshwright(mesh, 'generate', '--check') }, bare, SMALL_RUNS),
  ]
}

/** A mesh of which every cluster provides as many services, and consumes all others. */
async function large(clusters, services) {
  const mesh = join(folder, 'synthetic')
  await makeMesh(mesh, clusters, services)
  const tree = join(mesh, 'output')
  const [copy, fresh] = [join(folder, 'copy'), join(folder, 'fresh')]
  const size = `${clusters} x ${services}`
  const copying = {
    name: 'cp -r of its output',
    prepare: () => rmSync(copy, { recursive: true, force: true }),
    run: () => execute('cp', ['-r', tree, copy]),
  }
  const files = sizeOf(tree)
  const cold = {
    name: `generate of ${size}, cold`,
    prepare: () => rmSync(fresh, { recursive: true, force: true }),
    run: () => meshwright(mesh, 'generate', '-o', fresh),
  }
  const reading = {
    name: 'cat of its output',
    run: () => execute('find', [tree, '-type', 'f', '-exec', 'cat', '{}', '+']),
  }
  const checking = { name: `generate --check of ${size}`, run: () => meshwright(mesh, 'generate', '--check') }
  return [
    { ...measure(cold, copying, LARGE_RUNS), ...files },
    { ...measure(checking, reading, LARGE_RUNS), ...files },
    ...hooks(mesh, size),
  ]
}

/** Whole commits with the hook, against the same with one that does nothing. */
function hooks(mesh, size) {
  const empty = join(folder, 'empty-hooks')
  mkdirSync(empty)
  writeFileSync(join(empty, 'pre-commit'), '#!/bin/sh\nexit 0\n', { mode: 0o755 })
  const person = ['-c', 'user.name=bench', '-c', 'user.email=bench@mesh.example']
  const git = (...args) => execute('git', ['-C', mesh, ...person, ...args])
  const commit = (...options) => git(...options, 'commit', '--quiet', '--allow-empty', '--message', 'x')
  git('init', '--quiet')
  git('add', '--all')
  commit()
  meshwright(mesh, 'hook', 'install')
  commit()
  const without = { name: 'git commit, empty hook', run: () => commit('-c', `core.hooksPath=${empty}`) }
  const intent = join(mesh, 'mesh.yaml')
  let edits = 0
  const edited = () => {
    // A blank at the end changes the intent, and nothing that is rendered.
    writeFileSync(intent, `${readFileSync(intent, 'utf8').trimEnd()}${'\n'.repeat(1 + (edits++ % 2))}`)
    git('add', 'mesh.yaml')
  }
  return [
    measure({ name: `git commit of ${size}, nothing changed`, run: () => commit() }, without, SMALL_RUNS),
    measure({ name: `git commit of ${size}, rendered`, prepare: edited, run: () => commit() }, without, LARGE_RUNS),
  ]
}

/** Intent, files and lock; the lock is made by the command line, which is not measured here. */
async function makeMesh(mesh, clusters, services) {
  const names = Array.from({ length: clusters }, (_, i) => `cluster-${i + 1}`)
  for (const name of ['corefiles', 'sealing', '../keys']) mkdirSync(join(mesh, name), { recursive: true })
  for (const name of names) {
    // Whose certificate it is does not matter here: nothing is opened again.
    cpSync(join(TWO_CLUSTERS, 'sealing', 'cluster-1.pem'), join(mesh, 'sealing', `${name}.pem`))
    cpSync(join(TWO_CLUSTERS, 'corefiles', 'cluster-1.Corefile'), join(mesh, 'corefiles', `${name}.Corefile`))
  }
  const intent = {
    apiVersion: 'meshwright.dev/v1',
    kind: 'Mesh',
    metadata: { name: 'bench' },
    defaults: { cluster: { trust: { current: 'none' }, gateway: { install: 'none' } } },
    clusters: names.map((name, i) => ({ name, gateway: { addresses: [`198.51.100.${i + 1}`] } })),
    services: names.flatMap((cluster, c) =>
      Array.from({ length: services }, (_, s) => ({
        name: `service-${s}`,
        namespace: `team-${c}-${s % 10}`,
        clusters: [cluster],
        ports: [{ name: 'http', port: 8000, protocol: 'HTTP' }],
        serviceAccounts: [`service-${s}`],
      })),
    ),
  }
  // JSON is YAML.
  writeFileSync(join(mesh, 'mesh.yaml'), JSON.stringify(intent, null, 1))
  const secret = await generateX25519Identity()
  const [identity, key] = [join(folder, 'keys', 'identity'), join(folder, 'keys', 'r1.key.age')]
  writeFileSync(identity, `${secret}\n`, { mode: 0o600 })
  meshwright(mesh, 'trust', 'root', 'create', '--recipient', await identityToRecipient(secret), '--key-out', key)
  meshwright(mesh, 'generate', '--root-key', key, '--identity', identity)
}

/** Both in turns, so that whatever else the machine does is shared. */
function measure(subject, yardstick, runs) {
  const times = { subject: [], yardstick: [] }
  for (let run = 0; run < runs; run++) {
    times.yardstick.push(duration(yardstick))
    times.subject.push(duration(subject))
  }
  const [ms, yardstickMs] = [median(times.subject), median(times.yardstick)]
  const rounded = (value) => Math.round(value * 10) / 10
  return {
    name: subject.name,
    ms: rounded(ms),
    yardstick: yardstick.name,
    yardstickMs: rounded(yardstickMs),
    ratio: Math.round((ms / yardstickMs) * 100) / 100,
  }
}

function duration({ prepare, run }) {
  prepare?.()
  const started = performance.now()
  run()
  return performance.now() - started
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]
}

function meshwright(mesh, ...args) {
  node(MAIN, '-C', mesh, ...args)
}

function node(...args) {
  execute(process.execPath, args)
}

function execute(program, args) {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}\n${error?.message ?? stderr}`)
}

function sizeOf(tree) {
  const sizes = readdirSync(tree, { recursive: true, encoding: 'utf8' })
    .map((path) => statSync(join(tree, path)))
    .filter((stats) => stats.isFile())
    .map((stats) => stats.size)
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
}

function machine() {
  const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'))
  return {
    meshwright: version,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpus: cpus().length,
  }
}

function print(rows) {
  const { node: version, platform, cpus: count } = machine()
  console.log(`Node ${version}, ${platform}, ${count} CPUs\n`)
  console.log(
    `${'what'.padEnd(42)}${'ms'.padStart(9)}   ${'against'.padEnd(24)}${'ms'.padStart(9)}${'ratio'.padStart(9)}`,
  )
  for (const { name, ms, yardstick, yardstickMs, ratio, files, bytes } of rows) {
    const size = files === undefined ? '' : `   ${files} files, ${(bytes / 1e6).toFixed(1)} MB`
    const figures = `${ms.toFixed(1).padStart(9)}   ${yardstick.padEnd(24)}${yardstickMs.toFixed(1).padStart(9)}`
    console.log(`${name.padEnd(42)}${figures}${ratio.toFixed(2).padStart(9)}${size}`)
  }
}
