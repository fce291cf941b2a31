/** MESH-…1NN: the text of the intent, up to the schema. */
import type { Entries } from '../entry.ts'

export interface IntentArgs {
  'MESH-E101': { readonly detail: string }
  'MESH-E102': { readonly bytes: number; readonly bytesMax: number }
  'MESH-E103': { readonly file: string }
  'MESH-E104': { readonly aliasesMax: number }
  'MESH-E105': { readonly documents: number }
  'MESH-E106': { readonly file: string }
  'MESH-E110': {
    readonly key: string
    readonly where: string
    readonly known: readonly string[]
    readonly suggestion?: string
  }
  'MESH-E111': { readonly key: string; readonly where: string }
  'MESH-E112': { readonly where: string; readonly expected: string; readonly found: string }
  'MESH-E113': {
    readonly where: string
    readonly found: string
    readonly allowed: readonly string[]
    readonly suggestion?: string
  }
  'MESH-E114': { readonly where: string; readonly detail: string }
}

const meant = (suggestion: string | undefined): string =>
  suggestion === undefined ? '' : `did you mean ${suggestion}? `

export const intentCodes: Entries<IntentArgs> = {
  'MESH-E101': {
    title: 'the file is not YAML',
    message: (a) => `cannot be read as YAML: ${a.detail}`,
  },
  'MESH-E102': {
    title: 'the file is too large',
    message: (a) => `the file has ${a.bytes} bytes; at most ${a.bytesMax} are read`,
    help: () => 'a mesh of 200 clusters and 20,000 services has less than 1 MB: is this the right file?',
  },
  'MESH-E103': {
    title: 'the file is not UTF-8',
    message: () => 'the file is not UTF-8 text',
    help: () => 'save it as UTF-8',
  },
  'MESH-E104': {
    title: 'too many aliases',
    message: (a) => `aliases (*name) expand to too much; at most ${a.aliasesMax} nodes may come from them`,
    help: () => 'say what is common in defaults.cluster or defaults.service instead',
  },
  'MESH-E105': {
    title: 'several documents',
    message: (a) => `the file holds ${a.documents} YAML documents; one is expected`,
    help: () => 'remove what follows the line ---',
  },
  'MESH-E106': {
    title: 'the file is empty',
    message: () => 'the file says nothing',
    help: () => 'meshwright init writes a first one',
  },
  'MESH-E110': {
    title: 'unknown key',
    message: (a) => `unknown key ${a.key} in ${a.where}`,
    help: (a) => `${meant(a.suggestion)}known here: ${a.known.join(', ')}`,
  },
  'MESH-E111': {
    title: 'a key is missing',
    message: (a) => `${a.where} has no ${a.key}`,
    help: (a) => `add ${a.key}`,
  },
  'MESH-E112': {
    title: 'a value of the wrong type',
    message: (a) => `${a.where} is ${a.found}; expected ${a.expected}`,
    help: (a) => (a.expected === 'a string' ? 'put the value in quotes' : `write ${a.expected}`),
  },
  'MESH-E113': {
    title: 'a value that is not one of the known ones',
    message: (a) => `${a.where} is ${a.found}`,
    help: (a) => `${meant(a.suggestion)}allowed: ${a.allowed.join(', ')}`,
  },
  'MESH-E114': {
    title: 'a value that the schema refuses',
    message: (a) => `${a.where} ${a.detail}`,
    help: () => 'meshwright schema prints what is allowed',
  },
}
