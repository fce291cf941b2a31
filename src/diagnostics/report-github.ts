/**
 * Diagnostics as workflow commands of GitHub Actions, which shows each at its line of a pull request.
 * Source: "Workflow commands for GitHub Actions" in GitHub's documentation; the escapes are those of its toolkit.
 */
import { catalogue } from './catalogue.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Failure } from './failure.ts'
import { placeOf, type Place } from './place.ts'
import { helpOf, messageOf, type SourceTexts } from './report.ts'

export function githubReport(diagnostics: readonly Diagnostic[], sources: SourceTexts, failure?: Failure): string {
  const lines = diagnostics.map((d) => annotation(d, sources))
  if (failure !== undefined) lines.push(command('error', {}, [failure.message, ...failure.hints].join('\n')))
  return lines.map((line) => `${line}\n`).join('')
}

function annotation(diagnostic: Diagnostic, sources: SourceTexts): string {
  const { code, severity } = diagnostic
  const { file, region } = placeOf(diagnostic, sources) ?? {}
  const properties: Record<string, string | number> = {
    ...(file !== undefined && { file }),
    ...(region !== undefined && { line: region.start.line, col: region.start.column }),
    ...(region !== undefined && endOf(region)),
    title: `${code} ${catalogue[code].title}`,
  }
  const help = helpOf(diagnostic)
  return command(severity, properties, `${messageOf(diagnostic)}${help === undefined ? '' : `\nhelp: ${help}`}`)
}

/** A last column is allowed within one line only, and is that of the last character, not of the one after it. */
function endOf({ start, end }: Required<Place>['region']): Record<string, number> {
  if (end.line > start.line) return { endLine: end.line }
  return end.column > start.column ? { endColumn: end.column - 1 } : {}
}

function command(name: string, properties: Readonly<Record<string, string | number>>, message: string): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`)
  return `::${name}${list.length === 0 ? '' : ` ${list.join(',')}`}::${escapeData(message)}`
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
