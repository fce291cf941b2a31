/** What can stand where on the command line, from the table of commands; the shells' own writers put it into words. */
import type { Command, OptionSpec, Table } from '../../command.ts'

export type Values =
  | { readonly kind: 'file' }
  | { readonly kind: 'folder' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** Nothing that could be known. */
  | { readonly kind: 'free' }

export interface Option {
  /** `--format`, and its short form where it has one. */
  readonly names: readonly string[]
  readonly help: string
  /** Absent for a flag. */
  readonly values?: Values
}

/** A place on the command line: after some words of a command. */
export interface Place {
  /** `trust root`; empty at the beginning. */
  readonly path: string
  readonly next: readonly { readonly word: string; readonly help: string }[]
  readonly argument?: Values
  readonly options: readonly Option[]
}

export interface Grammar {
  /** The beginning first. */
  readonly places: readonly Place[]
  /** Options that can stand everywhere. */
  readonly everywhere: readonly Option[]
}

export function grammarOf({ commands, options }: Table): Grammar {
  const paths = new Set([''])
  for (const { name } of commands) {
    const words = name.split(' ')
    words.forEach((_, i) => paths.add(words.slice(0, i + 1).join(' ')))
  }
  const places = [...paths].map((path): Place => {
    const own = commands.find(({ name }) => name === path)
    return {
      path,
      next: nextWords(commands, path),
      ...(own?.arguments !== undefined && { argument: valuesOf(own.arguments) }),
      options: optionsOf(own?.options ?? {}),
    }
  })
  return { places, everywhere: optionsOf(options) }
}

function nextWords(commands: readonly Command[], path: string): Place['next'] {
  const prefix = path === '' ? '' : `${path} `
  const words = new Map<string, string>()
  for (const { name, summary } of commands) {
    if (!name.startsWith(prefix)) continue
    const [word = '', ...more] = name.slice(prefix.length).split(' ')
    // A word that several commands begin with has no summary of its own.
    if (!words.has(word)) words.set(word, more.length === 0 ? summary : `${prefix}${word} ...`)
  }
  return [...words].map(([word, help]) => ({ word, help }))
}

function optionsOf(options: Readonly<Record<string, OptionSpec>>): Option[] {
  return Object.entries(options).map(([name, { short, type, value, help }]) => ({
    names: [`--${name}`, ...(short === undefined ? [] : [`-${short}`])],
    help,
    ...(type === 'string' && { values: valuesOf(value ?? '') }),
  }))
}

/** By the name of a value in the help text. */
function valuesOf(name: string): Values {
  const bare = name.replaceAll(/[[\]]/g, '')
  if (bare === 'FILE') return { kind: 'file' }
  if (bare === 'DIR') return { kind: 'folder' }
  const words = bare.split('|')
  return words.every((word) => /^[a-z][a-z0-9-]*$/.test(word)) ? { kind: 'words', words } : { kind: 'free' }
}

/** Names of all options that take a value, in any command: what follows one of them is no command. */
export function valueOptions({ places, everywhere }: Grammar): string[] {
  const all = [...everywhere, ...places.flatMap(({ options }) => options)]
  return [...new Set(all.flatMap((o) => (o.values === undefined ? [] : o.names)))].sort()
}

/** Each path but the beginning, as the path before its last word, a blank, and that word: `' trust'`, `'trust root'`. */
export function stepsOf({ places }: Grammar): string[] {
  return places.filter(({ path }) => path !== '').map(({ path }) => `'${path.includes(' ') ? path : ` ${path}`}'`)
}
