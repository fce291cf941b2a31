/**
 * The one YAML writer. Kustomize and kubectl read with YAML 1.1 rules, most other tools with 1.2: what is written here
 * means the same to both.
 */
import { Document, isScalar, Scalar, visit } from 'yaml'
import type { Manifest } from './manifest.ts'

/**
 * Texts that the `yaml` package's 1.1 mode would write in a way that some reader takes for something else: octal in 1.2
 * spelling, the value and merge indicators, and what looks like the tail of a float; and as a block, white space alone
 * and a first line that begins with a tab.
 */
const AMBIGUOUS = /^[-+]?0o[0-7_]+$|^=$|^<<$|^[eE][0-9]+$|^\.+$|^\s+$|^\n*\t/

/** Folding changes blanks at the ends of lines; a text is written whole, on one line or as a block. */
const NEVER = Number.MAX_SAFE_INTEGER

export function emitYaml(value: unknown): string {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false })
  visit(document, {
    Scalar(_key, node) {
      if (isScalar(node) && typeof node.value === 'string' && AMBIGUOUS.test(node.value)) {
        node.type = Scalar.QUOTE_DOUBLE
      }
    },
  })
  return document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: NEVER, directives: false })
}

/** Several objects as one YAML stream. */
export function emitManifests(manifests: readonly Manifest[]): string {
  return manifests.map(emitYaml).join('---\n')
}
