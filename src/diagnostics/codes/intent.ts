/** MESH-…1NN: the text of the intent, up to the schema. */
import type { Entries } from '../entry.ts'

export interface IntentArgs {
  'MESH-E101': { readonly detail: string }
  'MESH-E102': { readonly bytes: number; readonly bytesMax: number }
  'MESH-E103': { readonly file: string }
  'MESH-E104': { readonly aliasesMax: number }
  'MESH-E105': { readonly documents: number }
  'MESH-E106': { readonly file: string }
  'MESH-E107': { readonly file: string }
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
  'MESH-E120': { readonly pattern: string; readonly problem: string }
  'MESH-E121': { readonly pattern: string; readonly levels: number }
  'MESH-E122': { readonly pattern: string }
  'MESH-E123': { readonly pattern: string; readonly path: string }
  'MESH-E124': { readonly files: number; readonly filesMax: number; readonly bytes: number; readonly bytesMax: number }
  'MESH-E130': { readonly file: string }
  'MESH-E131': { readonly service: string }
  'MESH-E132': { readonly service: string; readonly reason: string }
  'MESH-W133': { readonly service: string; readonly port: number; readonly protocol: string }
  'MESH-W134': { readonly pattern: string; readonly files: number }
  'MESH-W135': { readonly annotation: string; readonly known: readonly string[]; readonly suggestion?: string }
  'MESH-E136': { readonly service: string; readonly cluster: string; readonly clusters: readonly string[] }
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
    explanation:
      'Aliases within aliases multiply: ten lines can stand for billions of values. A mesh never needs that, so a file that does it is taken for a mistake or an attack.',
  },
  'MESH-E105': {
    title: 'several documents',
    message: (a) => `the file holds ${a.documents} YAML documents; one is expected`,
    help: () => 'remove what follows the line ---; further clusters and services go to files that include names',
  },
  'MESH-E106': {
    title: 'the file is empty',
    message: () => 'the file says nothing',
    help: () => 'meshwright init writes a first mesh file; an included file that is not needed can go',
  },
  'MESH-E107': {
    title: 'a merge that is not resolved',
    message: () => 'the file was merged and not resolved: git left both sides between markers',
    help: () =>
      'resolve it: keep what is right and remove the lines <<<<<<<, =======, >>>>>>>; then meshwright generate',
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
  'MESH-E120': {
    title: 'a pattern that cannot be used',
    message: (a) => `pattern ${JSON.stringify(a.pattern)} ${a.problem}`,
    help: () =>
      'patterns are paths relative to the mesh file with * and ? within a name, ** for any folders, and {a,b}; .. only in front',
  },
  'MESH-E121': {
    title: 'a pattern that leaves the repository',
    message: (a) =>
      a.levels === 0
        ? `pattern ${JSON.stringify(a.pattern)} begins above the mesh file, whose folder is the root of its Git repository, or in none`
        : `pattern ${JSON.stringify(a.pattern)} begins outside of the Git repository, whose root is ${a.levels} above`,
    help: () => 'what is published is read from one commit: files of a mesh are in its repository',
  },
  'MESH-E122': {
    title: 'a pattern that finds nothing',
    message: (a) => `pattern ${JSON.stringify(a.pattern)} finds no file`,
    help: () =>
      'correct it or remove it: services that are silently gone would leave the mesh; names that begin with a dot are never found',
  },
  'MESH-E123': {
    title: 'a symbolic link among the files',
    message: (a) => `pattern ${JSON.stringify(a.pattern)} finds ${a.path}, a symbolic link`,
    help: () => 'links are not followed, since a commit has only their names: name the file where it really is',
  },
  'MESH-E124': {
    title: 'too many files',
    message: (a) =>
      `the patterns find ${a.files} files with ${a.bytes} bytes; at most ${a.filesMax} and ${a.bytesMax} are read`,
    help: () => 'narrow the patterns: do they reach into folders of something else?',
  },
  'MESH-E130': {
    title: 'a template instead of a manifest',
    message: () => 'the file is a template (it has {{), and no manifest yet',
    help: () =>
      'render it into a folder (helm template) and discover that one, list the service in services, or narrow the pattern',
  },
  'MESH-E131': {
    title: 'a Service without namespace',
    message: (a) => `Service ${a.service} names no namespace`,
    help: () => 'add metadata.namespace, or namespace to the entry of discover if something else sets it',
  },
  'MESH-E132': {
    title: 'a Service that cannot be exported',
    message: (a) => `Service ${a.service} cannot be exported: ${a.reason}`,
    help: () =>
      'give it what it lacks, or annotate it meshwright.dev/export: "false"; manifests are read as they are, without patches',
  },
  'MESH-W133': {
    title: 'a port that is not exported',
    message: (a) => `port ${a.port} of ${a.service} is not exported: it is no TCP port (${a.protocol})`,
    help: () => 'gateways pass nothing but TCP on: this port is called within its own cluster only',
  },
  'MESH-W134': {
    title: 'nothing exported',
    message: (a) => `no Service in ${a.files === 1 ? 'the file' : `the ${a.files} files`} of this pattern is exported`,
    help: () =>
      'a Service is exported by its annotation meshwright.dev/export: "true", or by labels that selector names',
  },
  'MESH-W135': {
    title: 'an unknown annotation',
    message: (a) => `annotation ${a.annotation} means nothing`,
    help: (a) => `${meant(a.suggestion)}known: ${a.known.join(', ')}`,
  },
  'MESH-E136': {
    title: 'a service said and discovered in different clusters',
    message: (a) =>
      `${a.service} is said to run in ${a.clusters.join(', ')}, and a manifest of ${a.cluster} exports it`,
    help: () => 'correct clusters, or remove the annotation meshwright.dev/export from the manifest',
  },
}
