/** Changes one thing of a mesh as it is written: what was rendered for its clusters, and what else these have. */
import type { AppsTexts } from './meshcheck.ts'

export interface Written {
  /** Text by path, relative to the output folder. */
  readonly files: ReadonlyMap<string, string>
  readonly apps: AppsTexts
}

export type Change = (written: Written) => Written

/** Replaces what is there in an output file, `to` with the groups of a pattern; a change that changes nothing would prove nothing. */
export function edit(path: string, from: string | RegExp, to: string): Change {
  return ({ files, apps }) => ({ files: changed(files, path, from, to), apps })
}

/** Replaces what is there in the objects of a cluster, which are JSON. */
export function editApps(cluster: string, from: string | RegExp, to: string): Change {
  return ({ files, apps }) => ({ files, apps: changed(apps, cluster, from, to) })
}

/** Adds objects to what is rendered into a folder of a cluster, and to its index. */
export function add(folder: string, text: string): Change {
  return ({ files, apps }) => {
    const index = `${folder}/kustomization.yaml`
    return { files: new Map([...changed(files, index, /$/, '  - added.yaml\n'), [`${folder}/added.yaml`, text]]), apps }
  }
}

export function all(...changes: readonly Change[]): Change {
  return (written) => changes.reduce((before, change) => change(before), written)
}

function changed(
  texts: ReadonlyMap<string, string>,
  key: string,
  from: string | RegExp,
  to: string,
): ReadonlyMap<string, string> {
  const text = texts.get(key)
  if (text === undefined) throw new Error(`there is no ${key}`)
  const edited = typeof from === 'string' ? text.replaceAll(from, () => to) : text.replace(from, to)
  if (edited === text) throw new Error(`${key} has no ${String(from)}`)
  return new Map(texts).set(key, edited)
}
