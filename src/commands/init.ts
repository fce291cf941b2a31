import { join } from 'node:path'
import { hasErrors } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import { firstMesh } from '../intent/template.ts'
import type { Invocation } from '../invocation.ts'
import { writeNew } from '../shell/new-files.ts'
import { ask } from '../shell/prompt.ts'
import { isThere } from '../shell/surroundings.ts'
import { readMesh, schemaText } from '../shell/workspace.ts'
import { answers } from './init-answers.ts'
import { ciFile, FORGES, type CiFile } from './init-ci.ts'
import { places, shown } from './inputs.ts'
import { tellFiles } from './next-steps.ts'
import { report } from './report.ts'

/** Options that say what a first mesh is like. */
const OF_A_MESH = ['name', 'cluster', 'service', 'trust-current', 'gateway-install']

export async function run(invocation: Invocation): Promise<ExitCode> {
  const { root, meshFile } = await places(invocation)
  const forge = invocation.oneOf('ci', FORGES)
  const ci = forge === undefined ? undefined : await ciFile(forge, root, meshFile)
  // Nobody is asked for what cannot be written in the end.
  const begun = await isThere(join(root, meshFile))
  if (begun && ci !== undefined && !OF_A_MESH.some((option) => invocation.has(option))) {
    await writeNew(root, new Map([[ci.path, ci.text]]), 'edit that file, or remove it first')
    tellCi(invocation, root, ci)
    return exit.done
  }
  if (begun) {
    throw new Failure(`${shown(invocation, join(root, meshFile))} is there already; nothing was written`, {
      exitCode: exit.invalid,
      hints: [
        'a mesh is begun once: meshwright add cluster and meshwright add service go on with it',
        ...(ci === undefined ? [] : ['init --ci, without options for a mesh, writes the pipeline alone']),
      ],
    })
  }
  const mesh = await answers(invocation, root, ask)
  const text = firstMesh(mesh)
  const texts = new Map<string, string>()
  // What was given is judged by the rules for every mesh, in the text that would be written.
  const checked = readMesh(Buffer.from(text), meshFile, texts)
  if (!checked.ok || hasErrors(checked.diagnostics)) {
    report(invocation, { diagnostics: checked.diagnostics, texts })
    invocation.say('nothing was written')
    return exit.invalid
  }
  const files = new Map([
    [meshFile, text],
    ['mesh.schema.json', schemaText()],
  ])
  if (ci !== undefined) files.set(ci.path, ci.text)
  await writeNew(root, files, 'work in another folder with -C DIR, or remove that file first')
  invocation.say(`wrote ${join(root, meshFile)} and mesh.schema.json, which editors complete it by`)
  if (ci !== undefined) tellCi(invocation, root, ci)
  tellFiles(invocation, checked.value.clusters)
  invocation.say('then:\n  meshwright trust root create\n  meshwright generate --root-key FILE')
  return exit.done
}

function tellCi(invocation: Invocation, root: string, { path, notes }: CiFile): void {
  invocation.say(`wrote ${shown(invocation, join(root, path))}`)
  for (const note of notes) invocation.say(`  ${note}`)
}
