import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, equal, is, match, ok } from '../suite.ts'
import { MESH, NAMES, refused, rotation, STAGES } from './rotation.ts'

const OTHER = 'environments/late'

describe('rotation by the command line', (test) => {
  test('stage by stage; a squash is refused where it is made, and where it would go live', async () => {
    const box = await rotation()
    box.must('publish')
    box.must('publish', '--branch', OTHER)
    const commits = [box.run('rev-parse', 'HEAD')]
    for (const { make } of STAGES) {
      make(box)
      box.must('publish')
      box.must('generate', '--check', '--base', 'HEAD~1')
      commits.push(box.run('rev-parse', 'HEAD'))
    }
    const [begin = '', both = '', , signed = ''] = commits
    const check = box.meshwright('generate', '--check', '--base', begin)
    is(check.code, 2)
    match(check.err, /MESH-E822/)
    const plan = box.meshwright('plan', '--base', begin)
    is(plan.code, 2)
    match(plan.err, /MESH-E822/)
    match(plan.out, /root r1/)
    // The branch that nobody published to in between.
    refused(box, /more than one stage[^]*nothing was published/, 'publish', '--branch', OTHER)
    match(box.must('publish', '--branch', OTHER, '--allow-skipped-stage', '--dry-run').err, /all the same/)
    for (const commit of [both, signed, 'main']) {
      box.run('checkout', '--quiet', commit)
      box.must('publish', '--branch', OTHER)
    }
    refused(box, /more than one stage/, 'generate', '--check', '--base', begin)
    // Going back over more than one stage parts clusters as well.
    box.run('checkout', '--quiet', both)
    refused(box, /more than one stage/, 'publish', '--rollback')
    box.run('checkout', '--quiet', 'main')
    box.done()
  })

  test('a commit that holds two stages is refused by the check of HEAD', async () => {
    const box = await rotation()
    const [first, second] = STAGES
    const begin = box.run('rev-parse', 'HEAD')
    first?.make(box)
    second?.make(box)
    box.run('reset', '--quiet', '--soft', begin)
    const { code, err } = box.meshwright('generate', '--check')
    is(code, 2)
    match(err, /MESH-E822/)
    box.done()
  })

  test('what the user wrote keeps every byte', async () => {
    const box = await rotation()
    const dry = box.must('trust', 'rotate', 'intermediate', '--dry-run')
    match(dry.err, /would write mesh\.yaml/)
    is(box.intent(), MESH)
    box.must('trust', 'rotate', 'intermediate')
    is(
      box.intent(),
      MESH.replace('[203.0.113.1] } # by hand\n', '[203.0.113.1] } # by hand\n    trust: { generation: 2 }\n')
        .replace('[203.0.113.2] } }', '[203.0.113.2] }, trust: { generation: 2 } }')
        .replace('generation: 1 # so far', 'generation: 2 # so far'),
    )
    refused(box, /not generated yet/, 'trust', 'rotate', 'intermediate')
    box.generate('Rotate', 'r1')
    box.must('trust', 'rotate', 'root')
    match(box.intent(), /\ntrust: \{ roots: \[\{ id: r1, state: active \}, \{ id: r2, state: trusted \}\] \}\n$/)
    box.done()
  })

  test('an unknown cluster is refused, and one whose trust comes by an alias is left to the user', async () => {
    const box = await rotation()
    refused(box, /there is no cluster cluster-9/, 'trust', 'rotate', 'intermediate', 'cluster-9')
    box.write(
      'mesh.yaml',
      MESH.replace('- name: cluster-1\n', '- name: cluster-1\n    trust: &t { generation: 1 }\n').replace(
        'trust:\n      generation: 1 # so far',
        'trust: *t',
      ),
    )
    refused(box, /write by hand/, 'trust', 'rotate', 'intermediate', 'cluster-3')
    refused(box, /write by hand/, 'trust', 'rotate', 'intermediate', 'cluster-1')
    box.done()
  })

  test('status tells stage, wait and next in three formats, and what ends soon', async () => {
    const box = await rotation()
    match(box.must('trust', 'status').out, /no change is under way/)
    STAGES[0]?.make(box)
    const text = box.must('trust', 'status').out
    match(text, /r2 +trusted/)
    match(text, /istio-ca-root-cert/)
    match(text, /--bundles-seen/)
    match(box.must('trust', 'status', '--format', 'markdown').out, /\| r2 \| trusted \|/)
    STAGES[1]?.make(box)
    STAGES[2]?.make(box)
    const status = JSON.parse(box.must('trust', 'status', '--format', 'json').out) as {
      stage: string
      wait: string[]
      clusters: { name: string; root: string }[]
    }
    is(status.stage, 'retire')
    ok(status.wait.some((line) => line.includes('24 hours')))
    equal(
      status.clusters.map(({ name, root }) => `${name} ${root}`),
      NAMES.map((name) => `${name} r2`),
    )
    box.write(
      'mesh.yaml',
      box.intent().replace('trust: { roots', 'trust: { intermediate: { renewBefore: 731d }, roots'),
    )
    const due = box.meshwright('trust', 'status')
    is(due.code, 1)
    match(due.out, /intermediate of cluster-1 ends on/)
    is(box.meshwright('verify', '--expiry').code, 0)
    box.done()
  })

  test('a revoked intermediate is replaced, and no other one meanwhile', async () => {
    const box = await rotation()
    const key = ['--root-key', join(box.root, 'keys', 'r1.key.age'), '--identity', box.identity]
    box.must('trust', 'crl', 'revoke', 'cluster-2', ...key)
    refused(box, /MESH-E856/, 'trust', 'rotate', 'intermediate', 'cluster-1')
    refused(box, /MESH-E856/, 'trust', 'rotate', 'root')
    box.must('trust', 'rotate', 'intermediate', 'cluster-2')
    box.generate('Replace what is revoked', 'r1')
    box.done()
  })

  test('a certificate that is asked for elsewhere is told, and settled before anything is signed here', async () => {
    const box = await rotation()
    box.must('trust', 'csr', 'cluster-1')
    match(box.must('trust', 'status').out, /trust import cluster-1 --certificate FILE/)
    const { clusters } = JSON.parse(box.must('trust', 'status', '--format', 'json').out) as {
      clusters: { pending?: number }[]
    }
    equal(
      clusters.map(({ pending }) => pending),
      [2, undefined, undefined],
    )
    refused(box, /settle it first/, 'trust', 'rotate', 'intermediate', 'cluster-1')
    refused(box, /settle it first/, 'trust', 'rotate', 'intermediate')
    box.must('trust', 'rotate', 'intermediate', 'cluster-2', '--dry-run')
    match(box.must('trust', 'rotate', 'root', '--dry-run').err, /note: cluster-1 waits/)
    box.done()
  })

  test('two branches that both rotated: what git merges is whole, or found', async () => {
    const box = await rotation()
    box.run('checkout', '--quiet', '-b', 'theirs')
    box.must('trust', 'rotate', 'intermediate', 'cluster-1', 'cluster-2')
    box.generate('Theirs', 'r1')
    box.run('checkout', '--quiet', 'main')
    box.must('trust', 'rotate', 'intermediate', 'cluster-1')
    box.generate('Ours', 'r1')
    const { code } = box.git('merge', '--no-edit', 'theirs')
    ok(code !== 0, 'one cluster has two keys')
    box.run('checkout', '--ours', 'mesh.yaml')
    refused(box, /MESH-E608/, 'validate')
    box.run('merge', '--abort')
    // The key of one side beside the certificate of the other, with the digest made good.
    const path = 'mesh.lock/clusters/cluster-1.yaml'
    const [ours, theirs] = [box.run('show', `main:${path}`), box.run('show', `theirs:${path}`)]
    const key = / {4}ca-key\.pem:\n(?: {6}.*\n)+/
    const mixed = ours.replace(key, key.exec(theirs)?.[0] ?? '').replace(/digest: .*$/, '')
    ok(mixed.length > 1000 && !ours.startsWith(mixed))
    box.write(path, `${mixed}digest: sha256:${createHash('sha256').update(mixed).digest('hex')}\n`)
    refused(box, /MESH-E810[^]*the key of another certificate/, 'generate', '--check')
    box.run('checkout', '--quiet', path)
    // With one side as a whole all fits, and the other side's certificate of the same name is told.
    box.run('merge', '--quiet', '--no-edit', '--strategy-option', 'ours', 'theirs')
    box.must('generate')
    match(box.must('generate', '--check', '--base', 'theirs').err, /MESH-W824/)
    box.done()
  })
})
