/** What is packed, unpacked into an empty project, works there: the command line, the library, and its types. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { FIXTURES, PROJECT, readTree } from './fixture.ts'
import { describe, equal, is, match, ok } from './suite.ts'

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly bin: Readonly<Record<string, string>>
  readonly man: string
}

const manifest = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as Manifest

function run(cwd: string, command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (error !== undefined) throw error
  is(status, 0, `${command} ${args.join(' ')}\n${stdout}${stderr}`)
  return stdout
}

interface Project {
  readonly folder: string
  /** The package as it is installed. */
  readonly installed: string
  /** Paths in the tarball. */
  readonly packed: readonly string[]
}

/**
 * The tarball where npm would put it, beside what package.json says it needs, and nothing else: no network is needed, and
 * an import of something that is not declared fails.
 */
function install(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'meshwright-package-'))
  const tarball = run(PROJECT, 'npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder).trim()
  run(folder, 'tar', '-xzf', tarball)
  const modules = join(folder, 'project', 'node_modules')
  const installed = join(modules, 'meshwright')
  mkdirSync(modules, { recursive: true })
  cpSync(join(folder, 'package'), installed, { recursive: true })
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(PROJECT, 'node_modules', name), join(modules, name))
  }
  const packed = run(folder, 'tar', '-tzf', tarball)
    .split('\n')
    .filter(Boolean)
    .map((path) => path.replace(/^package\//, ''))
  writeFileSync(join(folder, 'project', 'package.json'), '{ "name": "project", "private": true, "type": "module" }\n')
  return { folder, installed, packed }
}

const USE = `import { Failure, plan, render, report, validate, type Files, type Task } from 'meshwright'

export async function tasksOf(files: Files): Promise<readonly Task[]> {
  const found = await validate(files, { now: new Date(0) })
  const text: string = report(found, files, 'sarif')
  const planned = await plan(files, { now: new Date(0), release: ['a.b'], meshFile: 'mesh.yaml' })
  if (!planned.ok) throw new Failure(text)
  const path: string | undefined = [...render(planned.value).output.keys()][0]
  // @ts-expect-error a time is needed
  await validate(files)
  // @ts-expect-error there is no such format
  report(found, files, 'xml')
  return path === undefined ? [] : planned.value.tasks
}
`

describe('package', (test) => {
  const { folder, installed, packed } = install()
  const project = join(folder, 'project')

  test('it holds the program, its types, schema and manual, and nothing of how it is made', () => {
    const others = packed.filter((path) => !/^dist\/[a-z0-9/-]+(\.gen)?\.(js|d\.ts)$/.test(path)).sort()
    equal(others, [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'docs/man/meshwright.1',
      'package.json',
      'schemas/included.schema.json',
      'schemas/mesh.schema.json',
    ])
    ok(packed.includes(manifest.man) && packed.includes(manifest.bin['meshwright'] ?? ''))
    const keys = [...readTree(installed)].filter(([, bytes]) =>
      /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\n|AGE-SECRET-KEY-1[A-Z0-9]/.test(bytes.toString('latin1')),
    )
    equal(
      keys.map(([path]) => path),
      [],
    )
  })

  test('the command line runs', () => {
    cpSync(join(FIXTURES, 'two-clusters'), join(project, 'mesh'), { recursive: true })
    const main = join(installed, manifest.bin['meshwright'] ?? '')
    const meshwright = (...args: readonly string[]): string =>
      run(project, process.execPath, main, '-C', 'mesh', ...args)
    meshwright('generate')
    meshwright('generate', '--check')
    meshwright('verify')
    match(meshwright('explain', 'E308'), /a live address would move/)
    match(meshwright('schema'), /draft-07/)
    for (const [path, bytes] of readTree(join(PROJECT, 'output'))) {
      equal(readFileSync(join(project, 'mesh', 'output', path), 'utf8'), bytes.toString('utf8'), path)
    }
  })

  test('the example runs, and gives what the command line gives', () => {
    cpSync(join(PROJECT, 'docs', 'examples', 'render.mjs'), join(project, 'render.mjs'))
    const out = run(project, process.execPath, 'render.mjs', join(FIXTURES, 'two-clusters'))
    const expected = [...readTree(join(PROJECT, 'output'))].map(
      ([path, bytes]) => `${path} ${bytes.toString('utf8').length}`,
    )
    equal(out.trim().split('\n').sort(), expected.sort())
  })

  test('the types hold in a strict project that has those of Node', () => {
    mkdirSync(join(project, 'node_modules', '@types'))
    symlinkSync(join(PROJECT, 'node_modules', '@types', 'node'), join(project, 'node_modules', '@types', 'node'))
    writeFileSync(join(project, 'use.ts'), USE)
    const options = [
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--lib',
      'es2022',
      '--strict',
      '--noEmit',
      '--types',
      'node',
    ]
    run(project, process.execPath, join(PROJECT, 'node_modules', 'typescript', 'bin', 'tsc'), ...options, 'use.ts')
    rmSync(folder, { recursive: true, force: true })
  })
})
