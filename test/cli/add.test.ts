import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from '../../src/shell/replace-file.ts'
import { describe, equal, is, match, ok, rejected } from '../suite.ts'
import { sandbox, type Sandbox } from './sandbox.ts'

const read = ({ mesh }: Sandbox): string => readFileSync(join(mesh, 'mesh.yaml'), 'utf8')

const CRLF = `# Ours.
apiVersion: meshwright.dev/v1
kind: "Mesh"
metadata: { name: 'shop' }
clusters:
- name: east   # the old one
  trust: { current: none }
  gateway: { addresses: [192.0.2.1], install: none }
# tail
services: []`.replaceAll('\n', '\r\n')

const WEST = `apiVersion: meshwright.dev/v1
kind: Cluster
metadata: { name: west }
spec:
  trust: { current: none }
  gateway: { addresses: [192.0.2.2], install: none }
`

describe('add', (test) => {
  test('clusters and services are added, and everything else keeps its bytes', () => {
    const box = sandbox()
    box.write('mesh.yaml', CRLF)
    chmodSync(join(box.mesh, 'mesh.yaml'), 0o640)
    const cluster = box.meshwright(
      'add',
      'cluster',
      'west=gw.example.com',
      '--trust-current',
      'none',
      '--gateway-install',
      'none',
    )
    is(cluster.code, 0, cluster.err)
    match(cluster.err, /--context west .*> corefiles\/west\.Corefile\n.*--context west .*> sealing\/west\.pem/)
    ok(!cluster.err.includes('--context east'), 'what is there already is not asked for again')
    const lines = (text: string): string => text.replaceAll('\n', '\r\n')
    const added = lines(
      '\n- name: west\n  trust: { current: none }\n  gateway: { addresses: [gw.example.com], install: none }',
    )
    is(read(box), CRLF.replace(lines('\n# tail'), `${added}${lines('\n# tail')}`))
    const service = box.meshwright('add', 'service', 'b.ns@east:80', 'a.ns@west:90/grpc')
    is(service.code, 0, service.err)
    match(service.err, / {2}a\.ns\.global, for east; .* a\n {2}b\.ns\.global, for west; .* b\n/)
    const services = `services:
- name: "b"
  namespace: ns
  clusters: [east]
  ports: [{ name: http, port: 80, protocol: HTTP }]
  serviceAccounts: ["b"]
- name: "a"
  namespace: ns
  clusters: [west]
  ports: [{ name: grpc, port: 90, protocol: GRPC }]
  serviceAccounts: ["a"]`
    const both = CRLF.replace(lines('\n# tail'), `${added}${lines('\n# tail')}`).replace(
      'services: []',
      lines(services),
    )
    is(read(box), both)
    const callers = box.meshwright(
      'add',
      'service',
      'c.ns@east:1/TCP',
      '--consumer',
      'west/x',
      '--consumer',
      'west/y',
      '--service-account',
      'robot',
    )
    is(callers.code, 0, callers.err)
    match(read(box), /serviceAccounts: \[robot\]\r\n {2}consumers: \[\{ cluster: west, namespaces: \["x", "y"\] \}\]$/)
    is(statSync(join(box.mesh, 'mesh.yaml')).mode & 0o777, 0o640)
    equal(readdirSync(box.mesh), ['mesh.yaml'])
    box.done()
  })

  test('what would be no mesh is refused as a whole, with its place', () => {
    const box = sandbox()
    box.write('mesh.yaml', CRLF)
    const refused: readonly (readonly [string[], RegExp])[] = [
      [['cluster', 'east=192.0.2.9'], /east, at mesh\.yaml:6:9/],
      [['cluster', 'a=192.0.2.8', 'a=192.0.2.9'], /a is given twice/],
      [['cluster', 'fine=192.0.2.8', 'West=192.0.2.9', '--trust-current', 'none'], /MESH-E201[^]*MESH-E208/],
      [['cluster', 'west=192.0.2.9'], /MESH-E208.*trust\.current/],
      [['cluster', 'west'], /not NAME=ADDRESS/],
      [['service', 's.ns@nowhere:80'], /MESH-E207/],
      [['service', 's.ns@east:80/UDP'], /MESH-E226/],
      [['service', 's.ns@east:80/HTPP'], /MESH-E113/],
      [['service', 's.ns@east:80', '--consumer', 'nowhere'], /MESH-E207/],
      [['service', 's.ns@east:80', '--consumer', '/x'], /not CLUSTER/],
      [['service', 's.ns@east'], /not NAME\.NAMESPACE@CLUSTER/],
    ]
    for (const [args, pattern] of refused) {
      const { code, err } = box.meshwright('add', ...args)
      is(code, 2, args.join(' '))
      match(err, pattern)
      is(read(box), CRLF)
    }
    is(box.meshwright('add', 'service', 's.ns@east:80').code, 0)
    const again = box.meshwright('-C', '..', '-f', 'mesh/mesh.yaml', 'add', 'service', 's.ns@east:81')
    is(again.code, 2)
    match(again.err, /s\.ns, at mesh\.yaml:11:9/)

    box.write('mesh.yaml', 'clusters: {')
    match(box.meshwright('add', 'service', 's.ns@east:80').err, /MESH-E101/)
    box.write('mesh.yaml', 'services: null\n')
    match(box.meshwright('add', 'service', 's.ns@east:80').err, /by hand:\n- name: "s"/)
    is(sandbox().meshwright('add', 'cluster', 'a=192.0.2.1').code, 2)
    box.done()
  })

  test('what other files have is known, and what is new goes into the mesh file', () => {
    const box = sandbox()
    const mesh = CRLF.replace('\r\nservices: []', '')
      .replaceAll('\r', '')
      .replace('kind:', 'include: [more/*.yaml]\nkind:')
    box.write('mesh.yaml', mesh)
    const document = (kind: string, name: string, more: string): string =>
      `apiVersion: meshwright.dev/v1\nkind: ${kind}\nmetadata: { name: ${name}${kind === 'Service' ? ', namespace: ns' : ''} }\nspec:\n${more}`
    box.write(
      'more/west.yaml',
      document('Cluster', 'west', '  trust: { current: none }\n  gateway: { addresses: [192.0.2.2], install: none }\n'),
    )
    box.write(
      'more/svc.yaml',
      document('Service', 'svc', '  clusters: [west]\n  ports: [{ name: tcp, port: 1, protocol: TCP }]\n'),
    )
    const cluster = box.meshwright('add', 'cluster', 'west=192.0.2.9')
    is(cluster.code, 2)
    match(cluster.err, /west, at more\/west\.yaml:3:19/)
    match(box.meshwright('add', 'service', 'svc.ns@east:80').err, /svc\.ns, at more\/svc\.yaml:3:19/)
    const { code, err } = box.meshwright('add', 'service', 'api.ns@west:80')
    is(code, 0, err)
    ok(!err.includes('W214'), 'what is wrong with others is not told here')
    match(read(box), /\nservices:\n- name: api\n {2}namespace: ns\n[^]*\[api\]\n# tail$/)
    box.done()
  })

  test('a key with nothing behind it is a list that is not begun, whichever list is added to', () => {
    const box = sandbox()
    const head = "apiVersion: meshwright.dev/v1\nkind: Mesh\nmetadata: { name: 'shop' }\n"
    box.write('mesh.yaml', `${head}clusters: # of ours\nservices:`)
    match(box.meshwright('validate').err, /MESH-E208/)
    const none = ['--trust-current', 'none', '--gateway-install', 'none']
    const cluster = box.meshwright('add', 'cluster', 'east=192.0.2.1', ...none)
    is(cluster.code, 0, cluster.err)
    match(read(box), /\nclusters: # of ours\n {2}- name: east\n[^]*\nservices:$/)
    const before = read(box)
    is(box.meshwright('add', 'service', 'svc.ns@east:80').code, 0)
    ok(read(box).startsWith(`${before}\n  - name: svc\n`), read(box))

    // Clusters may all be in files of their own.
    box.write('more/west.yaml', WEST)
    box.write('mesh.yaml', `${head}include: [more/*.yaml]\nclusters:\nservices:\n`)
    const { code, err } = box.meshwright('add', 'service', 'svc.ns@west:80')
    is(code, 0, err)
    match(read(box), /\nclusters:\nservices:\n {2}- name: svc\n/)
    box.done()
  })

  test('what would be added has places of its own, and what is there the places that it has', () => {
    const box = sandbox()
    box.write('mesh.yaml', CRLF)
    const wrong = box.meshwright('-C', '..', '-f', 'mesh/mesh.yaml', 'add', 'service', 'a.b@east:80', 'c.d@nope:80')
    is(wrong.code, 2)
    match(wrong.err, /^in what would be added, c\.d:3:14: error MESH-E207/m)
    ok(!/mesh\.yaml:\d/.test(wrong.err), wrong.err)
    match(wrong.err, /clusters: \[nope\]/)

    const broken = CRLF.replace('[192.0.2.1]', '[192.0.2.1:80]')
    box.write('mesh.yaml', broken.replace('services: []', "services: []\r\nhostSuffix: 'A'"))
    const { err } = box.meshwright('add', 'cluster', 'aa=192.0.2.2', '--gateway-install', 'none')
    match(err, /^mesh\.yaml:8:26: error MESH-E213/m)
    match(err, /^mesh\.yaml:11:13: error MESH-E216/m)
    match(err, /^in what would be added, aa:1:9: error MESH-E208/m)
    box.done()
  })

  test('a mistake that only the whole mesh shows is told', () => {
    const box = sandbox('two-clusters')
    const { code, err } = box.meshwright('add', 'cluster', 'cluster-3=203.0.113.7')
    is(code, 0, err)
    match(err, /MESH-W225/)
    box.done()
  })

  test('a file that is linked to is changed where it is', () => {
    const box = sandbox()
    box.write('mesh.yaml', CRLF)
    renameSync(join(box.mesh, 'mesh.yaml'), join(box.root, 'real.yaml'))
    symlinkSync('../real.yaml', join(box.mesh, 'mesh.yaml'))
    is(box.meshwright('add', 'service', 's.ns@east:80').code, 0)
    ok(lstatSync(join(box.mesh, 'mesh.yaml')).isSymbolicLink())
    match(readFileSync(join(box.root, 'real.yaml'), 'utf8'), /name: "s"/)
    box.done()
  })

  test('a file that somebody changed in between is theirs', async () => {
    const box = sandbox()
    const path = join(box.mesh, 'mesh.yaml')
    writeFileSync(path, 'theirs')
    const error = await rejected(replaceFile(path, Buffer.from('what we read'), Buffer.from('ours')))
    match(error.message, /changed in between/)
    is(readFileSync(path, 'utf8'), 'theirs')
    equal(readdirSync(box.mesh), ['mesh.yaml'])
    match((await rejected(replaceFile(join(box.mesh, 'none'), Buffer.of(), Buffer.of()))).message, /ENOENT/)
    box.done()
  })

  test('what was added is generated like anything else', () => {
    const box = sandbox('two-clusters')
    const before = read(box)
    is(box.meshwright('add', 'service', 'svc-3.bar@cluster-2:9000/GRPC').code, 0)
    is(box.meshwright('generate', '--check').code, 1)
    const { code, err } = box.meshwright('generate')
    is(code, 0, err)
    match(box.meshwright('address', 'svc-3.bar').out, /locked/)
    is(read(box).length > before.length, true)
    box.done()
  })
})
