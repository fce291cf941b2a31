/**
 * Diagnostics as one JUnit test suite: a test case for each, which fails for an error and passes, with its text in
 * `system-out`, for a warning. XML 1.0 (fifth edition); the elements are those that Jenkins and GitLab read.
 */
import { catalogue } from './catalogue.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Failure } from './failure.ts'
import { noPaint } from './paint.ts'
import { placeOf } from './place.ts'
import { messageOf, textReport, type SourceTexts } from './report.ts'

export function junitReport(diagnostics: readonly Diagnostic[], sources: SourceTexts, failure?: Failure): string {
  const cases = diagnostics.map((d) => diagnosticCase(d, sources))
  if (failure !== undefined) cases.push(failureCase(failure))
  if (cases.length === 0)
    cases.push(`    <testcase${attributes({ classname: 'meshwright', name: 'no diagnostics' })}/>`)
  const failures = diagnostics.filter((d) => d.severity === 'error').length
  const counts = { tests: cases.length, failures, errors: failure === undefined ? 0 : 1 }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'meshwright', ...counts })}>`,
    `  <testsuite${attributes({ name: 'meshwright', ...counts, skipped: 0 })}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function diagnosticCase(diagnostic: Diagnostic, sources: SourceTexts): string {
  const { code, severity } = diagnostic
  const { file, region } = placeOf(diagnostic, sources) ?? {}
  const at = [file, region?.start.line, region?.start.column].filter((part) => part !== undefined).join(':')
  const head = attributes({
    classname: code,
    name: `${catalogue[code].title}${at === '' ? '' : ` at ${at}`}`,
    ...(file !== undefined && { file }),
    ...(region !== undefined && { line: region.start.line }),
  })
  const text = escape(textReport([diagnostic], sources, noPaint))
  const body =
    severity === 'error'
      ? `<failure${attributes({ type: code, message: messageOf(diagnostic) })}>${text}</failure>`
      : `<system-out>${text}</system-out>`
  return `    <testcase${head}>\n      ${body}\n    </testcase>`
}

/** What kept the run from its end is an error in JUnit's words: nothing was judged. */
function failureCase({ message, hints }: Failure): string {
  const text = escape([message, ...hints].join('\n'))
  const error = `<error${attributes({ type: 'failure', message })}>${text}</error>`
  return `    <testcase${attributes({ classname: 'meshwright', name: 'the run' })}>\n      ${error}\n    </testcase>`
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([key, value]) => ` ${key}="${escape(String(value)).replaceAll(/[\t\n\r]/g, (c) => `&#${c.charCodeAt(0)};`)}"`)
    .join('')
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Characters that XML 1.0 has no place for, not even as references (its production 2), become U+FFFD. */
function escape(text: string): string {
  return text
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
    .replaceAll(/[&<>"]/g, (c) => ENTITIES[c] ?? c)
}
