/** A thin opener around simple-git: one process for each call, its exit code as a value, its trouble as a Failure. */
import { GitError, GitPluginError, simpleGit, type SimpleGit, type SimpleGitOptions } from 'simple-git'
import { exit, Failure } from '../../diagnostics/failure.ts'
import { interruption } from '../interruption.ts'
import { environment } from './environment.ts'
import { explain, gitMissing, hung } from './explain.ts'

/** What a git process did. */
export interface Ran {
  /** -1 when it was ended by a signal. */
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** Written to stdin; must not be empty. */
  readonly input?: string | Buffer
  /** The command talks to a remote, which may hang. */
  readonly remote?: boolean
  readonly env?: Readonly<Record<string, string>>
  /** The command runs the user's hooks: they get to see none of the variables that we set for ourselves. */
  readonly hooks?: boolean
}

export interface GitOptions {
  /** Silence of a remote, in seconds, after which it counts as hung. [120] */
  readonly remoteTimeout?: number
  /** Whether git may ask for a password. [whether stdin is a terminal, and this is no CI job] */
  readonly interactive?: boolean
  /** Variables for every process, such as the index of the commit that a hook judges. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Git {
  readonly folder: string
  /** Stdout of a command that has to succeed. */
  text(args: readonly string[], options?: RunOptions): Promise<string>
  /** A command whose exit code is an answer. A missing git or a hung remote is a Failure all the same. */
  attempt(args: readonly string[], options?: RunOptions): Promise<Ran>
  /** Output of `git cat-file --batch` for these objects, in bytes. */
  batch(ids: readonly string[]): Promise<Buffer>
}

/** @throws Failure when the folder does not exist */
export function openGit(folder: string, options: GitOptions = {}): Git {
  const attempt = (args: readonly string[], run: RunOptions = {}): Promise<Ran> =>
    execute(folder, options, run, args, async (client) => ({
      exitCode: 0,
      stdout: await client.raw([...args]),
      stderr: '',
    }))
  return {
    folder,
    attempt,
    text: async (args, run = {}) => {
      const ran = await attempt(args, run)
      if (ran.exitCode !== 0) throw explain(args, ran)
      return ran.stdout
    },
    batch: async (ids) => {
      if (ids.length === 0) return Buffer.alloc(0)
      const args = ['cat-file', '--batch']
      const run = { input: ids.map((id) => `${id}\n`).join('') }
      const result = await execute(folder, options, run, args, (client) => client.binaryCatFile(['--batch']))
      if (!Buffer.isBuffer(result)) throw explain(args, result)
      return result
    },
  }
}

/** Carries the exit code out of simple-git, which passes on errors of this class only. */
class Exit extends GitError {
  readonly ran: Ran

  constructor(ran: Ran) {
    super(undefined, ran.stderr)
    this.ran = ran
  }
}

/**
 * simple-git's guard is meant for programs that hand the strings of strangers to git. Here each argument is a literal of
 * ours or has been checked, and what the environment configures is what the user configured, so it may do all that the
 * user's own git may do. Options that name another pack program stay forbidden.
 */
const unsafe: NonNullable<SimpleGitOptions['unsafe']> = {
  allowUnsafeAlias: true,
  allowUnsafeAskPass: true,
  allowUnsafeCommandBinaries: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeDiffExternal: true,
  allowUnsafeDiffTextConv: true,
  allowUnsafeEditor: true,
  allowUnsafeExec: true,
  allowUnsafeFilter: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeGitProxy: true,
  allowUnsafeGpgProgram: true,
  allowUnsafeHooksPath: true,
  allowUnsafeInclude: true,
  allowUnsafeMergeDriver: true,
  allowUnsafePager: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeSshCommand: true,
  allowUnsafeSubmodule: true,
  allowUnsafeTemplateDir: true,
  allowUnsafeUrlRewrite: true,
}

/** Seconds: long enough for a slow server to make its pack, short enough for a job that nobody watches. */
const REMOTE_TIMEOUT = 120

/** What would change how output is to be read, or how a message is encoded. */
const SETTINGS = ['color.ui=never', 'trailer.separators=:', 'i18n.commitEncoding=UTF-8', 'i18n.logOutputEncoding=UTF-8']

async function execute<T>(
  folder: string,
  options: GitOptions,
  run: RunOptions,
  args: readonly string[],
  use: (client: SimpleGit) => Promise<T>,
): Promise<T | Ran> {
  const seconds = options.remoteTimeout ?? REMOTE_TIMEOUT
  const env = environment(process.env, options.interactive ?? hasPerson(), {
    ...run,
    env: { ...options.env, ...run.env },
  })
  const { input } = run
  let release = (): void => {}
  try {
    const client = simpleGit({
      baseDir: folder,
      allowEnvironment: Object.keys(env),
      abort: interruption,
      unsafe,
      config: [...SETTINGS, ...(run.remote === true ? patience(seconds) : [])],
      errors: (error, result) => {
        if (error instanceof GitPluginError) return error
        if (result.exitCode === 0) return undefined
        const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8')
        return new Exit({ exitCode: result.exitCode ?? -1, stdout: text(result.stdOut), stderr: text(result.stdErr) })
      },
      // By default the output may be cut 50 ms after the exit. Waiting for its end would however wait for an ssh that
      // stays behind to share its connection; what a remote command prints is short enough for a grace.
      completion: { onClose: true, onExit: run.remote === true ? 500 : false },
      ...(run.remote === true && { timeout: { block: seconds * 1000 } }),
      ...(input !== undefined && { input: () => input }),
    })
      .env(env)
      .outputHandler((_command, ...streams) => {
        release = () => {
          for (const stream of streams)
            if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy()
        }
      })
    return await use(client)
  } catch (error) {
    // A transport that outlives its git holds these pipes, and with them our process.
    release()
    if (interruption.aborted) throw new Failure('interrupted', { exitCode: exit.interrupted })
    if (error instanceof Exit) {
      if (error.ran.stderr.includes('ENOENT') && error.ran.exitCode < 0) throw gitMissing()
      return error.ran
    }
    if (error instanceof GitPluginError && error.plugin === 'timeout') throw hung(args, seconds)
    throw notStarted(folder, error)
  }
}

/** The program that git lets talk HTTP outlives it, so it is told to give up by itself, a little later than we do. */
function patience(seconds: number): string[] {
  return ['http.lowSpeedLimit=1', `http.lowSpeedTime=${String(Math.ceil(seconds) + 1)}`]
}

function hasPerson(): boolean {
  return process.stdin.isTTY && (process.env['CI'] ?? '') === ''
}

function notStarted(folder: string, error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error)
  if (message.includes('directory that does not exist')) return new Failure(`the folder ${folder} does not exist`)
  return new Failure('git could not be started', { hints: [message] })
}
