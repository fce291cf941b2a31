/**
 * Diagnostics as SARIF (OASIS, Static Analysis Results Interchange Format 2.1.0, errata 01), as code scanning of GitHub
 * and other viewers read it. Section numbers are those of the standard.
 */
import { catalogue, severityOf, type Code } from './catalogue.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Failure } from './failure.ts'
import { placeOf, placeOfSpan, type Place } from './place.ts'
import { helpOf, messageOf, type SourceTexts } from './report.ts'

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'

export interface SarifContext {
  readonly version: string
  /** The file that stands for the run, where a diagnostic names none: code scanning refuses a result without a place. */
  readonly about: string
  readonly failure?: Failure
}

/** Paths of files are taken as relative to the root of the repository, or as absolute. */
export function sarifReport(
  diagnostics: readonly Diagnostic[],
  sources: SourceTexts,
  { version, about, failure }: SarifContext,
): string {
  const rules = [...new Set(diagnostics.map((d) => d.code))].sort()
  const run = {
    tool: { driver: { name: 'meshwright', version, semanticVersion: version, rules: rules.map(rule) } },
    invocations: [invocation(failure)],
    columnKind: 'utf16CodeUnits',
    results: diagnostics.map((d) => result(d, sources, rules.indexOf(d.code), about)),
  }
  return `${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, null, 2)}\n`
}

/** 3.49, a reportingDescriptor. */
function rule(code: Code): object {
  const { title, explanation = title } = catalogue[code]
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: explanation },
    help: { text: `Run \`meshwright explain ${code}\` for more.` },
    defaultConfiguration: { level: severityOf(code) },
  }
}

/** 3.20: whether the run came to its end; what kept it from that is a notification, no result. */
function invocation(failure: Failure | undefined): object {
  if (failure === undefined) return { executionSuccessful: true }
  const text = [failure.message, ...failure.hints].join('\n')
  return {
    executionSuccessful: false,
    exitCode: failure.exitCode,
    toolExecutionNotifications: [{ level: 'error', message: { text } }],
  }
}

function result(diagnostic: Diagnostic, sources: SourceTexts, ruleIndex: number, about: string): object {
  const help = helpOf(diagnostic)
  const related = (diagnostic.related ?? []).map(({ span, note }) => ({
    ...location(placeOfSpan(span, sources)),
    message: { text: note },
  }))
  return {
    ruleId: diagnostic.code,
    ruleIndex,
    level: diagnostic.severity,
    message: { text: `${messageOf(diagnostic)}${help === undefined ? '' : `\nhelp: ${help}`}` },
    locations: [location(placeOf(diagnostic, sources) ?? { file: about })],
    ...(related.length > 0 && { relatedLocations: related }),
  }
}

/** 3.28; the end column is that of the character after the region (3.30.8), as ours is. */
function location({ file, region }: Place): object {
  const { start, end } = region ?? { start: { line: 1, column: 1 }, end: undefined }
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      region: {
        startLine: start.line,
        startColumn: start.column,
        ...(end !== undefined && { endLine: end.line, endColumn: end.column }),
      },
    },
  }
}

/** A relative reference, or a file URI (RFC 3986 and RFC 8089) for a path that begins with a slash. */
export function uriOf(path: string): string {
  const encoded = path
    .replaceAll(/\p{Surrogate}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/')
  return path.startsWith('/') ? `file://${encoded}` : encoded
}
