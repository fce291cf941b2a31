import { parse } from 'yaml'
import { githubWorkflow } from '../../src/ci/github.ts'
import { gitlabPipeline } from '../../src/ci/gitlab.ts'
import { isPlainPath, type Pipeline } from '../../src/ci/pipeline.ts'
import { describe, equal, is, match, ok } from '../suite.ts'

const PLAIN: Pipeline = { version: '1.2.3', folder: '', meshFile: 'mesh.yaml', packages: '', mainBranch: 'main' }
const ELSEWHERE: Pipeline = {
  ...PLAIN,
  folder: 'the mesh',
  meshFile: 'prod.yaml',
  packages: 'the mesh',
  mainBranch: 'on',
}

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly 'continue-on-error'?: boolean
  readonly with?: Readonly<Record<string, unknown>>
}

interface Workflow {
  readonly on: { readonly push: { readonly branches: readonly string[] } }
  readonly permissions: object
  readonly concurrency: Readonly<Record<string, unknown>>
  readonly jobs: Readonly<
    Record<string, { readonly if: string; readonly permissions?: object; readonly steps: readonly Step[] }>
  >
}

/** What readers of both versions of YAML take the text for. */
function read(text: string): unknown {
  const newer: unknown = parse(text)
  equal(parse(text, { version: '1.1' }), newer)
  return newer
}

describe('pipelines', (test) => {
  test('a workflow of GitHub may do no more than it needs, and is not cancelled', () => {
    for (const pipeline of [PLAIN, ELSEWHERE]) {
      const text = githubWorkflow(pipeline)
      const { on, permissions, concurrency, jobs } = read(text) as Workflow
      equal(on.push.branches, [pipeline.mainBranch])
      equal(permissions, { contents: 'read' })
      is(concurrency['cancel-in-progress'], false)
      equal(
        Object.entries(jobs).map(([name, job]) => [name, job.permissions]),
        [
          ['review', undefined],
          ['publish', { contents: 'write' }],
        ],
      )
      for (const { steps } of Object.values(jobs)) {
        for (const { uses } of steps) ok(uses === undefined || /^actions\/[\w-]+@v\d+$/.test(uses), uses)
        const checkout = steps.find((s) => s.uses?.startsWith('actions/checkout@') === true)
        is(checkout?.with?.['fetch-depth'], 0)
      }
      is(jobs['review']?.steps.find((s) => s.with?.['persist-credentials'] === false)?.with?.['fetch-depth'], 0)
      ok(!/secret|KEY|IDENTITY|PASSPHRASE/.test(text), 'there is no key')
    }
  })

  test('it runs the version of the lock file, and a plan that fails stops nothing', () => {
    const runs = (pipeline: Pipeline): string[] =>
      Object.values((read(githubWorkflow(pipeline)) as Workflow).jobs).flatMap((job) =>
        job.steps.flatMap(({ run }) => (run === undefined ? [] : [run])),
      )
    equal(runs(PLAIN), [
      'npm ci',
      'npx --no meshwright validate --format github',
      'if [ -d output ]; then npx --no meshwright generate --check --base "origin/$GITHUB_BASE_REF"; fi',
      'npx --no meshwright plan --base "origin/$GITHUB_BASE_REF" --format markdown >> "$GITHUB_STEP_SUMMARY"',
      'npm ci',
      'if [ -d output ]; then npx --no meshwright generate --check; fi',
      'npx --no meshwright publish',
    ])
    const steps = Object.values((read(githubWorkflow(PLAIN)) as Workflow).jobs).flatMap((job) => job.steps)
    equal(
      steps.filter((step) => step['continue-on-error'] === true).map(({ run }) => run),
      runs(PLAIN).filter((run) => run.includes(' plan ')),
    )
    const where = "-C 'the mesh' -f prod.yaml"
    const npx = "npx --no --prefix 'the mesh' meshwright"
    equal(runs(ELSEWHERE).slice(0, 2), ["npm ci --prefix 'the mesh'", `${npx} validate ${where} --format github`])
    equal(runs(ELSEWHERE).slice(-2), [
      `if [ -d 'the mesh/output' ]; then ${npx} generate ${where} --check; fi`,
      `${npx} publish ${where}`,
    ])
  })

  test('a pipeline of GitLab has the same steps, one publication at a time', () => {
    const jobs = read(gitlabPipeline(PLAIN)) as Record<string, Readonly<Record<string, unknown>>>
    equal(Object.keys(jobs), ['.mesh', 'mesh-review', 'mesh-publish'])
    equal(jobs['.mesh']?.['variables'], { GIT_DEPTH: '0' })
    is(jobs['mesh-publish']?.['resource_group'], 'mesh')
    is(jobs['mesh-publish']?.['interruptible'], false)
    equal(jobs['mesh-publish']?.['script'], [
      'if [ -d output ]; then npx --no meshwright generate --check; fi',
      'npx --no meshwright publish',
    ])
    const elsewhere = read(gitlabPipeline(ELSEWHERE)) as typeof jobs
    equal(elsewhere['.mesh']?.['before_script'], ["npm ci --prefix 'the mesh'"])
    const review = elsewhere['mesh-review']?.['script'] as readonly string[] | undefined
    match(review?.[1] ?? '', /generate .* --check --base "\$CI_MERGE_REQUEST_DIFF_BASE_SHA"; fi$/)
    match(
      review?.[2] ?? '',
      /meshwright plan -C 'the mesh' -f prod\.yaml --base "origin\/\$CI_MERGE_REQUEST_TARGET_BRANCH_NAME" --format markdown > mesh-plan\.md \|\| echo "[^"]+" >> mesh-plan\.md$/,
    )
  })

  test('only plain paths go into a script', () => {
    for (const path of ['', 'a', 'a b/c.d', 'infra/mesh-1', 'mesh.yaml']) ok(isPlainPath(path), path)
    for (const path of ["it's", '${{ x }}', '$HOME', 'a;b', '-C', 'a/-f', 'a\nb', 'a: b', 'ä', '`x`', 'a"b', 'a #b']) {
      ok(!isPlainPath(path), path)
    }
  })
})
