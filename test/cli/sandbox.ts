/** A folder of its own in which the real command line runs, as a user runs it. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { FIXTURES, PROJECT } from '../fixture.ts'

export const MAIN: string = join(PROJECT, 'dist', 'main.js')

export interface Result {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface ExecOptions {
  /** Added to the environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Whom to be, where we are root. */
  readonly uid?: number
  /** What is piped in. */
  readonly input?: string | Uint8Array
}

export interface Sandbox {
  readonly root: string
  /** The work tree; commands run here. */
  readonly mesh: string
  /** Of all that runs here. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly meshwright: (...args: readonly string[]) => Result
  /** The same with options for Node. */
  readonly node: (options: readonly string[], ...args: readonly string[]) => Result
  /** The same in other circumstances. */
  readonly meshwrightIn: (options: ExecOptions, ...args: readonly string[]) => Result
  readonly git: (...args: readonly string[]) => Result
  readonly write: (path: string, text: string) => void
  readonly done: () => void
}

/** @param fixture folder of fixtures to begin with; its output is rendered */
export function sandbox(fixture?: string): Sandbox {
  const root = mkdtempSync(join(tmpdir(), 'meshwright-cli-'))
  const mesh = join(root, 'mesh')
  mkdirSync(mesh)
  const env = {
    PATH: process.env['PATH'],
    HOME: root,
    XDG_DATA_HOME: join(root, 'data'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.com',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.com',
  }
  const run = (command: string, args: readonly string[], options: ExecOptions = {}): Result => {
    const { status, stdout, stderr, error } = spawnSync(command, args, {
      cwd: mesh,
      env: { ...env, ...options.env },
      encoding: 'utf8',
      input: options.input ?? '',
      ...(options.uid !== undefined && { uid: options.uid, gid: options.uid }),
    })
    if (error !== undefined) throw error
    return { code: status ?? -1, out: stdout, err: stderr }
  }
  const box: Sandbox = {
    root,
    mesh,
    env,
    meshwright: (...args) => run(process.execPath, [MAIN, ...args]),
    node: (options, ...args) => run(process.execPath, [...options, MAIN, ...args]),
    meshwrightIn: (options, ...args) => run(process.execPath, [MAIN, ...args], options),
    git: (...args) => run('git', args),
    write: (path, text) => {
      mkdirSync(dirname(join(mesh, path)), { recursive: true })
      writeFileSync(join(mesh, path), text)
    },
    done: () => rmSync(root, { recursive: true, force: true }),
  }
  if (fixture === undefined) return box
  const known = prepared.get(fixture)
  cpSync(known ?? join(FIXTURES, fixture), mesh, { recursive: true })
  if (known !== undefined) return box
  const { code, err } = box.meshwright('generate')
  if (code !== 0) throw new Error(err)
  const template = mkdtempSync(join(tmpdir(), 'meshwright-template-'))
  process.once('exit', () => rmSync(template, { recursive: true, force: true }))
  cpSync(mesh, template, { recursive: true })
  prepared.set(fixture, template)
  return box
}

/** Folders of fixtures whose output is rendered: once for all tests of a process. */
const prepared = new Map<string, string>()
