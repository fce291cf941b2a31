/** What installing and removing the hook have in common: which files are concerned, and that all are changed or none. */
import { join, relative } from 'node:path'
import { exit, Failure } from '../diagnostics/failure.ts'
import { callIn, commandLine, HOOKS, quoted, type Call } from '../hooks/call.ts'
import { exampleOf, withCommand, withoutCommand, type SettingsEdit } from '../hooks/lefthook.ts'
import { withCall, withoutCall, type Edit } from '../hooks/script.ts'
import type { Invocation } from '../invocation.ts'
import {
  commandFor,
  findHookPlaces,
  HUSKY,
  managerOf,
  MANAGERS,
  refuseNoFolder,
  type HookPlaces,
  type Manager,
} from '../shell/git/hook-places.ts'
import { applyHooks, readHook, type HookChange } from '../shell/hook-writer.ts'
import { realPath } from '../shell/overlap.ts'
import { places, shown } from './inputs.ts'

export interface HookSite {
  readonly where: HookPlaces
  readonly manager: Manager
  readonly call: Call
}

export async function hookSite(invocation: Invocation): Promise<HookSite> {
  const said = invocation.oneOf('manager', MANAGERS)
  const at = await places(invocation)
  const where = await findHookPlaces(at.root)
  const manager = managerOf(where, said)
  if (manager === 'git') await refuseNoFolder(where)
  const seenBy = manager === 'git' ? where.seenBy : 'team'
  const folder = relative(where.root, await realPath(at.root))
  const output = invocation.text('output') === undefined ? undefined : relative(at.root, at.output)
  const options = [
    ...(folder === '' ? [] : ['-C', folder]),
    ...(at.meshFile === 'mesh.yaml' ? [] : ['-f', at.meshFile]),
    ...(output === undefined ? [] : ['-o', output]),
  ]
  const command = await commandFor(where.root, seenBy, invocation.world.env['PATH'] ?? '')
  return { where, manager, call: { command: command.map(quoted).join(' '), options } }
}

/** Does one or the other in every file that is concerned; gives the files that were changed, as the user calls them. */
export async function editHooks(
  invocation: Invocation,
  site: HookSite,
  what: 'install' | 'uninstall',
): Promise<readonly string[]> {
  const changes: HookChange[] = []
  const refused: string[] = []
  for (const { path, executable, line, edit } of what === 'install' ? installing(site) : uninstalling(site)) {
    const found = await readHook(path)
    const edited = typeof found === 'object' ? FOREIGN : edit(found)
    if (edited.kind === 'refused' || edited.kind === 'foreign') {
      const reason = edited.kind === 'refused' ? edited.reason : 'it was not written by meshwright'
      refused.push(`${shown(invocation, path)}: ${reason}; by hand: ${line}`)
    } else if (edited.kind !== 'unchanged') {
      const before = typeof found === 'string' ? { before: found } : {}
      changes.push({ path, executable, ...before, ...(edited.kind === 'write' && { text: edited.text }) })
    }
  }
  if (refused.length > 0) throw notOurs(refused, site)
  await applyHooks(changes)
  return changes.map(({ path }) => shown(invocation, path))
}

interface Target {
  readonly path: string
  readonly executable: boolean
  /** What a user puts there, or takes away, where we cannot. */
  readonly line: string
  readonly edit: (text: string | undefined) => Edit | SettingsEdit
}

const FOREIGN: Edit = { kind: 'foreign' }
const NO_YAML: SettingsEdit = { kind: 'refused', reason: 'only YAML is written here' }

function installing(site: HookSite): Target[] {
  // A hook of husky is a list of commands, made to be added to.
  return targets(site, (text, call) => withCall(text, call, site.manager === 'husky'), withCommand)
}

function uninstalling(site: HookSite): Target[] {
  return targets(site, withoutCall, withoutCommand)
}

function targets(
  { where, manager, call }: HookSite,
  script: (text: string | undefined, call: Call) => Edit,
  settings: (text: string, call: Call) => SettingsEdit,
): Target[] {
  if (manager === 'lefthook') {
    const path = join(where.root, where.lefthook ?? 'lefthook.yml')
    const edit = (text = ''): SettingsEdit => (/\.ya?ml$/.test(path) ? settings(text, call) : NO_YAML)
    return [{ path, executable: false, line: exampleOf(call), edit }]
  }
  const folder = manager === 'husky' ? join(where.root, HUSKY) : where.folder
  return HOOKS.map((hook) => {
    const own = callIn(hook, call)
    const line = `${commandLine(own)} || exit $?`
    return { path: join(folder, hook), executable: true, line, edit: (text) => script(text, own) }
  })
}

function notOurs(refused: readonly string[], { where, manager }: HookSite): Failure {
  return new Failure('a hook is not ours to change; nothing was changed', {
    exitCode: exit.found,
    hints: [
      ...refused,
      ...(where.preCommit && manager === 'git'
        ? ['or add meshwright-generate to .pre-commit-config.yaml, where pre-commit is used']
        : []),
    ],
  })
}

/** What is left to do for the user. */
export function hintsFor({ where, manager }: HookSite): string[] {
  if (manager === 'lefthook') return ['run: lefthook install']
  if (manager === 'husky' && !where.folder.startsWith(join(where.root, HUSKY))) {
    return ['git does not run hooks of husky in this clone yet: npx husky']
  }
  if (manager === 'git' && where.seenBy === 'team') {
    const folder = relative(where.root, where.folder)
    return [`commit ${folder}: other clones and work trees have the hook only then, and with core.hooksPath set`]
  }
  if (where.seenBy === 'all') {
    return [
      `git runs the hooks of ${where.folder} in all of your repositories; the hook does nothing where there is no such mesh`,
    ]
  }
  return []
}
