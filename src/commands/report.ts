/** How commands tell what they found. */
import { join, posix, relative, sep } from 'node:path'
import { hasErrors, sortDiagnostics, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { textReport, type SourceTexts } from '../diagnostics/report.ts'
import type { Invocation } from '../invocation.ts'

/** Diagnostics, and the texts that they point into. */
export interface Findings {
  readonly diagnostics: readonly Diagnostic[]
  readonly texts: SourceTexts
}

/**
 * The same findings with files named as seen from where the user is.
 *
 * @param folder absolute folder that the files are relative to
 */
export function seenFrom(invocation: Invocation, folder: string, findings: Findings): Findings {
  const prefix = relative(invocation.world.cwd, folder).split(sep).join('/')
  return renamed(findings, (file) => posix.join(prefix, file))
}

/** The same findings with files named as a program finds them: relative to a base, or absolute outside of it. */
export function locatedIn(base: string, folder: string, findings: Findings): Findings {
  return renamed(findings, (file) => pathIn(base, join(folder, file)))
}

/**
 * The same findings with files named as git names them in a commit: `main:shop/mesh.yaml`.
 *
 * @param prefix folder that the files are relative to, from the repository's root
 */
export function ofRevision(revision: string, prefix: string, findings: Findings): Findings {
  return renamed(findings, (file) => `${revision}:${posix.join(prefix, file)}`)
}

/** @param path absolute */
export function pathIn(base: string, path: string): string {
  const inner = relative(base, path) || '.'
  return (/^\.\.(?:[/\\]|$)/.test(inner) ? path : inner).split(sep).join('/')
}

function renamed({ diagnostics, texts }: Findings, name: (file: string) => string): Findings {
  const place = (span: Span): Span => ({ ...span, file: name(span.file) })
  return {
    diagnostics: diagnostics.map((d) => ({
      ...d,
      ...(d.span && { span: place(d.span) }),
      ...(d.related && { related: d.related.map((r) => ({ ...r, span: place(r.span) })) }),
    })),
    texts: new Map([...texts].map(([file, text]) => [name(file), text])),
  }
}

/** Findings as text on stderr, with a count when there are errors. */
export function report(invocation: Invocation, { diagnostics, texts }: Findings): void {
  if (diagnostics.length === 0) return
  invocation.world.err(textReport(sortDiagnostics(diagnostics), texts, invocation.world.paint))
  if (hasErrors(diagnostics)) invocation.say(`\n${count(diagnostics)}`)
}

/** Those that stop a command which only looks something up. */
export function errorsOf({ diagnostics, texts }: Findings): Findings {
  return { diagnostics: diagnostics.filter((d) => d.severity === 'error'), texts }
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
