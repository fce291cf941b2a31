/** How commands tell what they found. */
import { hasErrors, sortDiagnostics, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { jsonReport, textReport, type SourceTexts } from '../diagnostics/report.ts'
import type { Invocation } from '../invocation.ts'
import { resolve } from 'node:path'
import { placesOf, type Places } from '../shell/workspace.ts'

/** Diagnostics as text on stderr, with a count when there are errors. */
export function report(invocation: Invocation, diagnostics: readonly Diagnostic[], texts: SourceTexts): void {
  if (diagnostics.length === 0) return
  invocation.world.err(textReport(sortDiagnostics(diagnostics), texts, invocation.world.paint))
  if (hasErrors(diagnostics)) invocation.say(`\n${count(diagnostics)}`)
}

/** The same as JSON on stdout. */
export function reportJson(invocation: Invocation, diagnostics: readonly Diagnostic[], texts: SourceTexts): void {
  invocation.world.out(jsonReport(sortDiagnostics(diagnostics), texts))
}

/** `2 errors, 1 warning` */
export function count(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((d) => d.severity === 'error').length
  return [plural(errors, 'error'), plural(diagnostics.length - errors, 'warning')]
    .filter((part) => !part.startsWith('0 '))
    .join(', ')
}

export function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

export function places(invocation: Invocation): Places {
  const { world } = invocation
  const folder = invocation.text('directory')
  const cwd = resolve(world.cwd, folder ?? '.')
  return placesOf(cwd, invocation.text('file') ?? 'mesh.yaml', invocation.text('output'))
}
