import fc from 'fast-check'
import { diagnose, type Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import { Failure } from '../../src/diagnostics/failure.ts'
import { formatReport, type Format } from '../../src/diagnostics/formats.ts'
import { describe, equal, is, match, ok } from '../suite.ts'

const TEXT = 'name: ok\n# 😀 käse\nkey: "50%, a:b"\n'
const at = TEXT.indexOf('"50')
const span = { file: 'a b/müsli:1,2.yaml', start: at, end: at + 10 }
const CONTEXT = { version: '1.2.3', about: 'mesh.yaml' }

const error = diagnose('MESH-E101', { detail: '100% wrong: a,b\r\nnext <&"\'>' }, span, [
  { span: { file: 'a b/müsli:1,2.yaml', start: 0, end: 4 }, note: 'first here' },
])
const warning = diagnose('MESH-W801', { host: 'svc.bar', cluster: 'east' })
const FOUND = [error, warning]

const report = (format: Format, found: readonly Diagnostic[] = FOUND, failure?: Failure): string =>
  formatReport(format, found, new Map([[span.file, TEXT]]), { ...CONTEXT, ...(failure !== undefined && { failure }) })

interface Sarif {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }
    readonly invocations: readonly { readonly executionSuccessful: boolean }[]
    readonly results: readonly {
      readonly ruleId: string
      readonly ruleIndex: number
      readonly level: string
      readonly locations: readonly {
        readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: object }
      }[]
    }[]
  }[]
}
const sarif = (...args: readonly [(readonly Diagnostic[])?, Failure?]): Sarif['runs'][number] => {
  const [run] = (JSON.parse(report('sarif', ...args)) as Sarif).runs
  if (run === undefined) throw new Error('no run')
  return run
}

const TAG = /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g

/** Of the rules of XML 1.0 those that our subset needs: elements in pairs, attributes in quotes, no stray &, < or >. */
function wellFormed(xml: string): boolean {
  const open: string[] = []
  const body = xml.replace(/^<\?xml [^?]*\?>\n/, '')
  for (const [, end = '', name = '', , empty = ''] of body.matchAll(TAG)) {
    if (end === '' && empty === '') open.push(name)
    else if (end !== '' && open.pop() !== name) return false
  }
  const texts = body.replaceAll(TAG, (_tag, _end, _name, attributes: string) => attributes)
  return open.length === 0 && !/[<>&]/.test(texts.replaceAll(/&(?:amp|lt|gt|quot|#\d+);/g, ''))
}

describe('report formats', (test) => {
  test('github: one command a line, escaped as its toolkit does', () => {
    const lines = report('github').split('\n')
    is(lines.length, 3)
    is(
      lines[0],
      '::error file=a b/müsli%3A1%2C2.yaml,line=3,col=6,endColumn=15,title=MESH-E101 the file is not YAML' +
        '::cannot be read as YAML: 100%25 wrong: a,b%0D%0Anext <&"\'>',
    )
    match(lines[1] ?? '', /^::warning title=MESH-W801 a retiring exposure::east still exposes svc\.bar.*%0Ahelp: /)
    const [several] = report('github', [diagnose('MESH-E106', { file: 'x' }, { ...span, start: 0 })]).split('\n')
    match(several ?? '', /,line=1,col=1,endLine=3,title=/)
    is(report('github', [], new Failure('no key: x', { hints: ['name it'] })), '::error::no key: x%0Aname it\n')
    is(report('github', []), '')
  })

  test('sarif: rules once and sorted, URIs encoded, columns in UTF-16 units', () => {
    const emoji = { file: span.file, start: TEXT.indexOf('käse'), end: TEXT.indexOf('käse') + 4 }
    const run = sarif([diagnose('MESH-W801', { host: 'a.b', cluster: 'c' }, emoji), error, error])
    equal(
      run.tool.driver.rules.map((r) => r.id),
      ['MESH-E101', 'MESH-W801'],
    )
    equal(
      run.results.map((r) => [r.ruleId, r.ruleIndex, r.level]),
      [
        ['MESH-W801', 1, 'warning'],
        ['MESH-E101', 0, 'error'],
        ['MESH-E101', 0, 'error'],
      ],
    )
    const place = run.results[0]?.locations[0]?.physicalLocation
    equal(place?.region, { startLine: 2, startColumn: 6, endLine: 2, endColumn: 10 })
    is(place?.artifactLocation.uri, 'a%20b/m%C3%BCsli%3A1%2C2.yaml')
    is(run.invocations[0]?.executionSuccessful, true)
  })

  test('sarif: a result without a place is about the mesh file; a failure is no result', () => {
    const run = sarif([warning], new Failure('the disk is full'))
    equal(
      run.results.map((r) => r.locations[0]?.physicalLocation.artifactLocation.uri),
      ['mesh.yaml'],
    )
    is(run.invocations[0]?.executionSuccessful, false)
    const outside = sarif([diagnose('MESH-E106', { file: 'x' }, { file: '/etc/a b', start: 0, end: 0 })])
    is(outside.results[0]?.locations[0]?.physicalLocation.artifactLocation.uri, 'file:///etc/a%20b')
  })

  test('junit: an error fails, a warning passes, nothing is a pass, a failure is an error', () => {
    match(report('junit'), /<testsuite name="meshwright" tests="2" failures="1" errors="0" skipped="0">/)
    match(
      report('junit'),
      /<failure type="MESH-E101" message="[^"]*100% wrong: a,b&#13;&#10;next &lt;&amp;&quot;'&gt;">/,
    )
    match(
      report('junit', []),
      /tests="1" failures="0" errors="0"[^]*<testcase classname="meshwright" name="no diagnostics"\/>/,
    )
    match(
      report('junit', [], new Failure('no key')),
      /tests="1" failures="0" errors="1"[^]*<error type="failure" message="no key">/,
    )
    for (const found of [FOUND, [], [warning]]) ok(wellFormed(report('junit', found)))
    for (const bad of ['<a b="c"><d></a></d>', '<a>&</a>', '<a>', '<a b="&"/>', '<a b=c/>']) ok(!wellFormed(bad), bad)
  })

  test('whatever a message or a file name has in it, every format keeps its form', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 40 })
    fc.assert(
      fc.property(anything, anything, anything, (detail, file, text) => {
        const found = [diagnose('MESH-E101', { detail }, { file, start: 0, end: text.length })]
        const of = (format: Format): string => formatReport(format, found, new Map([[file, text]]), CONTEXT)
        match(of('github'), /^::error [^\r\n]*::[^\r\n]*\n$/)
        const xml = of('junit')
        ok(wellFormed(xml), xml)
        ok(!/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u.test(xml))
        const { uri } = (JSON.parse(of('sarif')) as Sarif).runs[0]?.results[0]?.locations[0]?.physicalLocation
          .artifactLocation ?? { uri: ' ' }
        ok(/^[\w\-.!~*'()%/:]*$/.test(uri), uri)
      }),
      { numRuns: 300, seed: 7 },
    )
  })

  test('json tells a failure too', () => {
    const { failure } = JSON.parse(report('json', [], new Failure('no key', { hints: ['name it'] }))) as {
      failure: unknown
    }
    equal(failure, { message: 'no key', hints: ['name it'] })
  })
})
