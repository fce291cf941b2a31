/** Nothing that is published may hold a secret in the clear. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { privateKeyIn } from '../tree/private-key.ts'
import { documentReader } from './documents.ts'
import { PUBLIC_ITEMS } from '../lock/sealed.ts'
import { inspectValue } from '../trust/seal/sops.ts'
import { fieldAt, isMap, textOf } from './fields.ts'
import { objectsOf, ofKind, titleOf, type FoundObject } from './objects.ts'
import { isYaml } from './read.ts'

/** Every file is looked at, whoever wrote it: all of them are published. */
export function judgeSecrets(files: ReadonlyMap<string, string>): Diagnostic[] {
  const read = documentReader()
  return [...files].flatMap(([file, text]) => {
    const what = privateKeyIn(text)
    const found = what === undefined ? [] : [diagnose('MESH-E703', { what }, { file, start: 0, end: 0 })]
    // Others' files need not be YAML that can be read; those below clusters/ are judged with their cluster.
    if (!file.startsWith('clusters/') && isYaml(file) && /\bSecret\b/.test(text)) {
      const { documents } = read(file, text)
      found.push(...judgeClearSecrets(documents.flatMap((document) => objectsOf(document).objects)))
    }
    return found
  })
}

export function judgeClearSecrets(objects: readonly FoundObject[]): Diagnostic[] {
  return ofKind(objects, '', 'Secret')
    .filter(({ name, fields }) =>
      ['data', 'stringData'].some((field) => {
        const data = fieldAt(fields, field)
        return fieldAt(fields, 'sops') === undefined ? isFilled(data) : isClear(name, field, data)
      }),
    )
    .map((object) => diagnose('MESH-E704', { object: titleOf(object) }, object.at('kind')))
}

function isFilled(data: unknown): boolean {
  return isMap(data) ? Object.keys(data).length > 0 : data !== undefined && data !== null
}

/** Of what SOPS has encrypted in parts: the certificates of `cacerts` are public, and judged where the Secret is. */
function isClear(name: string, field: string, data: unknown): boolean {
  const isPublic = (item: string): boolean =>
    name === 'cacerts' && field === 'data' && PUBLIC_ITEMS.some((known) => known === item)
  if (!isMap(data)) return isFilled(data)
  return Object.entries(data).some(([item, value]) => !isPublic(item) && inspectValue(textOf(value)) === undefined)
}
