/** The package as npm itself installs it into an empty project, with what package.json says that it needs. */
import { deepStrictEqual, match } from 'node:assert/strict'
import { cpSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FIXTURES, PROJECT, readTree } from '../fixture.ts'
import { check, mustRefuse, type Layer } from './check.ts'
import type { Workbench } from './workbench.ts'

/** npm takes its dependencies from its cache where it has them, which `npm ci` has filled. */
const INSTALL = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']

export const npmPackage: Layer = {
  name: 'package',
  checks: [
    check('npm installs it into an empty project, and command line and library run there', [], (bench) =>
      use(install(bench), bench),
    ),
    check('planted: a dependency that is not declared', [], async (bench) => {
      const project = install(bench)
      rmSync(join(project, 'node_modules', 'yaml'), { recursive: true })
      await mustRefuse('it', /Cannot find package 'yaml'/, () => use(project, bench))
    }),
  ],
}

/** @returns folder of the project */
function install(bench: Workbench): string {
  const project = bench.scratch('project')
  bench.run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', project], { cwd: PROJECT })
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz')) ?? ''
  renameSync(join(project, tarball), join(project, 'meshwright.tgz'))
  writeFileSync(join(project, 'package.json'), '{ "name": "project", "private": true, "type": "module" }\n')
  bench.run('npm', [...INSTALL, './meshwright.tgz'], { cwd: project })
  return project
}

function use(project: string, bench: Workbench): void {
  cpSync(join(FIXTURES, 'two-clusters'), join(project, 'mesh'), { recursive: true })
  const run = (command: string, ...args: readonly string[]): string =>
    bench.run(command, args, { cwd: project }).toString('utf8')
  const bin = join(project, 'node_modules', '.bin', 'meshwright')
  match(run(bin, '--version'), /^\d+\.\d+\.\d+\n$/)
  run(bin, '-C', 'mesh', 'generate')
  run(bin, '-C', 'mesh', 'verify')
  const text = (bytes: Buffer): string => bytes.toString('utf8')
  const tree = (folder: string): [string, string][] => [...readTree(folder)].map(([path, bytes]) => [path, text(bytes)])
  deepStrictEqual(tree(join(project, 'mesh', 'output')), tree(join(PROJECT, 'output')))
  cpSync(join(PROJECT, 'docs', 'examples', 'render.mjs'), join(project, 'render.mjs'))
  match(run(process.execPath, 'render.mjs', 'mesh'), /^clusters\/cluster-1\/dns\/coredns\.yaml \d+$/m)
}
