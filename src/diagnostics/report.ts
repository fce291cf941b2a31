/** Diagnostics as text for people and as JSON for programs, both from the same values. */
import { catalogue, type Code } from './catalogue.ts'
import type { Diagnostic, Span } from './diagnostic.ts'
import type { Entry } from './entry.ts'
import type { Failure } from './failure.ts'
import { codeFrame, positionOf } from './frame.ts'
import type { Paint } from './paint.ts'

/** Texts of the files that spans point into, by path. */
export type SourceTexts = ReadonlyMap<string, string>

export function messageOf(diagnostic: Diagnostic): string {
  return entryOf(diagnostic.code).message(diagnostic.args)
}

export function helpOf(diagnostic: Diagnostic): string | undefined {
  return entryOf(diagnostic.code).help?.(diagnostic.args)
}

/** The arguments were checked against the entry when the diagnostic was made. */
function entryOf(code: Code): Entry<Diagnostic['args']> {
  return catalogue[code] as Entry<never> as Entry<Diagnostic['args']>
}

export function textReport(diagnostics: readonly Diagnostic[], sources: SourceTexts, paint: Paint): string {
  return diagnostics.map((d) => `${oneText(d, sources, paint)}\n`).join('\n')
}

function oneText(diagnostic: Diagnostic, sources: SourceTexts, paint: Paint): string {
  const { span, severity, code } = diagnostic
  const color = severity === 'error' ? paint.red : paint.yellow
  const lines = [`${placeOf(diagnostic, sources)}${color(`${severity} ${code}`)}: ${messageOf(diagnostic)}`]
  const text = span === undefined ? undefined : sources.get(span.file)
  if (span !== undefined && text !== undefined && span.end > span.start) lines.push(codeFrame(text, span))
  const help = helpOf(diagnostic)
  if (help !== undefined) lines.push(`${paint.bold('help')}: ${help}`)
  for (const { span: other, note } of diagnostic.related ?? []) {
    const related = sources.get(other.file)
    const at = related === undefined ? '' : `:${positionOf(related, other.start).line}`
    lines.push(`${other.file}${at}: ${note}`)
  }
  return lines.join('\n')
}

function placeOf({ span }: Diagnostic, sources: SourceTexts): string {
  if (span === undefined) return ''
  const text = sources.get(span.file)
  if (text === undefined) return `${span.file}: `
  const { line, column } = positionOf(text, span.start)
  return `${span.file}:${line}:${column}: `
}

/** Version of the JSON report; raised when a reader of the old one could misunderstand the new one. */
const REPORT_VERSION = 1

export function jsonReport(diagnostics: readonly Diagnostic[], sources: SourceTexts, failure?: Failure): string {
  const found = diagnostics.map((d) => {
    const placed = (span: Span): object => {
      const text = sources.get(span.file)
      return {
        file: span.file,
        ...(text !== undefined && { start: positionOf(text, span.start), end: positionOf(text, span.end) }),
      }
    }
    return {
      code: d.code,
      severity: d.severity,
      message: messageOf(d),
      help: helpOf(d),
      ...(d.span && placed(d.span)),
      args: d.args,
      ...(d.related && { related: d.related.map(({ span, note }) => ({ note, ...placed(span) })) }),
    }
  })
  const report = {
    schemaVersion: REPORT_VERSION,
    diagnostics: found,
    ...(failure !== undefined && { failure: { message: failure.message, hints: failure.hints } }),
  }
  return `${JSON.stringify(report, null, 2)}\n`
}
