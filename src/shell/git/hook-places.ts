/** Where hooks are kept in a repository, and by whom. */
import { readdir, stat } from 'node:fs/promises'
import { delimiter, join, relative, resolve, sep } from 'node:path'
import { exit, Failure } from '../../diagnostics/failure.ts'
import { realPath } from '../overlap.ts'
import { isFile } from '../hook-writer.ts'
import { openGit } from './git.ts'

export const MANAGERS = ['git', 'husky', 'lefthook'] as const
export type Manager = (typeof MANAGERS)[number]

/** Folder of husky's hooks. */
export const HUSKY = '.husky'

export interface HookPlaces {
  /** Absolute path of the work tree, where hooks run. */
  readonly root: string
  /** The folder of which git itself runs hooks, absolute. */
  readonly folder: string
  /** Who gets to see what is written there: this clone, whoever clones it, or all repositories of this user. */
  readonly seenBy: 'clone' | 'team' | 'all'
  readonly husky: boolean
  /** Name of lefthook's settings in the root, where there are any. */
  readonly lefthook?: string
  /** Whether the framework of pre-commit.com is used. */
  readonly preCommit: boolean
}

/** @throws Failure where core.hooksPath is set to something that can hold no hooks */
export async function refuseNoFolder({ folder }: HookPlaces): Promise<void> {
  const there = await stat(folder).catch(() => undefined)
  if (there === undefined || there.isDirectory()) return
  throw new Failure(`core.hooksPath is ${folder}, which is no folder: git runs no hooks here`, {
    hints: [
      'git config --show-origin core.hooksPath tells where that is set; git config core.hooksPath FOLDER sets another one',
    ],
  })
}

/** @throws Failure when the folder is in no work tree */
export async function findHookPlaces(cwd: string): Promise<HookPlaces> {
  const ask = ['rev-parse', '--show-toplevel', '--git-common-dir', '--git-path', 'hooks']
  const [root = '', common = '', hooks = ''] = (await openGit(cwd).text(ask)).split('\n')
  const folder = resolve(cwd, hooks)
  const names = await readdir(root)
  const isIn = async (path: string): Promise<boolean> => isInside(await realPath(path), await realPath(folder))
  const seenBy = (await isIn(resolve(cwd, common))) ? 'clone' : (await isIn(root)) ? 'team' : 'all'
  const lefthook = names.find((name) => /^\.?lefthook\.(?:ya?ml|json|toml)$/.test(name))
  return {
    root,
    folder,
    seenBy,
    preCommit: names.includes('.pre-commit-config.yaml'),
    husky: names.includes(HUSKY),
    ...(lefthook !== undefined && { lefthook }),
  }
}

/** What the user says, or what the repository has. */
export function managerOf({ husky, lefthook }: HookPlaces, said: Manager | undefined): Manager {
  if (said !== undefined) return said
  if (husky && lefthook !== undefined) {
    throw new Failure(`the repository has ${HUSKY} and ${lefthook}`, {
      exitCode: exit.invalid,
      hints: ['say which one the hook belongs to: --manager husky, --manager lefthook or --manager git'],
    })
  }
  return husky ? 'husky' : lefthook !== undefined ? 'lefthook' : 'git'
}

/**
 * How a hook starts meshwright: the copy that the repository has, or the one on the PATH, or this one where nobody else
 * gets to see the hook.
 */
export async function commandFor(root: string, seenBy: HookPlaces['seenBy'], path: string): Promise<readonly string[]> {
  const local = 'node_modules/.bin/meshwright'
  if (seenBy !== 'all' && (await isFile(join(root, local)))) return [local]
  for (const folder of path.split(delimiter)) {
    if (folder !== '' && (await isFile(join(folder, 'meshwright')))) return ['meshwright']
  }
  return seenBy === 'team' ? ['meshwright'] : [process.execPath, join(import.meta.dirname, '..', '..', 'main.js')]
}

function isInside(folder: string, path: string): boolean {
  const inner = relative(folder, path)
  return inner !== '..' && !inner.startsWith(`..${sep}`) && resolve(inner) !== inner
}
