/** Every format of a report, from the same values. */
import type { Diagnostic } from './diagnostic.ts'
import type { Failure } from './failure.ts'
import { noPaint, type Paint } from './paint.ts'
import { githubReport } from './report-github.ts'
import { junitReport } from './report-junit.ts'
import { sarifReport } from './report-sarif.ts'
import { jsonReport, textReport, type SourceTexts } from './report.ts'

export const FORMATS = ['text', 'json', 'github', 'sarif', 'junit'] as const
export type Format = (typeof FORMATS)[number]

export interface ReportContext {
  /** Version of meshwright. */
  readonly version: string
  /** The file that the run is about. */
  readonly about: string
  /** What kept the run from its end. */
  readonly failure?: Failure
  readonly paint?: Paint
}

export function formatReport(
  format: Format,
  diagnostics: readonly Diagnostic[],
  texts: SourceTexts,
  context: ReportContext,
): string {
  switch (format) {
    case 'text':
      return textReport(diagnostics, texts, context.paint ?? noPaint)
    case 'json':
      return jsonReport(diagnostics, texts, context.failure)
    case 'github':
      return githubReport(diagnostics, texts, context.failure)
    case 'junit':
      return junitReport(diagnostics, texts, context.failure)
    case 'sarif':
      return sarifReport(diagnostics, texts, context)
  }
}
