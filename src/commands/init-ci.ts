/** The files that a forge runs, from where the mesh lies in its repository. */
import { join, relative } from 'node:path'
import { githubWorkflow, GITHUB_PATH } from '../ci/github.ts'
import { gitlabPipeline, GITLAB_INCLUDED_PATH, GITLAB_PATH } from '../ci/gitlab.ts'
import { isPlainPath, type Pipeline } from '../ci/pipeline.ts'
import { exit, Failure } from '../diagnostics/failure.ts'
import { isThere, surroundingsOf } from '../shell/surroundings.ts'
import { version } from '../version.ts'

export const FORGES = ['github', 'gitlab'] as const
export type Forge = (typeof FORGES)[number]

export interface CiFile {
  /** Relative to the folder of the mesh file. */
  readonly path: string
  readonly text: string
  /** What is to be known about it. */
  readonly notes: readonly string[]
}

export async function ciFile(forge: Forge, root: string, meshFile: string): Promise<CiFile> {
  const { top, packages, ...around } = await surroundingsOf(root, 'meshwright')
  if (packages === undefined) throw unpinned()
  const pipeline: Pipeline = { version: version(), meshFile, packages, ...around }
  for (const path of [pipeline.folder, meshFile, packages]) {
    if (isPlainPath(path)) continue
    throw new Failure(`${JSON.stringify(path)} cannot stand in a script of a pipeline`, {
      exitCode: exit.invalid,
      hints: ['only letters, digits, blanks and _ @ + . , / - can'],
    })
  }
  const installed = `it runs the meshwright of ${join(packages, 'package-lock.json')}`
  const at = (path: string): string => join(relative(root, top), path)
  if (forge === 'github') {
    const notes = [installed, `it publishes from the branch ${pipeline.mainBranch}`]
    return { path: at(GITHUB_PATH), text: githubWorkflow(pipeline), notes }
  }
  const text = gitlabPipeline(pipeline)
  const own = 'it says which setting of the project it needs once'
  if (!(await isThere(join(top, GITLAB_PATH)))) return { path: at(GITLAB_PATH), text, notes: [installed, own] }
  const include = `add to ${GITLAB_PATH}, which needs the stages test and deploy:\n  include:\n    - local: ${GITLAB_INCLUDED_PATH}`
  return { path: at(GITLAB_INCLUDED_PATH), text, notes: [installed, own, include] }
}

/** A pipeline that may write takes no program from whoever has its name in a registry. */
function unpinned(): Failure {
  return new Failure('no package-lock.json here or above has meshwright, so nothing pins what a pipeline would run', {
    exitCode: exit.invalid,
    hints: [
      'first: npm install --save-dev FOLDER-or-tarball, of a meshwright that this repository has in it',
      'then commit package.json and package-lock.json, and run this again',
    ],
  })
}
