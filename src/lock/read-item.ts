/** Parts that several files of the lock have. */
import { isDnsLabel } from '../mesh/names.ts'
import { Malformed, type Fields } from './fields.ts'
import type { SealedItem } from './lock.ts'

export function readItem(fields: Fields): SealedItem {
  const item = {
    bytes: fields.number('bytes'),
    ...optionalText(fields, 'plain'),
    ...optionalText(fields, 'certificate'),
    ...optionalText(fields, 'spki'),
    ciphertext: fields.text('ciphertext'),
  }
  fields.end()
  return item
}

export function label(fields: Fields, key: string): string {
  const text = fields.text(key)
  if (!isDnsLabel(text)) throw new Malformed(`${key} ${text} is not a DNS label`)
  return text
}

/** To be spread: the key is not there when the text is not. */
export function optionalText<K extends string>(fields: Fields, key: K): { readonly [P in K]?: string } {
  const text = fields.optionalText(key)
  return text === undefined ? {} : ({ [key]: text } as { readonly [P in K]?: string })
}
