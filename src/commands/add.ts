/** Adds clusters or services to a mesh.yaml that is there: judged as a whole before it is written, and written as one. */
import { join, sep } from 'node:path'
import { hasErrors, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import { positionOf } from '../diagnostics/frame.ts'
import { insertItem, type ListName } from '../intent/insert.ts'
import { applied } from '../intent/insertion.ts'
import { blockItem, type Item } from '../intent/item.ts'
import { parseIntent } from '../intent/document.ts'
import type { Invocation } from '../invocation.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { replaceFile } from '../shell/replace-file.ts'
import { workTreeSources } from '../shell/sources.ts'
import { missingMesh, readAll } from '../shell/workspace.ts'
import { placedBefore, withStretch, type AddedStretch } from './added-places.ts'
import { places, shown } from './inputs.ts'
import { report, seenFrom } from './report.ts'

export interface Addition {
  readonly item: Item
  /** `svc-2.bar`: what there may be one of. */
  readonly name: string
}

/** @param done tells what comes next, with the mesh as it is now */
export async function add(
  invocation: Invocation,
  list: ListName,
  additions: readonly Addition[],
  done: (mesh: Mesh) => void,
): Promise<ExitCode> {
  const { root, meshFile } = await places(invocation)
  const path = join(root, meshFile)
  const sources = workTreeSources(root)
  const bytes = (await sources.read([meshFile])).get(meshFile)
  if (bytes === undefined) throw missingMesh(meshFile)
  const texts = new Map<string, string>()
  const { checked: before } = await readAll(sources, bytes, meshFile, texts)
  const document = parseIntent(meshFile, bytes)
  if (!document.ok) {
    report(invocation, seenFrom(invocation, root, { diagnostics: document.diagnostics, texts }))
    return exit.invalid
  }
  refuseTwice(invocation, root, list, additions, before.ok ? before.value : undefined, texts)

  const original = Buffer.from(bytes).toString('utf8')
  let text = original
  let stretches: readonly AddedStretch[] = []
  for (const { item, name } of additions) {
    const insertion = insertItem(text, list, item)
    if (insertion === undefined) throw byHand(shown(invocation, path), list, item)
    text = applied(text, insertion)
    stretches = withStretch(stretches, name, insertion)
  }
  const after = Buffer.from(text)
  const { checked } = await readAll(sources, after, meshFile, texts)
  const known = new Set(before.diagnostics.map(identity))
  const diagnostics = checked.diagnostics.filter((d) => d.severity === 'error' || !known.has(identity(d)))
  const findings = seenFrom(invocation, root, { diagnostics, texts })
  if (!checked.ok || hasErrors(diagnostics)) {
    report(invocation, placedBefore(findings, shown(invocation, path).split(sep).join('/'), original, stretches))
    invocation.say('nothing was written')
    return exit.invalid
  }
  report(invocation, findings)
  await replaceFile(path, bytes, after)
  invocation.say(`added ${additions.map(({ name }) => name).join(', ')} to ${shown(invocation, path)}`)
  done(checked.value)
  return exit.done
}

function identity({ code, args }: Diagnostic): string {
  return JSON.stringify([code, args])
}

/** A mesh that is invalid has no names to compare with; it is refused as a whole afterwards. */
function refuseTwice(
  invocation: Invocation,
  root: string,
  list: ListName,
  additions: readonly Addition[],
  mesh: Mesh | undefined,
  texts: ReadonlyMap<string, string>,
): void {
  const names = additions.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) throw new Failure(`${twice} is given twice`, { exitCode: exit.invalid })
  const there =
    list === 'clusters'
      ? (mesh?.clusters.map(({ name, origin }) => ({ name, origin })) ?? [])
      : (mesh?.services.map(({ key, origin }) => ({ name: key, origin })) ?? [])
  const found = there.flatMap(({ name, origin: { file, start } }) => {
    if (!names.includes(name)) return []
    const { line, column } = positionOf(texts.get(file) ?? '', start)
    return [`${name}, at ${shown(invocation, join(root, file))}:${line}:${column}`]
  })
  if (found.length === 0) return
  throw new Failure(`there is already ${found.join('; ')}; nothing was written`, {
    exitCode: exit.invalid,
    hints: ['edit what is there, or give another name'],
  })
}

function byHand(path: string, list: ListName, item: Item): Failure {
  return new Failure(`${list} of ${path} are written in a way that nothing can be added to without changing the rest`, {
    exitCode: exit.invalid,
    hints: [`add it by hand:\n${blockItem(item).join('\n')}`],
  })
}
