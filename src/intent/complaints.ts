/** Collects the diagnostics of an intent; its checks say where in which text they complain. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { parseCidr } from '../mesh/cidr.ts'
import type { FileReference, Network } from '../mesh/mesh.ts'
import { isDnsLabel, isDnsName, isInnerPath, isLabelKey, isLabelValue } from '../mesh/names.ts'
import type { ValuePath } from './document.ts'
import type { Locate } from './entry.ts'

const DAYS_MAX = 36_500

export class Complaints {
  /** By all that is in them: what is wrong in the defaults is found with every cluster or service that has them. */
  readonly #diagnostics = new Map<string, Diagnostic>()

  get diagnostics(): readonly Diagnostic[] {
    return [...this.#diagnostics.values()]
  }

  add(diagnostic: Diagnostic): void {
    this.#diagnostics.set(JSON.stringify(diagnostic), diagnostic)
  }

  dnsLabel(what: string, value: string, at: Locate, ...path: ValuePath): void {
    if (!isDnsLabel(value)) this.add(diagnose('MESH-E201', { what, value }, at(...path)))
  }

  dnsName(what: string, value: string, at: Locate, ...path: ValuePath): void {
    if (!isDnsName(value)) this.add(diagnose('MESH-E216', { what, value }, at(...path)))
  }

  port(where: string, port: number, at: Locate, ...path: ValuePath): void {
    if (port < 1 || port > 65_535) this.add(diagnose('MESH-E205', { where, port }, at(...path)))
  }

  locality(value: string | undefined, at: Locate, ...path: ValuePath): void {
    if (value === undefined || /^[a-z0-9-]+(\/[a-z0-9-]+)?$/i.test(value)) return
    this.add(diagnose('MESH-E219', { value }, at(...path)))
  }

  labels(labels: Readonly<Record<string, string>>, at: Locate, ...path: ValuePath): void {
    for (const [key, value] of Object.entries(labels)) {
      if (isLabelKey(key) && isLabelValue(value)) continue
      this.add(diagnose('MESH-E217', { key, value }, at(...path, key)))
    }
  }

  /** `730d` as 730; a complaint gives 1, which nothing uses. */
  days(where: string, value: string, at: Locate, ...path: ValuePath): number {
    const days = /^[1-9]\d{0,4}d$/.test(value) ? Number(value.slice(0, -1)) : 0
    if (days >= 1 && days <= DAYS_MAX) return days
    this.add(diagnose('MESH-E215', { where, value }, at(...path)))
    return 1
  }

  file(path: string, at: Locate, ...place: ValuePath): FileReference {
    const origin = at(...place)
    if (!isInnerPath(path)) this.add(diagnose('MESH-E218', { path }, origin))
    return { path, origin }
  }

  /** Blocks, or single addresses as blocks of one, each with its place. */
  blocks(texts: readonly string[], at: Locate, ...path: ValuePath): Network[] {
    return texts.flatMap((text, i) => {
      const origin = at(...path, i)
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
