import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isInterrupted, recover, STAGING, writeAll, type FolderWrite } from '../../src/shell/transaction.ts'
import { Failure } from '../../src/diagnostics/failure.ts'
import { readTree } from '../fixture.ts'
import { describe, equal, is, ok, rejected } from '../suite.ts'
import { interrupt } from './interrupted.ts'

const FILES = 60

function sandbox(): { root: string; home: string; output: string; done: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'meshwright-test-'))
  return {
    root,
    home: join(root, 'mesh.lock'),
    output: join(root, 'output'),
    done: () => rmSync(root, { recursive: true, force: true }),
  }
}

function write(folder: string, text: string, durable = false): FolderWrite {
  const put = new Map(Array.from({ length: FILES }, (_, i) => [`clusters/c${i % 7}/f${i}.yaml`, `${text} ${i}\n`]))
  return { folder, put, remove: [`only-${text === 'old' ? 'new' : 'old'}/file`], durable }
}

/** The text that all files have, or what is mixed in them. */
function stateOf(folder: string): string {
  const words = new Set(
    [...readTree(folder)].filter(([p]) => !p.includes(STAGING)).map(([, bytes]) => bytes.toString().split(' ')[0]),
  )
  return [...words].map(String).sort().join('+')
}

/** A process that writes "new" over "old". */
const WRITER = `
import { writeAll } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, '..', '..', 'src', 'shell', 'transaction.js')).href)}
const put = () => new Map(Array.from({ length: ${FILES} }, (_, i) => ['clusters/c' + (i % 7) + '/f' + i + '.yaml', 'new ' + i + '\\n' + 'x'.repeat(Number(process.argv[4] ?? 0))]))
const [home, output] = process.argv.slice(2)
process.stdout.write('ready')
try {
  await writeAll(home, [{ folder: home, put: put(), remove: [], durable: true }, { folder: output, put: put(), remove: [], durable: false }])
} catch (error) {
  process.stderr.write(error.message)
  process.exitCode = error.exitCode
}
`

describe('writeAll', (test) => {
  test('writes, removes, and leaves no trace', async () => {
    const { home, output, done } = sandbox()
    mkdirSync(join(output, 'only-old'), { recursive: true })
    writeFileSync(join(output, 'only-old', 'file'), 'old')
    await writeAll(home, [write(home, 'new', true), write(output, 'new')])
    is(stateOf(home), 'new')
    is(stateOf(output), 'new')
    ok(!existsSync(join(output, 'only-old')), 'an empty folder goes with its last file')
    equal(
      [...readdirSync(home), ...readdirSync(output)].filter((n) => n.startsWith('.')),
      [],
    )
    done()
  })

  test('killed at any moment, it leaves everything old or, after the next run has begun, everything new', async () => {
    const { root, home, output, done } = sandbox()
    const script = join(root, 'writer.mjs')
    writeFileSync(script, WRITER)
    for (let delay = 0; delay < 24; delay++) {
      await writeAll(home, [write(home, 'old'), write(output, 'old')])
      const child = spawn(process.execPath, [script, home, output], { stdio: ['ignore', 'pipe', 'ignore'] })
      await new Promise((started) => child.stdout.once('data', started))
      await new Promise((wait) => setTimeout(wait, delay / 1.5))
      const ended = new Promise((exited) => child.once('exit', exited))
      child.kill('SIGKILL')
      await ended
      await recover(home, [output])
      is(stateOf(home), stateOf(output), 'lock and output are of one state')
      ok(['old', 'new'].includes(stateOf(home)), stateOf(home))
      equal(
        [...readdirSync(home), ...readdirSync(output)].filter((n) => n.startsWith('.meshwright-write')),
        [],
      )
    }
    done()
  })

  test('an interruption after the journal is finished by the next run', async () => {
    const { home, output, done } = sandbox()
    await writeAll(home, [write(home, 'old'), write(output, 'old')])
    const put = write(output, 'new').put
    const unfinished = [home, output].map((folder) => ({ folder, put, renamed: 3 }))
    interrupt(home, unfinished)
    is(await isInterrupted(home), true)
    const recovery = await recover(home, [output])
    is(recovery.kind, 'finished')
    is(recovery.kind === 'finished' && recovery.paths.length, 2 * (FILES - 3))
    is(`${stateOf(home)} ${stateOf(output)}`, 'new new')
    equal(await recover(home, [output]), { kind: 'none' })
    done()
  })

  test('a write is given up when somebody has moved on in between', async () => {
    const { home, output, done } = sandbox()
    await writeAll(home, [write(home, 'old'), write(output, 'old')])
    interrupt(
      home,
      [home, output].map((folder) => ({ folder, put: write(folder, 'new').put, renamed: 0 })),
    )
    writeFileSync(join(home, 'clusters/c0/f0.yaml'), 'newer 0\n')
    const recovery = await recover(home, [output])
    equal(recovery, { kind: 'discarded', paths: ['clusters/c0/f0.yaml'] })
    is(`${stateOf(home)} ${stateOf(output)}`, 'newer+old old')
    is(await isInterrupted(home), false)
    done()
  })

  test('a journal is not believed everything', async () => {
    const { root, home, output, done } = sandbox()
    const victim = join(root, 'victim')
    const entry = { path: 'victim', before: null, after: null }
    for (const journal of [
      { version: 1, folders: [{ folder: '..', entries: [entry] }] },
      { version: 1, folders: [{ folder: '', entries: [{ ...entry, path: '../victim' }] }] },
      { version: 1, folders: [{ folder: '../output', entries: [{ ...entry, path: '/etc/passwd' }] }] },
      { version: 1, folders: [{ folder: '', entries: [{ path: 'x' }] }] },
      { version: 2, folders: [] },
      'half of a jour',
    ]) {
      mkdirSync(join(home, STAGING), { recursive: true })
      writeFileSync(victim, 'x')
      const text = typeof journal === 'string' ? journal : JSON.stringify(journal)
      writeFileSync(join(home, STAGING, 'journal.json'), text)
      const error = await rejected(recover(home, [output]))
      ok(error instanceof Failure && error.exitCode === 3, text)
      ok(existsSync(victim))
    }
    done()
  })

  test('a disk that takes no more leaves everything as it was', () => {
    const { root, home, output, done } = sandbox()
    const script = join(root, 'writer.mjs')
    writeFileSync(script, WRITER)
    for (const folder of [home, output]) {
      mkdirSync(join(folder, 'clusters/c0'), { recursive: true })
      writeFileSync(join(folder, 'clusters/c0/f0.yaml'), 'old 0\n')
    }
    // A limit on the size of files stands for the full disk: it needs no other rights than a shell has.
    const run = spawnSync(
      'sh',
      ['-c', `ulimit -f 8; exec "$0" "$1" "$2" "$3" 20000`, process.execPath, script, home, output],
      { encoding: 'utf8' },
    )
    is(run.status, 3, run.stderr)
    ok(/cannot write: .*nothing was changed/.test(run.stderr), run.stderr)
    is(`${stateOf(home)} ${stateOf(output)}`, 'old old')
    equal(
      [...readdirSync(home), ...readdirSync(output)].filter((n) => n.startsWith('.')),
      [],
    )
    done()
  })

  test('a folder in which nothing may be written is told', async () => {
    const { home, output, done } = sandbox()
    mkdirSync(output)
    chmodSync(output, 0o500)
    if (process.getuid?.() === 0) {
      // Root may write everywhere; a file where a folder is needed fails for everybody.
      rmSync(output, { recursive: true })
      writeFileSync(output, '')
    }
    const error = await rejected(writeAll(home, [write(home, 'new'), write(output, 'new')]))
    ok(error instanceof Failure && error.exitCode === 3)
    equal(
      readdirSync(home).filter((n) => n !== STAGING),
      [],
    )
    ok(!existsSync(join(home, STAGING)))
    if (existsSync(output)) chmodSync(output, 0o700)
    done()
  })

  test('a second run does not write into the first', async () => {
    const { home, output, done } = sandbox()
    mkdirSync(join(home, STAGING), { recursive: true })
    writeFileSync(join(home, STAGING, 'pid'), String(process.ppid))
    const error = await rejected(recover(home, [output]))
    ok(error instanceof Failure && error.message.includes(String(process.ppid)))
    const second = await rejected(writeAll(home, [write(home, 'new')]))
    ok(second instanceof Failure)
    ok(existsSync(join(home, STAGING, 'pid')), 'the first one keeps its hold')
    done()
  })
})
