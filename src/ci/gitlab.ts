/** A pipeline of GitLab (docs.gitlab.com, CI/CD YAML syntax). */
import { check, install, meshwright, NODE_MAJOR, type Pipeline } from './pipeline.ts'

export const GITLAB_PATH = '.gitlab-ci.yml'
/** Where it goes when the repository has a pipeline of its own, which then includes it. */
export const GITLAB_INCLUDED_PATH = '.gitlab/mesh.yml'

export function gitlabPipeline(pipeline: Pipeline): string {
  const plan = meshwright(
    pipeline,
    'plan',
    '--base "origin/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME" --format markdown > mesh-plan.md',
  )
  return `# Written once by meshwright ${pipeline.version}; yours from here on. No job needs a key, and none belongs here.
#
# Once, in Settings > CI/CD > Job token permissions: allow Git push requests to the repository (GitLab 17.2 and later),
# so that mesh-publish may write the output branch. A job has no wider rights than whoever started it.
.mesh:
  image: node:${NODE_MAJOR}
  timeout: 10 minutes
  variables:
    GIT_DEPTH: '0' # plan and publish compare with other branches
  before_script:
    - ${install(pipeline)}

mesh-review:
  extends: .mesh
  stage: test
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
    - ${meshwright(pipeline, 'validate')}
    - ${check(pipeline, ' --base "$CI_MERGE_REQUEST_DIFF_BASE_SHA"')}
    # A mesh that is broken on the target branch is mended by a change like this one.
    - ${plan} || echo "There is no plan; the log of the job says why." >> mesh-plan.md
    - cat mesh-plan.md
  artifacts:
    expose_as: mesh plan
    when: always
    paths:
      - mesh-plan.md

mesh-publish:
  extends: .mesh
  stage: deploy
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  resource_group: mesh # one at a time, and none is cancelled
  interruptible: false
  variables:
    GIT_AUTHOR_NAME: $GITLAB_USER_NAME
    GIT_AUTHOR_EMAIL: $GITLAB_USER_EMAIL
    GIT_COMMITTER_NAME: $GITLAB_USER_NAME
    GIT_COMMITTER_EMAIL: $GITLAB_USER_EMAIL
  script:
    - ${check(pipeline)}
    - ${meshwright(pipeline, 'publish')}
`
}
