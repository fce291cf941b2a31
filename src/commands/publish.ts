import { posix } from 'node:path'
import { hasErrors } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { render } from '../plan/render.ts'
import type { GitOptions } from '../shell/git/git.ts'
import { parsePerson } from '../shell/git/identity.ts'
import { publish, type PublishOutcome, type PublishRequest } from '../shell/git/publish.ts'
import { argocdTrailers, HYDRATOR_METADATA, hydratorMetadata, referenceCommit } from '../shell/git/reference-commit.ts'
import { openRepository, type Repository } from '../shell/git/repository.ts'
import { LOCK_FOLDER } from '../lock/read.ts'
import { findFiles } from '../shell/find-files.ts'
import { commitSources, portions } from '../shell/git/commit-sources.ts'
import { workTreeSources } from '../shell/sources.ts'
import { gather } from '../shell/workspace.ts'
import { version } from '../version.ts'
import { places, planInputs, refuseInterrupted, tellTasks } from './inputs.ts'
import { judgePublished } from './publish-stage.ts'
import { plural, report, seenFrom } from './report.ts'
import { refuseSecrets } from './secrets.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const at = await places(invocation)
  const { root, meshFile } = at
  await refuseInterrupted(at)
  const repository = await openRepository(root, gitOptions(invocation))
  const source = await repository.head()
  await refuseDirty(repository, [meshFile, LOCK_FOLDER])
  const gathering = await gather(commitSources(repository, source), meshFile)
  const { checked, paths, searches } = gathering
  const { planned, findings } = planInputs(invocation, gathering)
  report(invocation, seenFrom(invocation, root, findings))
  if (checked.ok && checked.value.lock.roots.size === 0) {
    invocation.say(
      `the commit ${source.slice(0, 12)} has no ${LOCK_FOLDER}: commit it, and see that it is not ignored (git check-ignore ${LOCK_FOLDER}/roots)`,
    )
  }
  if (planned === undefined || hasErrors(findings.diagnostics)) return exit.invalid

  // What a pattern finds here and not in the commit is not committed, even if Git is told to ignore it.
  const here = await findFiles(workTreeSources(root), searches, meshFile)
  const committed = new Set(paths)
  const unseen = [...here.files.keys()].filter((path) => !committed.has(path))
  await refuseDirty(repository, paths, unseen)
  if (planned.tasks.length > 0) {
    tellTasks(invocation, planned)
    throw new Failure('the committed lock is not up to date; nothing was published', {
      exitCode: exit.found,
      hints: ['run meshwright generate and commit what it writes: nothing goes live that is in no committed lock'],
    })
  }
  const { mesh } = planned
  if (mesh.delivery !== undefined && mesh.delivery.path !== '' && invocation.text('branch') === undefined) {
    throw new Failure(`delivery.path: the engines read the output in ${mesh.delivery.path}/, beside the intent`, {
      exitCode: exit.invalid,
      hints: [
        'there is nothing to publish: commit what meshwright generate writes',
        'for an output branch, leave delivery.path out',
      ],
    })
  }
  const tree = render(planned, planned.lock)
  refuseSecrets(tree)
  const outcome = await publish(repository, {
    tree,
    mesh: mesh.name,
    branch: invocation.text('branch') ?? mesh.branch,
    ...(!invocation.flag('no-push') && { remote: invocation.text('remote') ?? 'origin' }),
    source,
    file: posix.join(repository.prefix, meshFile),
    version: version(),
    judge: (published) => judgePublished(invocation, mesh, planned.lock, { published, next: tree }),
    dryRun: invocation.flag('dry-run'),
    allowDiverged: invocation.flag('allow-diverged'),
    rollback: invocation.flag('rollback'),
    ...(await commitOptions(invocation, repository, source)),
  })
  tell(invocation, outcome)
  return exit.done
}

function gitOptions(invocation: Invocation): GitOptions {
  const said = invocation.text('timeout') ?? invocation.world.env['MESHWRIGHT_GIT_TIMEOUT']
  if (said === undefined || said === '') return {}
  const seconds = Number(said)
  if (seconds > 0 && seconds <= TIMEOUT_MAX) return { remoteTimeout: seconds }
  throw new Failure(`${said} is no time-out`, {
    exitCode: exit.invalid,
    hints: [`seconds, more than 0 and at most ${TIMEOUT_MAX}`],
  })
}

/** Seconds. */
const TIMEOUT_MAX = 86_400

/** What the user says of the commit itself: its author and date, and what of the source goes with it. */
async function commitOptions(
  invocation: Invocation,
  { git }: Repository,
  source: string,
): Promise<Pick<PublishRequest, 'author' | 'date' | 'trailers' | 'metadata'>> {
  const author = invocation.text('author')
  const date = sourceDate(invocation.world.env['SOURCE_DATE_EPOCH'])
  const [trailers, metadata] = [invocation.flag('argocd-trailers'), invocation.flag('hydrator-metadata')]
  const reference =
    trailers || metadata ? await referenceCommit(git, source, invocation.text('remote') ?? 'origin') : undefined
  return {
    ...(author !== undefined && { author: parsePerson(author) }),
    ...(date !== undefined && { date }),
    ...(reference !== undefined && trailers && { trailers: argocdTrailers(reference) }),
    ...(reference !== undefined &&
      metadata && { metadata: new Map([[HYDRATOR_METADATA, hydratorMetadata(reference)]]) }),
  }
}

async function refuseDirty(
  repository: Repository,
  paths: readonly string[],
  unseen: readonly string[] = [],
): Promise<void> {
  const changed = new Set(unseen)
  for (const some of portions(paths)) for (const path of await repository.changedPaths(some)) changed.add(path)
  const dirty = [...changed].sort()
  if (dirty.length === 0) return
  throw new Failure(`not everything is committed: ${dirty.join(', ')}; nothing was published`, {
    exitCode: exit.found,
    hints: ['publish renders what is committed: commit it first, or put it back'],
  })
}

/** SOURCE_DATE_EPOCH (reproducible-builds.org): seconds since 1970. */
function sourceDate(epoch: string | undefined): Date | undefined {
  if (epoch === undefined || epoch === '') return undefined
  if (/^\d{1,11}$/.test(epoch)) return new Date(Number(epoch) * 1000)
  throw new Failure(`SOURCE_DATE_EPOCH is ${epoch}, not a number of seconds`, { exitCode: exit.invalid })
}

function tell(invocation: Invocation, { kind, branch, commit, changes, noRecord }: PublishOutcome): void {
  if (noRecord !== undefined) {
    invocation.say(
      `note: the remote takes no git note beside ${branch} (${noRecord}): a later source that changes nothing is recorded by a commit that changes nothing`,
    )
  }
  if (kind === 'unchanged' || kind === 'recorded')
    invocation.say(`${branch} has this output already; nothing was published`)
  if (kind === 'superseded')
    invocation.say(
      `${branch} has the output of a later source, or of a newer meshwright; nothing was published (--rollback does it all the same)`,
    )
  if (kind !== 'published') return
  const { added, modified, deleted } = changes
  const files = `${added.length} added, ${modified.length} changed, ${deleted.length} deleted`
  const dry = invocation.flag('dry-run')
  for (const path of deleted) invocation.say(`${dry ? 'would delete' : 'deleted'} ${path}`)
  invocation.say(
    dry
      ? `would publish to ${branch}: ${plural(added.length + modified.length + deleted.length, 'file')} (${files})`
      : `published ${commit?.slice(0, 12)} to ${branch}: ${files}`,
  )
}
