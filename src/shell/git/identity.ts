/** In whose name commits are made, and whether they are signed: as the user's git says. */
import { exit, Failure } from '../../diagnostics/failure.ts'
import type { Git } from './git.ts'

/** Takes the place of a person only where nobody is named: in most CI jobs. */
const BOT = { name: 'meshwright[bot]', email: 'meshwright@localhost' } as const

export interface Person {
  readonly name: string
  readonly email: string
}

/** How commits are to be made. */
export interface Committing {
  readonly env: Readonly<Record<string, string>>
  readonly sign: boolean
}

export interface CommittingOptions {
  /** In place of the one that git would take. */
  readonly author?: Person
  /** Date of author and committer; git's own clock and variables if absent. */
  readonly date?: Date
}

/** @param text as git takes it: `Name <address>` */
export function parsePerson(text: string): Person {
  const [, name = '', email = ''] = /^\s*([^<>\n]*?)\s*<([^<>\s]+)>\s*$/.exec(text) ?? []
  if (name !== '' && email !== '') return { name, email }
  throw new Failure(`${JSON.stringify(text)} is not an author`, {
    exitCode: exit.invalid,
    hints: ["write it as git does: 'Ada Lovelace <ada@example.com>'"],
  })
}

export async function committingAs(git: Git, { author, date }: CommittingOptions): Promise<Committing> {
  const settings = await readSettings(git)
  const ambient = process.env
  const isSet = (...values: readonly (string | undefined)[]): boolean => values.some((v) => v !== undefined && v !== '')
  const env: Record<string, string> = {}
  for (const role of ['author', 'committer'] as const) {
    const [name, email] = [`GIT_${role.toUpperCase()}_NAME`, `GIT_${role.toUpperCase()}_EMAIL`]
    const named =
      isSet(ambient[name], settings.get(`${role}.name`), settings.get('user.name')) ||
      isSet(ambient[email], ambient['EMAIL'], settings.get(`${role}.email`), settings.get('user.email'))
    // A user who forbids guessing wants to be told.
    const guessing = settings.get('user.useconfigonly') !== 'true'
    const person = role === 'author' && author !== undefined ? author : named || !guessing ? undefined : BOT
    if (person !== undefined) Object.assign(env, { [name]: person.name, [email]: person.email })
    if (date !== undefined)
      env[`GIT_${role.toUpperCase()}_DATE`] = `@${String(Math.floor(date.getTime() / 1000))} +0000`
  }
  // commit-tree does not read this setting by itself.
  return { env, sign: settings.get('commit.gpgsign') === 'true' }
}

async function readSettings(git: Git): Promise<ReadonlyMap<string, string>> {
  const pattern = String.raw`^(user|author|committer)\.(name|email)$`
  const booleans = String.raw`^(user\.useconfigonly|commit\.gpgsign)$`
  const settings = new Map<string, string>()
  for (const flags of [[pattern], ['--type=bool', booleans]]) {
    const type = flags.slice(0, -1)
    // 1 is "none of them is set".
    const ran = await git.attempt(['config', '-z', ...type, '--get-regexp', flags.at(-1) ?? ''])
    for (const record of ran.stdout.split('\0')) {
      const end = record.indexOf('\n')
      if (end > 0) settings.set(record.slice(0, end).toLowerCase(), record.slice(end + 1))
    }
  }
  return settings
}
