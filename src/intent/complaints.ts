/** Collects the diagnostics of one document; its checks say where in the text they complain. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { parseCidr } from '../mesh/cidr.ts'
import type { FileReference, Network } from '../mesh/mesh.ts'
import { isDnsLabel, isDnsName, isInnerPath, isLabelKey, isLabelValue } from '../mesh/names.ts'
import type { IntentDocument, ValuePath } from './document.ts'

const DAYS_MAX = 36_500

export class Complaints {
  readonly document: IntentDocument
  readonly #diagnostics: Diagnostic[] = []

  constructor(document: IntentDocument) {
    this.document = document
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#diagnostics
  }

  add(diagnostic: Diagnostic): void {
    this.#diagnostics.push(diagnostic)
  }

  dnsLabel(what: string, value: string, path: ValuePath): void {
    if (!isDnsLabel(value)) this.add(diagnose('MESH-E201', { what, value }, this.document.valueAt(path)))
  }

  dnsName(what: string, value: string, path: ValuePath): void {
    if (!isDnsName(value)) this.add(diagnose('MESH-E216', { what, value }, this.document.valueAt(path)))
  }

  port(where: string, port: number, path: ValuePath): void {
    if (port < 1 || port > 65_535) this.add(diagnose('MESH-E205', { where, port }, this.document.valueAt(path)))
  }

  labels(labels: Readonly<Record<string, string>>, path: ValuePath): void {
    for (const [key, value] of Object.entries(labels)) {
      if (isLabelKey(key) && isLabelValue(value)) continue
      this.add(diagnose('MESH-E217', { key, value }, this.document.valueAt([...path, key])))
    }
  }

  /** `730d` as 730; a complaint gives 1, which nothing uses. */
  days(where: string, value: string, path: ValuePath): number {
    const days = /^[1-9]\d{0,4}d$/.test(value) ? Number(value.slice(0, -1)) : 0
    if (days >= 1 && days <= DAYS_MAX) return days
    this.add(diagnose('MESH-E215', { where, value }, this.document.valueAt(path)))
    return 1
  }

  file(path: string, at: ValuePath): FileReference {
    const origin = this.document.valueAt(at)
    if (!isInnerPath(path)) this.add(diagnose('MESH-E218', { path }, origin))
    return { path, origin }
  }

  /** Blocks, or single addresses as blocks of one, each with its place. */
  blocks(texts: readonly string[], path: ValuePath): Network[] {
    return texts.flatMap((text, i) => {
      const origin = this.document.valueAt([...path, i])
      const parsed = parseCidr(text.includes('/') ? text : `${text}/32`)
      if ('cidr' in parsed) return [{ ...parsed.cidr, origin }]
      const { problem, suggestion } = parsed
      const args = { block: text, problem, ...(suggestion !== undefined && { suggestion }) }
      this.add(diagnose('MESH-E221', args, origin))
      return []
    })
  }

  /** Calls back for each value that stands earlier in the list too. */
  unique<T>(values: readonly T[], complain: (value: T, index: number) => void): void {
    const seen = new Set<T>()
    for (const [i, value] of values.entries()) {
      if (seen.has(value)) complain(value, i)
      seen.add(value)
    }
  }
}
