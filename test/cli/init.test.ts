import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { answers } from '../../src/commands/init-answers.ts'
import { noPaint } from '../../src/diagnostics/paint.ts'
import { Invocation } from '../../src/invocation.ts'
import { PROJECT } from '../fixture.ts'
import { describe, equal, is, match, ok } from '../suite.ts'
import { sandbox, type Sandbox } from './sandbox.ts'

const CLUSTERS = ['--cluster', 'a=192.0.2.1', '--cluster', 'b=192.0.2.2']

/** `init` as somebody at a terminal sees it, who answers in order. */
async function atTerminal(
  values: ConstructorParameters<typeof Invocation>[1],
  replies: readonly string[],
): Promise<{ asked: string[]; mesh: Awaited<ReturnType<typeof answers>> }> {
  const nothing = (): void => undefined
  const world = {
    argv: [],
    env: {},
    cwd: '/',
    out: nothing,
    err: nothing,
    paint: noPaint,
    outPaint: noPaint,
    interactive: true,
  }
  const asked: string[] = []
  const mesh = await answers(
    new Invocation({ ...world, now: () => new Date(0) }, values, []),
    '/srv/The Shop_',
    (question, accept, fallback) => {
      const reply = replies[asked.push(question) - 1] ?? ''
      const value = accept(reply === '' ? (fallback ?? '') : reply)
      return value === undefined
        ? Promise.reject(new Error(`${question} does not take ${reply}`))
        : Promise.resolve(value)
    },
  )
  return { asked, mesh }
}

/** As npm writes it where meshwright is among the packages. */
const LOCK_FILE = '{ "packages": { "node_modules/meshwright": {} } }\n'

describe('init', (test) => {
  test('at a terminal it asks three things, and none that an option says', async () => {
    const { asked, mesh } = await atTerminal({}, ['a=192.0.2.1, b=gw.example.com', 'self-signed', ''])
    is(asked.length, 3)
    equal(mesh, {
      name: 'the-shop',
      clusters: [
        { name: 'a', address: '192.0.2.1' },
        { name: 'b', address: 'gw.example.com' },
      ],
      currentTrust: 'self-signed',
      gatewayInstall: 'none',
      services: [],
    })
    const one = await atTerminal({ cluster: ['a=192.0.2.1'], 'gateway-install': 'none' }, ['none'])
    is(one.asked.length, 1)
    const none = await atTerminal({ cluster: ['a=192.0.2.1'], 'trust-current': 'none', yes: true }, [])
    is(none.asked.length, 0)
  })

  test('--yes asks nothing, takes what is safe, and names what is not', () => {
    const box = sandbox()
    const nothing = box.meshwright('init', '--yes')
    is(nothing.code, 2)
    match(nothing.err, /--cluster NAME=ADDRESS[^]*--trust-current none\|self-signed\|cacerts/)
    ok(!nothing.err.includes('--gateway-install'))
    const trust = box.meshwright('init', '--yes', ...CLUSTERS)
    is(trust.code, 2)
    match(trust.err, /--trust-current/)
    ok(!existsSync(join(box.mesh, 'mesh.yaml')))
    const done = box.meshwright('init', '-y', ...CLUSTERS, '--trust-current', 'none')
    is(done.code, 0, done.err)
    match(done.err, /took --gateway-install none/)
    match(done.err, /--context a .*\n.*sealing\/a\.pem\n.*--context b /)
    is(box.meshwright('validate').err.includes('MESH-E812'), true)
    // There is no terminal here: what is not said is asked for by name.
    match(sandbox().meshwright('init', ...CLUSTERS, '--trust-current', 'none').err, /--gateway-install/)
    box.done()
  })

  test('--ci writes a pipeline beside the mesh, and only that where there is a mesh', () => {
    const box = sandbox()
    box.git('init', '--quiet')
    box.write('package-lock.json', LOCK_FILE)
    const both = box.meshwright('init', '-y', ...CLUSTERS, '--trust-current', 'none', '--ci', 'github')
    is(both.code, 0, both.err)
    match(both.err, /wrote \.github\/workflows\/mesh\.yml/)
    const mesh = readFileSync(join(box.mesh, 'mesh.yaml'), 'utf8')
    const again = box.meshwright('init', '--ci', 'github')
    is(again.code, 2)
    match(again.err, /mesh\.yml is there already/)
    is(box.meshwright('init', '--ci', 'gitlab', ...CLUSTERS).code, 2)
    ok(!existsSync(join(box.mesh, '.gitlab-ci.yml')))
    is(box.meshwright('init', '--ci', 'gitlab').code, 0)
    const first = readFileSync(join(box.mesh, '.gitlab-ci.yml'), 'utf8')
    const included = box.meshwright('init', '--ci', 'gitlab')
    is(included.code, 0)
    match(included.err, /wrote \.gitlab\/mesh\.yml[^]*include:\n {4}- local: \.gitlab\/mesh\.yml/)
    is(readFileSync(join(box.mesh, '.gitlab', 'mesh.yml'), 'utf8'), first)
    is(readFileSync(join(box.mesh, '.gitlab-ci.yml'), 'utf8'), first)
    is(box.meshwright('init', '--ci', 'gitlab').code, 2)
    is(readFileSync(join(box.mesh, 'mesh.yaml'), 'utf8'), mesh)
    is(box.meshwright('init', '--ci', 'jenkins').code, 2)
    box.done()
  })

  test('without a lock file that has meshwright there is no pipeline, and it is said what to do first', () => {
    const box = sandbox()
    box.git('init', '--quiet')
    const mesh = ['-y', ...CLUSTERS, '--trust-current', 'none']
    for (const lockFile of [undefined, '{ "packages": { "node_modules/meshwright-more": {} } }']) {
      if (lockFile !== undefined) box.write('package-lock.json', lockFile)
      for (const forge of ['github', 'gitlab']) {
        const { code, err } = box.meshwright('init', ...mesh, '--ci', forge)
        is(code, 2, err)
        match(err, /npm install --save-dev/)
      }
    }
    for (const path of ['mesh.yaml', '.github', '.gitlab-ci.yml']) ok(!existsSync(join(box.mesh, path)), path)
    box.done()
  })

  test('the pipeline lies at the root of the repository, and knows folder, lock file and main branch', () => {
    const box = sandbox()
    box.git('init', '--quiet')
    box.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk')
    box.write('package-lock.json', LOCK_FILE)
    mkdirSync(join(box.mesh, 'infra', 'it', 'deep'), { recursive: true })
    const begun = box.meshwright(
      'init',
      '-C',
      'infra/it',
      '-y',
      ...CLUSTERS,
      '--trust-current',
      'none',
      '--ci',
      'github',
    )
    is(begun.code, 0, begun.err)
    match(begun.err, /wrote \.github\/workflows\/mesh\.yml\n.*package-lock\.json\n.* trunk\n/)
    const text = readFileSync(join(box.mesh, '.github', 'workflows', 'mesh.yml'), 'utf8')
    match(text, /branches: \["trunk"\][^]*npm ci\n[^]*npx --no meshwright validate -C infra\/it --format github\n/)
    mkdirSync(join(box.mesh, "it's"))
    const odd = box.meshwright('init', '-C', "it's", '-y', ...CLUSTERS, '--trust-current', 'none', '--ci', 'github')
    is(odd.code, 2)
    ok(!existsSync(join(box.mesh, "it's", 'mesh.yaml')))
    box.done()
  })

  test('the steps of the workflow do what they are for, in a clone as a forge makes it', () => {
    const box = sandbox('two-clusters')
    box.git('init', '--quiet', '--bare', '--initial-branch=main', '../remote.git')
    box.git('init', '--quiet', '--initial-branch=main')
    box.git('remote', 'add', 'origin', '../remote.git')
    box.write('package-lock.json', LOCK_FILE)
    is(box.meshwright('init', '--ci', 'github').code, 0)
    box.git('add', '--all')
    box.git('commit', '--quiet', '--message', 'a mesh')
    is(box.git('push', '--quiet', 'origin', 'main').code, 0)
    const { jobs } = parse(readFileSync(join(box.mesh, '.github', 'workflows', 'mesh.yml'), 'utf8')) as {
      jobs: Record<string, { env?: Record<string, string>; steps: { run?: string }[] }>
    }
    for (const job of ['review', 'publish']) {
      const { env = {}, steps = [] } = jobs[job] ?? {}
      const results = runSteps(
        box,
        env,
        steps.flatMap(({ run }) => (run === undefined ? [] : [run])),
      )
      for (const { run, status, said } of results) is(status, 0, `${run}\n${said}`)
      is(results.length, job === 'review' ? 4 : 3)
    }
    const published = box.git('--git-dir', '../remote.git', 'log', '--format=%an %cn', 'environments/shop')
    is(published.out, 'github-actions[bot] github-actions[bot]\n')
    box.done()
  })
})

/** Runs scripts as the forge's runner does, with an npx that starts the program of this project. */
function runSteps(
  box: Sandbox,
  env: Readonly<Record<string, string>>,
  scripts: readonly string[],
): { run: string; status: number | null; said: string }[] {
  const bin = join(box.root, 'bin')
  mkdirSync(bin, { recursive: true })
  const main = join(PROJECT, 'dist', 'main.js')
  writeFileSync(
    join(bin, 'npx'),
    `#!/bin/sh\ncase "$1 $2" in '--no meshwright') shift 2 ;; *) exit 99 ;; esac\nexec '${process.execPath}' '${main}' "$@"\n`,
  )
  writeFileSync(join(bin, 'npm'), '#!/bin/sh\ntest "$*" = ci\n')
  for (const program of ['npx', 'npm']) chmodSync(join(bin, program), 0o755)
  const summary = join(box.root, 'summary.md')
  const clone = join(box.root, 'clone')
  if (!existsSync(clone)) box.git('clone', '--quiet', '../remote.git', '../clone')
  return scripts.map((run) => {
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', run], {
      cwd: clone,
      env: {
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
        HOME: box.root,
        CI: 'true',
        GIT_CONFIG_NOSYSTEM: '1',
        GITHUB_BASE_REF: 'main',
        GITHUB_STEP_SUMMARY: summary,
        ...env,
      },
      encoding: 'utf8',
      timeout: 60_000,
    })
    return { run, status, said: stdout + stderr }
  })
}
