import { plan, render, report, validate, Failure } from '../src/index.ts'
import { LOCK_FOLDER } from '../src/lock/read.ts'
import { NOW, readTree, twoClusters, PROJECT } from './fixture.ts'
import { describe, equal, is, match, ok, rejected, throws } from './suite.ts'
import { join } from 'node:path'

const NEW_HOST =
  '  - { name: new, namespace: bar, clusters: [cluster-2], ports: [{ name: http, port: 1, protocol: TCP }] }\n'
const NEW_CLUSTER = '  - name: cluster-3\n    gateway: { addresses: [203.0.113.9] }\nservices:'

function withMesh(change: (text: string) => string): Map<string, string | Uint8Array> {
  const files = new Map<string, string | Uint8Array>(twoClusters())
  files.set('mesh.yaml', change(Buffer.from(files.get('mesh.yaml') ?? '').toString('utf8')))
  return files
}

describe('library', (test) => {
  test('a mesh in memory is rendered as the command line does it, and its lock stays', async () => {
    const files = twoClusters()
    equal(await validate(files, { now: NOW }), [])
    const planned = await plan(files, { now: NOW })
    if (!planned.ok) throw new Error(report(planned.diagnostics, files))
    equal(planned.value.tasks, [])
    const { output, lock } = render(planned.value)
    const text = (tree: ReadonlyMap<string, Buffer>): object =>
      Object.fromEntries([...tree].map(([path, bytes]) => [path, bytes.toString('utf8')]))
    equal(Object.fromEntries(output), text(readTree(join(PROJECT, 'output'))))
    equal(Object.fromEntries(lock), text(readTree(join(PROJECT, 'fixtures', 'two-clusters', LOCK_FOLDER))))
  })

  test('the lock that is rendered, given back, is stable', async () => {
    const files = withMesh((text) => text + NEW_HOST)
    const planned = await plan(files, { now: NOW })
    if (!planned.ok) throw new Error(report(planned.diagnostics, files))
    equal(
      planned.value.tasks.map((t) => t.kind),
      ['allocate-address', 'expose'],
    )
    const { lock, output } = render(planned.value)
    for (const [path, text] of lock) files.set(`${LOCK_FOLDER}/${path}`, text)
    const again = await plan(files, { now: NOW })
    if (!again.ok) throw new Error(report(again.diagnostics, files))
    equal(again.value.tasks, [])
    equal(Object.fromEntries(render(again.value).output), Object.fromEntries(output))
  })

  test('what is wrong is a value, with its place', async () => {
    const files = withMesh((text) => text.replace('metadata:', 'metdata:'))
    const found = await validate(files, { now: NOW })
    equal(found.map((d) => d.code).sort(), ['MESH-E110', 'MESH-E111'])
    is((await plan(files, { now: NOW })).ok, false)
    match(report(found, files), /mesh\.yaml:\d+:1: error MESH-E110: unknown key metdata[^]*did you mean metadata\?/)
    match(report(found, files, 'github'), /^::error file=mesh\.yaml,line=/)
  })

  test('what needs a key, or a mesh file, is a failure', async () => {
    const files = withMesh((text) => text.replace('services:', NEW_CLUSTER))
    files.set('corefiles/cluster-3.Corefile', files.get('corefiles/cluster-1.Corefile') ?? '')
    files.set('sealing/cluster-3.pem', files.get('sealing/cluster-1.pem') ?? '')
    const planned = await plan(files, { now: NOW })
    if (!planned.ok) throw new Error(report(planned.diagnostics, files))
    throws(() => render(planned.value), /an intermediate must be issued for cluster-3/)
    const missing = await rejected(validate(new Map(), { now: NOW }))
    ok(missing instanceof Failure)
    match(missing.message, /there is no mesh\.yaml/)
  })
})
