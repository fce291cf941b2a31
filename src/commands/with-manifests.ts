/** `--with CLUSTER=PATH`: manifests of a cluster that are not in the repository of the mesh. */
import { stat } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import { exit, Failure } from '../diagnostics/failure.ts'
import { FILES_MAX, FOUND_BYTES_MAX } from '../intent/search.ts'
import type { Invocation } from '../invocation.ts'
import { readManifests } from '../shell/read-manifests.ts'
import type { GivenManifests } from '../shell/user-manifests.ts'
import type { Places } from '../shell/workspace.ts'
import { workFolder } from './inputs.ts'

/** Paths are named as seen from the folder of the mesh file, like all others. */
export async function givenManifests(invocation: Invocation, at: Places): Promise<GivenManifests> {
  const given = new Map<string, Map<string, Uint8Array>>()
  let bytes = 0
  let files = 0
  for (const text of invocation.texts('with')) {
    const [, cluster, path] = /^([^=]+)=(.+)$/.exec(text) ?? []
    if (cluster === undefined || path === undefined) {
      throw new Failure(`--with ${text} is not CLUSTER=PATH`, {
        exitCode: exit.invalid,
        hints: ['such as cluster-1=apps/cluster-1, or cluster-1=live.yaml'],
      })
    }
    const absolute = resolve(workFolder(invocation), path)
    if ((await stat(absolute).catch(() => undefined)) === undefined) {
      throw new Failure(`there is no ${path}`, { exitCode: exit.invalid, hints: ['--with takes a file or a folder'] })
    }
    const own = given.get(cluster) ?? new Map<string, Uint8Array>()
    for (const [file, content] of await readManifests(absolute)) {
      own.set(relative(at.root, file).split(sep).join('/'), content)
      files += 1
      bytes += content.length
    }
    if (files > FILES_MAX || bytes > FOUND_BYTES_MAX) {
      throw new Failure(`--with gives ${files} files with ${bytes} bytes, more than are read`, {
        exitCode: exit.invalid,
        hints: [`at most ${FILES_MAX} files with ${FOUND_BYTES_MAX} bytes: name fewer`],
      })
    }
    given.set(cluster, own)
  }
  return given
}
