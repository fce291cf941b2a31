import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, equal, is, rejected } from '../suite.ts'
import { run } from '../../src/commands/verify.ts'
import { Failure } from '../../src/diagnostics/failure.ts'
import { noPaint } from '../../src/diagnostics/paint.ts'
import { Invocation } from '../../src/invocation.ts'
import { lockTree } from '../../src/lock/write.ts'
import { NOW } from '../trust/authority.ts'
import { edit, type Files } from './mutation.ts'
import { makeSample } from './sample.ts'

const sample = await makeSample()

async function write(folder: string, files: Files): Promise<void> {
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'meshwright-verify-'))
  try {
    await body(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function verify(
  cwd: string,
  positionals: readonly string[] = [],
  values: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  let [out, err] = ['', '']
  const world = {
    argv: [],
    env: {},
    cwd,
    paint: noPaint,
    outPaint: noPaint,
    interactive: false,
    now: () => NOW,
    out: (text: string): void => void (out += text),
    err: (text: string): void => void (err += text),
  }
  const code = await run(new Invocation(world, values, positionals))
  return { code, out, err }
}

describe('verify command', (test) => {
  test('an output beside its lock', () =>
    inFolder(async (folder) => {
      await write(join(folder, 'output'), sample.files)
      await write(join(folder, 'mesh.lock'), lockTree(sample.lock, 'shop'))
      const { code, out, err } = await verify(folder)
      is(code, 0)
      is(out, '')
      is(
        /^output is sound, as mesh.lock has it: 4 clusters .*, 3 hosts, root sha256:[0-9a-f]{64}\n$/.test(err),
        true,
        err,
      )

      const other = { ...sample.lock, clusters: new Map([...sample.lock.clusters].slice(1)) }
      await rm(join(folder, 'mesh.lock'), { recursive: true })
      await write(join(folder, 'mesh.lock'), lockTree(other, 'shop'))
      const { code: found, err: message } = await verify(folder)
      is(found, 1)
      is(message.includes('MESH-E753'), true)
    }))

  test('a lock that cannot be read is told as well', () =>
    inFolder(async (folder) => {
      await write(join(folder, 'output'), sample.files)
      await write(join(folder, 'mesh.lock'), new Map([['roots/r1.yaml', 'nonsense\n']]))
      const { code, err } = await verify(folder)
      is(code, 1)
      is(err.includes('mesh.lock/roots/r1.yaml') && err.includes('MESH-E604'), true, err)
    }))

  test('a checkout of the output branch, as JSON', () =>
    inFolder(async (folder) => {
      await write(folder, edit('clusters/cluster-3/services/bar.yaml', 'ISTIO_MUTUAL', 'SIMPLE')(sample.files))
      for (const [cwd, positionals] of [
        [folder, ['.']],
        [tmpdir(), [folder]],
      ] as const) {
        const { code, out, err } = await verify(cwd, positionals, { format: 'json' })
        is(code, 1)
        is(err, '')
        const { diagnostics } = JSON.parse(out) as {
          diagnostics: { code: string; file: string; start: { line: number } }[]
        }
        equal(
          diagnostics.map((d) => [d.code, d.file.endsWith('clusters/cluster-3/services/bar.yaml'), d.start.line > 40]),
          [['MESH-E736', true, true]],
        )
      }
    }))

  test('what is no ordinary file', () =>
    inFolder(async (folder) => {
      await write(folder, sample.files)
      await symlink('/etc', join(folder, 'clusters/cluster-1/dns/more'))
      await symlink('/etc', join(folder, 'elsewhere'))
      const { code, err } = await verify(folder, ['.'])
      is(code, 1)
      equal(err.match(/MESH-\w+/g), ['MESH-E706'])
    }))

  test('nothing to verify', () =>
    inFolder(async (folder) => {
      for (const positionals of [[], ['.'], ['nowhere']]) {
        const failure = await rejected(verify(folder, positionals))
        is(failure instanceof Failure && failure.exitCode, 3)
      }
      const usage = await rejected(verify(folder, [], { format: 'yaml' }))
      is(usage instanceof Failure && usage.exitCode, 2)
    }))
})
