/** Programs for Python: a virtual environment in the cache folder, with exactly what a file of requirements pins. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Located } from './tools.ts'

export type PythonTool =
  | 'yamllint'
  | 'pre-commit'
  | 'check-jsonschema'
  | 'junitparser'
  | 'lefthook'
  | 'lint_pkix_cert'
  | 'lint_pkix_signer_signee_cert_chain'
  | 'lint_crl'
  | 'envoy'

/** Longest time for one step of an installation. */
const INSTALL_MS = 10 * 60_000

const PYTHON = 'Python 3.11 or later with venv (Debian: apt-get install python3-venv)'

/** Path of the program; the environment is made when it is not there. */
export function inVenv(program: PythonTool, cache: string, requirements: string): Located {
  const version = run('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'])
  const [major = 0, minor = 0] = version.text.split('.').map(Number)
  if (!version.done || major < 3 || (major === 3 && minor < 11)) {
    return { missing: `install ${PYTHON}${version.done ? `; found ${version.text}` : ''}` }
  }
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12)
  const home = join(cache, `python${version.text}@${digest}`)
  const path = join(home, 'bin', program)
  if (existsSync(path)) return { path }
  process.stderr.write(`installing ${requirements} ...\n`)
  const partial = `${home}.partial.${process.pid}`
  const problem = install(partial, home, requirements)
  // Another run may have been quicker: its result is as good.
  if (problem === undefined && !existsSync(home)) renameSync(partial, home)
  rmSync(partial, { recursive: true, force: true })
  return problem === undefined && existsSync(path) ? { path } : { missing: problem ?? `${home} has no ${program}` }
}

/** What went wrong, if anything. */
function install(partial: string, home: string, requirements: string): string | undefined {
  const python = join(partial, 'bin', 'python')
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--quiet']
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['python3', ['-m', 'venv', partial]],
    [python, [...pip, 'install', '--no-deps', '--only-binary', ':all:', '--requirement', requirements]],
    // Refuses a pin that is missing, which --no-deps does not.
    [python, [...pip, 'check']],
  ]
  for (const [command, args] of steps) {
    const { done, text } = run(command, args)
    if (!done) return `${[command, ...args].join(' ')} failed (it needs ${PYTHON}): ${text}`
  }
  movePrograms(join(partial, 'bin'), partial, home)
  return undefined
}

/** Programs of an environment name the interpreter in it by its path; they are to run where it is moved to. */
function movePrograms(bin: string, from: string, to: string): void {
  for (const name of readdirSync(bin)) {
    const file = join(bin, name)
    if (!statSync(file).isFile()) continue
    const text = readFileSync(file, 'latin1')
    if (text.startsWith('#!') && text.includes(from)) writeFileSync(file, text.replaceAll(from, to), 'latin1')
  }
}

function run(command: string, args: readonly string[]): { readonly done: boolean; readonly text: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: INSTALL_MS,
    env: { ...process.env, PYTHONHOME: undefined, PYTHONPATH: undefined, PIP_REQUIRE_VIRTUALENV: undefined },
  })
  const said = status === 0 ? stdout : [error?.message ?? '', stderr, stdout].filter((text) => text !== '').join('\n')
  return { done: status === 0, text: said.trim() }
}
