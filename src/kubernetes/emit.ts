/**
 * The one YAML writer. Kustomize and kubectl read with YAML 1.1 rules, most other tools with 1.2: what is written here
 * means the same to both.
 */
import { Document, isScalar, Scalar, visit } from 'yaml'
import type { Manifest } from './manifest.ts'

/**
 * Plain scalars that the `yaml` package's 1.1 mode would leave unquoted although some reader takes them for something
 * else: octal in 1.2 spelling, the value and merge indicators, and what looks like the tail of a float.
 */
const AMBIGUOUS = /^[-+]?0o[0-7_]+$|^=$|^<<$|^[eE][0-9]+$|^\.+$/

export function emitYaml(value: unknown): string {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false })
  visit(document, {
    Scalar(_key, node) {
      if (isScalar(node) && typeof node.value === 'string' && AMBIGUOUS.test(node.value)) {
        node.type = Scalar.QUOTE_DOUBLE
      }
    },
  })
  return document.toString({ lineWidth: 0, directives: false })
}

/** Several objects as one YAML stream. */
export function emitManifests(manifests: readonly Manifest[]): string {
  return manifests.map(emitYaml).join('---\n')
}
