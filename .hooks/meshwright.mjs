#!/usr/bin/env node
/**
 * What pre-commit runs: the meshwright of this clone, built when it is asked for the first time.
 *
 * It is no hook of `language: node`, because pre-commit lets npm install such a one globally from a clone, and npm then
 * leaves out what the build needs: its installation within the clone is taken for a global one as well (npm/cli#8440).
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const clone = join(import.meta.dirname, '..')
const home = join(clone, '.hook')
const main = join(home, 'dist', 'main.js')

if (!existsSync(main)) {
  const partial = `${home}.partial.${process.pid}`
  mkdirSync(partial)
  try {
    for (const name of ['package.json', 'package-lock.json', 'tsconfig.json', 'src', 'schemas']) {
      cpSync(join(clone, name), join(partial, name), { recursive: true })
    }
    // The arguments are ours; Windows starts npm by its shell only.
    const npm = (...args) =>
      execFileSync('npm', args, { cwd: partial, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
    // This runs `prepare` too, which builds.
    npm('ci', '--no-global', '--include=dev', '--no-audit', '--no-fund')
    npm('prune', '--no-global', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund')
    // Another run may have been quicker: its result is as good.
    if (!existsSync(home)) renameSync(partial, home)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

process.argv[1] = main
await import(pathToFileURL(main).href)
