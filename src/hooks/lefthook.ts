/**
 * Our commands in lefthook's settings. These are the user's: lines are put in or taken out, and no other byte is changed.
 * What comes out is read again, and refused unless it says what was meant.
 */
import { isCollection, isMap, isNode, isPair, isScalar, isSeq, parseDocument, type Document, type Node } from 'yaml'
import { callIn, commandLine, HOOKS, isCallOf, type Call, type Hook } from './call.ts'

export type SettingsEdit =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'write'; readonly text: string }
  | { readonly kind: 'refused'; readonly reason: string }

export function withCommand(text: string, call: Call): SettingsEdit {
  return edited(text, (now, hook) => added(now, hook, callIn(hook, call)))
}

export function withoutCommand(text: string, call: Call): SettingsEdit {
  return edited(text, (now, hook) => removed(now, hook, callIn(hook, call)))
}

/** What a user adds by hand where we cannot. */
export function exampleOf(call: Call): string {
  const settings = (hook: Hook): object => ({ commands: { [nameOf(call)]: { run: commandLine(callIn(hook, call)) } } })
  return JSON.stringify(Object.fromEntries(HOOKS.map((hook) => [hook, settings(hook)])))
}

function edited(text: string, edit: (text: string, hook: Hook) => string): SettingsEdit {
  try {
    const after = HOOKS.reduce(edit, text)
    return after === text ? { kind: 'unchanged' } : { kind: 'write', text: after }
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', reason: error.message }
    throw error
  }
}

class Refusal extends Error {}

const IN_THE_WAY = 'it is written in a way that lines cannot be put into'

function added(text: string, hook: string, call: Call): string {
  const document = read(text)
  if (placesOf(document, hook, call).length > 0) return text
  const [name, run] = [nameOf(call), commandLine(call)]
  const [jobs, commands, own] = [document.getIn([hook, 'jobs']), document.getIn([hook, 'commands']), document.get(hook)]
  const entry = [`${name}:`, `  run: ${scalar(run)}`]
  let after: string
  if (isSeq(jobs)) {
    // Commands could stand beside them, but who has jobs reads them in their order.
    after = insertedInto(text, jobs, [`- name: ${name}`, `  run: ${scalar(run)}`])
    document.addIn([hook, 'jobs'], { name, run })
  } else {
    if (isMap(commands)) after = insertedInto(text, commands, entry)
    else if (isMap(own)) after = insertedInto(text, own, ['commands:', ...deeper(entry)])
    else if (document.has(hook)) throw new Refusal(IN_THE_WAY)
    else after = insertedInto(text, document.contents, [`${hook}:`, '  commands:', ...deeper(deeper(entry))])
    document.setIn([hook, 'commands', name], { run })
  }
  return checked(after, document)
}

function removed(text: string, hook: string, call: Call): string {
  const document = read(text)
  const [place] = placesOf(document, hook, call)
  if (place === undefined) return text
  // What holds nothing else goes with it.
  let path = place
  while (path.length > 1 && sizeAt(document, path.slice(0, -1)) === 1) path = path.slice(0, -1)
  const [start, end] = linesOf(text, document, path)
  document.deleteIn(path)
  return removed(checked(text.slice(0, start) + text.slice(end), document), hook, call)
}

function read(text: string): Document {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error !== undefined) throw new Refusal(error.message.split('\n')[0])
  if (document.contents !== null && !isMap(document.contents)) throw new Refusal('it is no mapping')
  return document
}

function checked(text: string, wanted: Document): string {
  const after = parseDocument(text)
  const same = JSON.stringify(after.toJS() ?? {}) === JSON.stringify(wanted.toJS() ?? {})
  if (after.errors.length === 0 && same) return text
  throw new Refusal(IN_THE_WAY)
}

function nameOf({ options }: Call): string {
  const words = options.filter((option) => !option.startsWith('-')).flatMap((option) => option.split(/[^A-Za-z0-9]+/))
  return ['meshwright', ...words.filter((word) => word !== '')].join('-')
}

/** Paths of the commands and jobs that make this call. */
function placesOf(document: Document, hook: string, call: Call): (string | number)[][] {
  const settings = (document.toJS() as Record<string, unknown> | null)?.[hook]
  if (typeof settings !== 'object' || settings === null) return []
  return Object.entries(settings).flatMap(([kind, list]: [string, unknown]) => {
    if (!/^(?:commands|jobs)$/.test(kind) || typeof list !== 'object' || list === null) return []
    return Object.entries(list).flatMap(([key, value]: [string, unknown]) => {
      const run = typeof value === 'object' && value !== null && 'run' in value ? value.run : undefined
      const calls = typeof run === 'string' && isCallOf(run, call)
      return calls ? [[hook, kind, Array.isArray(list) ? Number(key) : key]] : []
    })
  })
}

/** Lines below the last entry of a collection, as far in as its entries. */
function insertedInto(text: string, collection: unknown, lines: readonly string[]): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const node = isCollection(collection) ? (collection as Node) : undefined
  const start = node?.range?.[0] ?? 0
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1))
  const at = node === undefined ? text.length : lineEnd(text, lastOf(node))
  const before = text.slice(0, at)
  const gap = before === '' || before.endsWith('\n') ? '' : eol
  return `${before}${gap}${lines.map((line) => `${indent}${line}${eol}`).join('')}${text.slice(at)}`
}

function scalar(text: string): string {
  return /^[A-Za-z./][\w./@=+ -]*$/.test(text) ? text : JSON.stringify(text)
}

function deeper(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}

/** From the beginning of the first line of an entry to the end of its last. */
function linesOf(text: string, document: Document, path: readonly (string | number)[]): readonly [number, number] {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1))
  const key = path.at(-1)
  const pair = isMap(parent) ? parent.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined
  const node = document.getIn(path, true) as Node
  const start = ((pair?.key as Node | undefined) ?? node).range?.[0] ?? 0
  return [text.lastIndexOf('\n', start - 1) + 1, lineEnd(text, lastOf(node))]
}

/** Where the last thing that a node says ends. What follows it up to the next node may be somebody's comment. */
function lastOf(node: Node): number {
  const last: unknown = isCollection(node) && node.flow !== true ? node.items.at(-1) : undefined
  const inner = isPair(last) ? (last.value ?? last.key) : last
  return isNode(inner) ? lastOf(inner) : (node.range?.[1] ?? 0)
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', Math.max(0, offset - 1))
  return end < 0 ? text.length : end + 1
}

function sizeAt(document: Document, path: readonly (string | number)[]): number {
  const node = document.getIn(path)
  return isCollection(node) ? node.items.length : 0
}
