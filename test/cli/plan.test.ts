import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, is, match, ok } from '../suite.ts'
import { sandbox, type Sandbox } from './sandbox.ts'

const SERVICE = `  - name: svc-3
    namespace: bar
    clusters: [cluster-2]
    ports: [{ name: http, port: 8000, protocol: HTTP }]
    serviceAccounts: [svc-3]
`

function committed(): Sandbox {
  const box = sandbox('two-clusters')
  box.git('init', '--quiet', '--initial-branch=main')
  box.git('add', '--all')
  is(box.git('commit', '--quiet', '--message', 'Begin').code, 0)
  return box
}

describe('plan', (test) => {
  test('against the output folder: nothing, then a service, and nothing is written', () => {
    const box = sandbox('two-clusters')
    match(box.meshwright('plan').out, /nothing changes/)
    is(box.meshwright('plan', '--exit-code').code, 0)
    appendFileSync(join(box.mesh, 'mesh.yaml'), SERVICE)
    const { code, out } = box.meshwright('plan')
    is(code, 0)
    match(out, /\+ ServiceEntry mesh-imports\/svc-3\.bar/)
    match(out, /svc-3\.bar gets the address 240\./)
    is(box.meshwright('plan', '--exit-code').code, 1)
    is(box.meshwright('generate', '--check').code, 1)
    box.done()
  })

  test('against a commit, before and after the lock is written', () => {
    const box = committed()
    match(box.meshwright('plan', '--base', 'main').out, /nothing changes against main/)
    appendFileSync(join(box.mesh, 'mesh.yaml'), SERVICE)
    const before = box.meshwright('plan', '--base', 'main', '--format', 'markdown').out
    is(box.meshwright('generate').code, 0)
    match(box.meshwright('plan').out, /nothing changes/)
    const after = box.meshwright('plan', '--base', 'main', '--format', 'markdown').out
    match(after, /lets `svc-3\.bar\.svc\.cluster\.local` in/)
    match(after, /`svc-3\.bar` gets the address/)
    const words = (text: string): string => text.replaceAll(/\s+/g, ' ')
    is(words(before.replace(/\*\*to do[^]*?(?=<details>)/, '')), words(after))
    box.done()
  })

  test('against another output folder', () => {
    const box = sandbox('two-clusters')
    cpSync(join(box.mesh, 'output'), join(box.root, 'old'), { recursive: true })
    appendFileSync(join(box.mesh, 'mesh.yaml'), SERVICE)
    is(box.meshwright('generate').code, 0)
    match(box.meshwright('plan', '--against', '../old').out, /\+ ServiceEntry mesh-imports\/svc-3\.bar/)
    is(box.meshwright('plan', '--against', '../none').code, 2)
    is(box.meshwright('plan', '--against', '../old', '--base', 'main').code, 2)
    box.done()
  })

  test('what is removed comes first, and needs consent when it is much', () => {
    const box = committed()
    const mesh = readFileSync(join(box.mesh, 'mesh.yaml'), 'utf8')
    const many = Array.from({ length: 11 }, (_, i) => SERVICE.replaceAll('svc-3', `more-${i}`)).join('')
    writeFileSync(join(box.mesh, 'mesh.yaml'), mesh + many)
    is(box.meshwright('generate').code, 0)
    writeFileSync(join(box.mesh, 'mesh.yaml'), mesh)
    const { out } = box.meshwright('plan')
    match(out, /^mesh.*\n\nremoves\n {2}more-0\.bar/)
    match(out, /22 different objects would be removed/)
    const refused = box.meshwright('generate')
    is(refused.code, 1)
    match(refused.err, /22 different objects/)
    is(box.meshwright('generate', '--allow-delete').code, 0)
    box.done()
  })

  test('an output that was broken by hand is mended, not stumbled over', () => {
    const box = sandbox('two-clusters')
    const path = join(box.mesh, 'output/clusters/cluster-1/gateway/gateway.yaml')
    const whole = readFileSync(path, 'utf8')
    const lines = whole.slice(0, whole.indexOf('\n') + 1)
    for (const broken of ['a: &a [*a]\n', 'kind: constructor\napiVersion: v1\nmetadata: { name: x }\n', 'a: {']) {
      writeFileSync(path, lines + broken)
      const { code, out, err } = box.meshwright('plan')
      is(code, 0, err)
      match(out, /\+ Gateway istio-system\/meshwright-exports/)
      is(box.meshwright('generate').code, 0)
      is(readFileSync(path, 'utf8'), whole)
    }
    box.done()
  })

  test('a cluster that waits for its intermediate: all of it but its trust', () => {
    const box = sandbox('two-clusters')
    const path = join(box.mesh, 'mesh.yaml')
    const cluster = `  - name: cluster-3
    gateway: { addresses: [203.0.113.9] }
`
    writeFileSync(path, readFileSync(path, 'utf8').replace('services:\n', `${cluster}services:\n`))
    for (const [file, like] of [
      ['corefiles/cluster-3.Corefile', 'corefiles/cluster-2.Corefile'],
      ['sealing/cluster-3.pem', 'sealing/cluster-2.pem'],
    ] as const) {
      cpSync(join(box.mesh, like), join(box.mesh, file))
    }
    const { code, out, err } = box.meshwright('plan')
    is(code, 0, err)
    match(out, /cluster cluster-3 is new/)
    match(out, /cluster-3 needs a new intermediate/)
    match(out, /\+ ConfigMap kube-system\/coredns/)
    ok(!out.includes('SealedSecret'))
    box.done()
  })

  test('a commit without the mesh file, one that is not there, and a mesh that cannot be read', () => {
    const box = sandbox('two-clusters')
    box.git('init', '--quiet', '--initial-branch=main')
    box.git('commit', '--quiet', '--allow-empty', '--message', 'Begin')
    match(box.meshwright('plan', '--base', 'HEAD').out, /cluster cluster-1 is new/)
    is(box.meshwright('plan', '--base', 'nowhere').code, 3)
    box.git('add', '--all')
    box.git('commit', '--quiet', '--message', 'Mesh')
    writeFileSync(
      join(box.mesh, 'mesh.yaml'),
      readFileSync(join(box.mesh, 'mesh.yaml'), 'utf8').replace('kind: Mesh', 'kind: M'),
    )
    is(box.meshwright('plan').code, 2)
    box.git('commit', '--quiet', '--all', '--message', 'Break')
    box.git('checkout', '--quiet', 'HEAD~1', '--', 'mesh.yaml')
    const { code, err } = box.meshwright('plan', '--base', 'HEAD')
    is(code, 2)
    match(err, /cannot be rendered/)
    box.done()
  })
})
