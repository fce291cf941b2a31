/** Real repositories in a temporary folder, with a git configuration that is nobody's. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openRepository, type Repository } from '../../../src/shell/git/repository.ts'
import { publish, type PublishOutcome, type PublishRequest } from '../../../src/shell/git/publish.ts'
import { header } from '../../../src/tree/ownership.ts'

export interface Sandbox {
  readonly folder: string
  /** Runs git and returns what it prints, trimmed. */
  git(where: string, ...args: readonly string[]): string
  write(path: string, text: string, mode?: number): void
  /** A bare remote and a clone of it with one commit; returns absolute paths. */
  pair(): { readonly remote: string; readonly clone: string }
  clone(remote: string, name: string, ...flags: readonly string[]): string
  /** Writes, adds and commits a file; returns the commit. */
  commit(where: string, path: string, text: string): string
  /** Sets a variable of this process until the sandbox ends. */
  env(name: string, value: string | undefined): void
}

export async function sandboxed(body: (box: Sandbox) => Promise<void>): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'meshwright-git-')))
  const before = { ...process.env }
  for (const name of Object.keys(process.env)) if (/^(?:GIT_|SSH_|EMAIL$)/.test(name)) delete process.env[name]
  process.env['GIT_CONFIG_GLOBAL'] = join(folder, 'gitconfig')
  process.env['GIT_CONFIG_NOSYSTEM'] = '1'
  process.env['HOME'] = folder
  const box = openBox(folder)
  box.write('gitconfig', '[user]\n\tname = Tess Ter\n\temail = tess@example.test\n[init]\n\tdefaultBranch = main\n')
  try {
    await body(box)
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
    Object.assign(process.env, before)
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

function openBox(folder: string): Sandbox {
  const git = (where: string, ...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: join(folder, where), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  const write = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text, { mode })
  }
  const commit = (where: string, path: string, text: string): string => {
    write(join(where, path), text)
    git(where, 'add', '--', path)
    git(where, 'commit', '--quiet', '--message', `write ${path}`)
    return git(where, 'rev-parse', 'HEAD')
  }
  const clone = (remote: string, name: string, ...flags: readonly string[]): string => {
    git('.', 'clone', '--quiet', ...flags, remote, name)
    return join(folder, name)
  }
  return {
    folder,
    git,
    write,
    commit,
    clone,
    pair: () => {
      git('.', 'init', '--quiet', '--bare', 'remote.git')
      const made = clone(join(folder, 'remote.git'), 'clone')
      commit('clone', 'mesh.yaml', 'mesh: shop\n')
      git('clone', 'push', '--quiet', 'origin', 'main')
      return { remote: join(folder, 'remote.git'), clone: made }
    },
    env: (name, value) => {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    },
  }
}

/** A rendered tree: each file with its header. */
export function rendered(files: Readonly<Record<string, string>>, mesh = 'shop'): ReadonlyMap<string, string> {
  return new Map(Object.entries(files).map(([path, body]) => [path, header(mesh, path) + body]))
}

export const two: ReadonlyMap<string, string> = rendered({
  'clusters/east/services/api.yaml': 'kind: ServiceEntry\n',
  'clusters/west/services/api.yaml': 'kind: ServiceEntry\n',
})

/** Publishes to the branch `live` of origin from what is checked out, unless the request says otherwise. */
export async function publishFrom(clone: string, request: Partial<PublishRequest> = {}): Promise<PublishOutcome> {
  const repository = await openRepository(clone, { interactive: false, remoteTimeout: 30 })
  return await publish(repository, await requestFor(repository, request))
}

export async function requestFor(
  repository: Repository,
  request: Partial<PublishRequest> = {},
): Promise<PublishRequest> {
  const source = request.source ?? (await repository.head())
  return { tree: two, mesh: 'shop', branch: 'live', remote: 'origin', version: '1.2.3', ...request, source }
}

/** Like {@link publishFrom}, to a branch of the repository itself. */
export async function publishLocally(clone: string, request: Partial<PublishRequest> = {}): Promise<PublishOutcome> {
  const repository = await openRepository(clone, { interactive: false })
  const { remote: _remote, ...local } = await requestFor(repository, request)
  return await publish(repository, local)
}
