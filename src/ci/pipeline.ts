/**
 * What a forge runs: on a pull request it judges the change and shows its plan, on the main branch it publishes. No step
 * needs a key, since keys only issue certificates.
 */

export interface Pipeline {
  /** Version of meshwright that writes the file. */
  readonly version: string
  /** The mesh file's folder, relative to the repository's root; empty for the root itself. */
  readonly folder: string
  readonly meshFile: string
  /**
   * Folder of the package-lock.json that has meshwright, relative to the root. Without one a pipeline would run whatever a
   * registry has by that name, with the right to write.
   */
  readonly packages: string
  readonly mainBranch: string
}

/** The Node that the pipelines run with. */
export const NODE_MAJOR = 24

/** `npx --no meshwright validate --format github`: what the lock file pins, and nothing from elsewhere. */
export function meshwright({ folder, meshFile, packages }: Pipeline, command: string, options = ''): string {
  return [
    ['npx --no', ...prefix(packages), 'meshwright', command].join(' '),
    ...(folder === '' ? [] : [`-C ${shellWord(folder)}`]),
    ...(meshFile === 'mesh.yaml' ? [] : [`-f ${shellWord(meshFile)}`]),
    ...(options === '' ? [] : [options]),
  ].join(' ')
}

/** What installs the version of the lock file. */
export function install({ packages }: Pipeline): string {
  return ['npm ci', ...prefix(packages)].join(' ')
}

function prefix(packages: string): string[] {
  return packages === '' ? [] : [`--prefix ${shellWord(packages)}`]
}

/**
 * Where output is not committed beside the intent, there is nothing to be up to date.
 *
 * @param options more of them, with a space before
 */
export function check(pipeline: Pipeline, options = ''): string {
  const output = pipeline.folder === '' ? 'output' : `${pipeline.folder}/output`
  return `if [ -d ${shellWord(output)} ]; then ${meshwright(pipeline, 'generate', `--check${options}`)}; fi`
}

/**
 * Whether a path can stand in a script of a pipeline: forges put values in place of some signs before the shell sees
 * them, and a pipeline is no place to find out which.
 */
export function isPlainPath(path: string): boolean {
  return /^[\w@+.,/ -]*$/.test(path) && !/(?:^|\/)-/.test(path)
}

function shellWord(path: string): string {
  return path.includes(' ') ? `'${path}'` : path
}
