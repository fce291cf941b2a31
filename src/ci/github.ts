/** A workflow of GitHub Actions (docs.github.com, workflow syntax). */
import { check, install, meshwright, NODE_MAJOR, type Pipeline } from './pipeline.ts'

export const GITHUB_PATH = '.github/workflows/mesh.yml'

/** The key `on` is in quotes, since YAML 1.1 takes it for a truth value. */
export function githubWorkflow(pipeline: Pipeline): string {
  return `# Written once by meshwright ${pipeline.version}; yours from here on. No step needs a key, and none belongs here.
name: mesh

'on':
  pull_request: {}
  push:
    branches: [${JSON.stringify(pipeline.mainBranch)}]

permissions:
  contents: read

concurrency:
  group: mesh-\${{ github.ref }}
  cancel-in-progress: false

jobs:
  review:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v5
        with:
          fetch-depth: 0 # plan compares with the branch that the change goes to
          persist-credentials: false
${node(pipeline)}      - name: Validate
        run: ${meshwright(pipeline, 'validate', '--format github')}
      - name: Lock and output are up to date
        run: ${check(pipeline, ' --base "origin/$GITHUB_BASE_REF"')}
      - name: Plan, in the summary of this run
        continue-on-error: true # a mesh that is broken on the other branch is mended by a change like this one
        run: ${meshwright(pipeline, 'plan', '--base "origin/$GITHUB_BASE_REF" --format markdown >> "$GITHUB_STEP_SUMMARY"')}

  publish:
    if: github.event_name == 'push'
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      contents: write # the output branch
    env:
      GIT_AUTHOR_NAME: github-actions[bot]
      GIT_AUTHOR_EMAIL: 41898282+github-actions[bot]@users.noreply.github.com
      GIT_COMMITTER_NAME: github-actions[bot]
      GIT_COMMITTER_EMAIL: 41898282+github-actions[bot]@users.noreply.github.com
    steps:
      - uses: actions/checkout@v5
        with:
          fetch-depth: 0 # publish asks whether what is published is older
${node(pipeline)}      - name: Lock and output are up to date
        run: ${check(pipeline)}
      - name: Publish
        run: ${meshwright(pipeline, 'publish')}
`
}

function node(pipeline: Pipeline): string {
  return `      - uses: actions/setup-node@v5
        with:
          node-version: ${NODE_MAJOR}
      - run: ${install(pipeline)}
`
}
