import { COMMANDS } from '../../src/command-table.ts'
import { describe, equal, is, match, ok } from '../suite.ts'
import { sandbox } from './sandbox.ts'

describe('command line', (test) => {
  test('--help and --version work everywhere, on stdout', () => {
    const { meshwright, done } = sandbox()
    for (const name of ['', ...COMMANDS.map((c) => c.name)]) {
      const words = name.split(' ').filter(Boolean)
      const help = meshwright(...words, '--help')
      is(help.code, 0, name)
      match(help.out, /usage: meshwright/)
      const version = meshwright(...words, '--version')
      is(version.code, 0, name)
      match(version.out, /^\d+\.\d+\.\d+\n$/)
      is(help.err + version.err, '')
    }
    is(meshwright('help', 'generate').out, meshwright('generate', '--help').out)
    for (const words of [
      ['trust', '--help'],
      ['help', 'trust'],
    ]) {
      const { code, out } = meshwright(...words)
      is(code, 0)
      ok(/^ {2}trust root create/m.test(out) && /^ {2}trust crl revoke/m.test(out) && !out.includes('  generate'))
    }
    is(meshwright('trust', 'nonsense', '--help').code, 2)
    done()
  })

  test('a wrong call says what was meant, with exit code 2', () => {
    const { meshwright, done } = sandbox()
    const wrong: readonly (readonly [string[], RegExp])[] = [
      [['generat'], /did you mean generate/],
      [['trust', 'root', 'destroy'], /trust root create/],
      [['generate', '--chek'], /did you mean --check/],
      [['generate', 'more'], /does not take more/],
      [['address'], /needs HOST/],
      [['generate', '--root-key'], /root-key/],
      [['validate', '--format', 'xml'], /allowed: text, json, github, sarif, junit/],
      [['--nonsense'], /--help/],
    ]
    for (const [args, pattern] of wrong) {
      const { code, out, err } = meshwright(...args)
      is(code, 2, args.join(' '))
      is(out, '')
      match(err, pattern)
    }
    is(meshwright().code, 2)
    done()
  })

  test('common options work before the command too', () => {
    const { meshwright, done } = sandbox('two-clusters')
    is(meshwright('-C', '.', '-f', 'mesh.yaml', 'generate', '--check').code, 0)
    is(meshwright('generate', '--check', '--directory=.').code, 0)
    done()
  })

  test('without a mesh file it says how to begin', () => {
    const { meshwright, done } = sandbox()
    for (const command of ['validate', 'generate', 'address']) {
      const { code, err } = meshwright(command, ...(command === 'address' ? ['x'] : []))
      is(code, 2)
      match(err, /there is no mesh\.yaml\n.*init/)
    }
    done()
  })

  test('address tells both ways', () => {
    const { meshwright, done } = sandbox('two-clusters')
    equal(meshwright('address', 'svc-2.bar.global').out, 'svc-2.bar.global 240.31.3.223 locked\n')
    equal(meshwright('address', 'svc-2.bar').out, 'svc-2.bar.global 240.31.3.223 locked\n')
    equal(meshwright('address', '240.31.3.223').out, 'svc-2.bar.global 240.31.3.223 locked\n')
    is(meshwright('address', 'svc-9.bar').code, 1)
    done()
  })

  test('schema prints the schema', () => {
    const { meshwright, done } = sandbox()
    const schema = JSON.parse(meshwright('schema').out) as { $schema: string }
    is(schema.$schema, 'http://json-schema.org/draft-07/schema#')
    is((JSON.parse(meshwright('schema', '--included').out) as { title: string }).title, 'Included')
    done()
  })

  test('diagnostics as JSON have places', () => {
    const { meshwright, write, done } = sandbox('two-clusters')
    write(
      'mesh.yaml',
      'apiVersion: meshwright.dev/v1\nkind: Mesh\nmetadata: { name: shop, colour: red }\nclusters: []\naddresses: { cidrs: [] }\n',
    )
    const { code, out } = meshwright('validate', '--format', 'json')
    is(code, 2)
    const report = JSON.parse(out) as { schemaVersion: number; diagnostics: { code: string; start: unknown }[] }
    is(report.schemaVersion, 1)
    equal(report.diagnostics.map((d) => d.code).sort(), ['MESH-E110', 'MESH-E114'])
    equal(report.diagnostics.find((d) => d.code === 'MESH-E110')?.start, { line: 3, column: 25 })
    ok(out.endsWith('}\n'))
    done()
  })
})
