import * as fc from 'fast-check'
import { coreDnsConfigMap } from '../../src/dns/providers/coredns.ts'
import { recordsOf } from '../../src/dns/records.ts'
import { describe, equal, is, ok } from '../suite.ts'
import { found, over, root, value } from './overlay.ts'

describe('coredns overlay refuses', (test) => {
  test('what the editor refuses', () => {
    equal(found('.:53 {\n    reload\n}\nglobal:53 {\n}\n'), [['MESH-E505', 'global:53']])
    equal(found('.:53 {\n'), [['MESH-E501', '.:53']])
    equal(found('.:53\nreload\n'), [['MESH-E502', '.:53']])
    equal(found('kind: ConfigMap\n'), [['MESH-E517', 'kind:']])
  })

  test('MESH-E506: a root port that only CoreDNS knows', () => {
    equal(found('.:{$PORT} {\n    reload\n}\n'), [['MESH-E506', '.:{$PORT}']])
  })

  test('MESH-E508: no root block over plain DNS', () => {
    for (const source of ['', 'tls://.:853 {\n}\n', 'cluster.local:53 {\n}\n', '(.) {\n}\n']) {
      equal(found(source), [['MESH-E508', '']], source)
    }
  })

  test('MESH-E509: several root blocks', () => {
    equal(found('.:53 {\n    bind 10.0.0.1\n}\nb .:53 {\n    bind 10.0.0.2\n}\n'), [['MESH-E509', '.:53']])
    equal(found('. dns://.:1053 {\n}\n'), [['MESH-E509', 'dns://.:1053']])
    const two = over('.:53 {\n}\nb . {\n}\n').diagnostics[0]
    equal(two?.span, { file: 'corefiles/east.Corefile', start: 11, end: 12 })
    equal(
      two?.related?.map((r) => r.span.start),
      [0],
    )
  })

  test('MESH-E510: a zone below the suffix that hides hosts', () => {
    equal(found(`${root('')}a.example Bookinfo.global:53 {\n}\n`), [['MESH-E510', 'Bookinfo.global:53']])
    equal(found(`${root('')}ratings.bookinfo.global {\n}\n`), [['MESH-E510', 'ratings.bookinfo.global']])
    equal(found(`${root('')}bookinfo.global:{$PORT} {\n}\n`), [['MESH-E510', 'bookinfo.global:{$PORT}']])
    equal(found(`(s) {\nbookinfo.global {\n}\n}\n${root('')}import s\n`), [['MESH-E510', 'bookinfo.global']])
    equal(over(`${root('')}bookinfo.global {\n}\n`).diagnostics[0]?.args, {
      zone: 'bookinfo.global',
      host: 'reviews.bookinfo.global',
      hosts: 2,
    })
    for (const other of [
      'other.global:53',
      'bookinfo.global:8053',
      'tls://bookinfo.global',
      'info.global',
      'example',
    ]) {
      equal(found(`${root('')}${other} {\n}\n`), [], other)
    }
    equal(
      found(
        `${root('')}internal {\n}\n`,
        over(`${root('')}internal {\n}\n`, [{ host: 'a.b.mesh.internal', address: '240.0.0.1' }], 'mesh.internal'),
      ),
      [],
    )
  })

  test('MESH-E511: characters that do not survive YAML, each once', () => {
    const bad = [
      '\0',
      '\u0007',
      '\v',
      '\f',
      '\u001b',
      '\u007f',
      '\u0085',
      '\u009f',
      '\u2028',
      '\u2029',
      '\ufeff',
      '\ufffe',
      '\uffff',
      '\ud800',
      '\udc00',
    ]
    for (const char of bad) {
      const source = root(`    # ${char}. ${char}\n`)
      equal(found(source), [['MESH-E511', char]], JSON.stringify(char))
      is(over(source).diagnostics[0]?.args['count'], 2)
      is(over(source, []).ok, false, 'without records as well')
    }
    equal(found(root('    # tab\t, \u00a0, é, \u{1f600}\n')), [])
    equal(
      found(`${root('    # \u0085\u2028\n')}global:53 {\n}\n`).map(([code]) => code),
      ['MESH-E511', 'MESH-E511', 'MESH-E505'],
    )
  })

  test('MESH-W520: line ends that a checkout changes', () => {
    equal(found(root('    errors\r\n')), [['MESH-W520', '']])
    is(over(root('    errors\r\n')).ok, true)
  })

  test('MESH-E518: a zone of a plugin that our block would hide', () => {
    equal(found(root('    kubernetes cluster.local k8s.global in-addr.arpa\n')), [['MESH-E518', 'k8s.global']])
    equal(found(root('    file /etc/zones/x.db x.global\n')), [['MESH-E518', 'x.global']])
    equal(found(root('    template IN A . {\n    }\n    hosts /etc/hosts other.example\n')), [])
    const own = 'k8s.global:53 {\n    kubernetes k8s.global\n}\n'
    equal(found(`${root('')}${own}`), [], 'it has a block of its own, which is asked before ours')
  })

  test('MESH-E519: a private key', () => {
    equal(found(root('    # -----BEGIN RSA PRIVATE KEY-----\n')), [['MESH-E519', '']])
  })

  test('MESH-E512 and MESH-W514: size', () => {
    const base = root('')
    const filled = (bytes: number) => `${base}#${'é'.repeat((bytes - base.length - 1) / 2)}`
    const limit = 1024 * 1024 - 2048
    const even = limit - ((limit - base.length - 1) % 2)
    equal(found(filled(even), over(filled(even), [])), [['MESH-W514', '']])
    equal(found(filled(even + 2), over(filled(even + 2), [])), [['MESH-E512', '']])
    equal(found(filled(even)), [['MESH-E512', '']], 'what counts is the result')
  })

  test('MESH-W514: the annotation of kubectl counts line ends twice', () => {
    const lines = (count: number) => `${root('')}${'#\n'.repeat(count)}`
    const size = (text: string) => JSON.stringify(coreDnsConfigMap('shop', text)).length
    const most = Math.floor((262_144 - size(lines(0))) / 3)
    equal(found(lines(most), over(lines(most), [])), [])
    equal(found(lines(most + 1), over(lines(most + 1), [])), [['MESH-W514', '']])
  })

  test('MESH-W513: no reload', () => {
    equal(found('.:53 {\n}\n'), [['MESH-W513', '']])
    is(over('.:53 {\n}\n').ok, true)
    equal(found('.:53 {\n}\n', over('.:53 {\n}\n', [])), [], 'nothing changes')
    equal(found('.:53 {\n}\na.example {\n reload 5s\n}\n'), [], 'any block reloads all')
    equal(found('(s) {\n reload\n}\n.:53 {\n import s\n}\n'), [])
  })

  test('property: any text is refused or gets a block whose records can be read back', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), files), (source) => {
        const result = over(source)
        if (!result.ok) return ok(result.diagnostics.some((d) => d.severity === 'error'))
        is(recordsOf(result.value, 'global')?.size, 2)
        is(value(over(result.value)), result.value)
        is(value(over(result.value, [])), source)
      }),
      { numRuns: 500 },
    )
  })
})

const files = fc
  .array(
    fc.constantFrom(
      '.:53 {\n reload\n}',
      '.:53 {\n forward . 1.2.3.4 {\n  x "a b"\n }\n}',
      'a {\n}',
      'bookinfo.global {\n}',
      '# c',
      '}',
      'b',
      '(s) {\n reload\n}',
      'import s',
    ),
    { maxLength: 5 },
  )
  .map((parts) => parts.join('\n'))
