import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, is, match, ok } from '../suite.ts'
import { sandbox } from './sandbox.ts'

const RULE = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: default, namespace: foo }
spec: { host: "*.global" }
`

describe('manifests of the user', (test) => {
  test('given by --with: a file or a folder, beside the repository, with its place', () => {
    const box = sandbox('two-clusters')
    mkdirSync(join(box.root, 'apps', 'deep'), { recursive: true })
    writeFileSync(join(box.root, 'apps', 'deep', 'rule.yaml'), RULE)
    writeFileSync(join(box.root, 'apps', 'notes.txt'), '{{')
    for (const path of ['../apps', '../apps/deep/rule.yaml']) {
      for (const command of [['validate'], ['plan'], ['generate', '--check'], ['generate']]) {
        const { code, err } = box.meshwright(...command, '--with', `cluster-1=${path}`)
        is(code, 2)
        match(err, /MESH-E901/)
        match(err, /\.\.\/apps\/deep\/rule\.yaml:4:15/)
      }
    }
    is(box.meshwright('validate', '--with', 'cluster-2=../apps').code, 0)
    for (const [text, wanted] of [
      ['../apps', /is not CLUSTER=PATH/],
      ['cluster-1=../none', /there is no \.\.\/none/],
      ['cluster-9=../apps', /there is no cluster cluster-9/],
    ] as const) {
      const { code, err } = box.meshwright('validate', '--with', text)
      is(code, 2)
      match(err, wanted)
    }
    box.done()
  })

  test('named in mesh.yaml: publish judges those of the commit, and the output does not change', () => {
    const box = sandbox('two-clusters')
    const path = join(box.mesh, 'mesh.yaml')
    const text = readFileSync(path, 'utf8')
    const named = text.replace(
      'addresses: [cluster-1-gw.example.com] }',
      'addresses: [cluster-1-gw.example.com] }\n    manifests: ["apps/**/*.yaml"]',
    )
    ok(named !== text)
    writeFileSync(path, named)
    match(box.meshwright('validate').err, /MESH-E122/)
    box.write('apps/foo/rule.yaml', RULE.replace('*.global', '*.foo.svc.cluster.local'))
    match(box.meshwright('plan').out, /nothing changes/)
    box.git('init', '--quiet', '--initial-branch=main')
    box.git('add', '--all')
    is(box.git('commit', '--quiet', '--message', 'Begin').code, 0)
    is(box.meshwright('publish', '--no-push').code, 0)
    box.write('apps/foo/rule.yaml', RULE)
    match(box.meshwright('generate', '--check').err, /MESH-E901/)
    box.git('commit', '--quiet', '--all', '--message', 'Break')
    const { code, err } = box.meshwright('publish', '--no-push')
    is(code, 2)
    match(err, /MESH-E901/)
    box.done()
  })
})
