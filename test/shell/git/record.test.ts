import { describe, equal, is, ok, rejected } from '../../suite.ts'
import { Failure } from '../../../src/diagnostics/failure.ts'
import { publishFrom, publishLocally, rendered, sandboxed, type Sandbox } from './sandbox.ts'

const tree = (body: string) => rendered({ 'clusters/east/x.yaml': `${body}\n` })
const RECORD = 'refs/notes/meshwright/shop/live'

/** Three sources on one line, of which the oldest is published and the newest gives the same output. */
async function three(box: Sandbox): Promise<{ clone: string; old: string; middle: string; newest: string }> {
  const { clone } = box.pair()
  const [old, middle, newest] = ['1', '2', '3'].map((n) => box.commit('clone', 'n', n))
  if (old === undefined || middle === undefined || newest === undefined) throw new Error('no commits')
  box.git('clone', 'push', '--quiet', 'origin', 'main')
  await publishFrom(clone, { source: old, tree: tree('a') })
  return { clone, old, middle, newest }
}

const live = (box: Sandbox, where = 'remote.git'): string => box.git(where, 'rev-parse', 'live')
const text = (box: Sandbox, where = 'remote.git'): string =>
  box.git(where, 'show', 'live:clusters/east/x.yaml').split('\n').at(-1) ?? ''

describe('record', (test) => {
  test('a late source does not go over a newer one that had nothing to change, and no revision was made for that', () =>
    sandboxed(async (box) => {
      const { clone, middle, newest } = await three(box)
      const before = live(box)
      const outcome = await publishFrom(clone, { source: newest, tree: tree('a') })
      equal([outcome.kind, outcome.commit, outcome.noRecord], ['recorded', undefined, undefined])
      is(live(box), before)
      is((await publishFrom(clone, { source: newest, tree: tree('a') })).kind, 'unchanged')
      is((await publishFrom(clone, { source: middle, tree: tree('b') })).kind, 'superseded')
      is(live(box), before)
      const next = box.commit('clone', 'n', '4')
      is((await publishFrom(clone, { source: next, tree: tree('c') })).kind, 'published')
      is(box.git('remote.git', 'rev-list', '--count', 'live'), '2')
      is(box.git('remote.git', 'rev-list', '--count', RECORD), '3')
    }))

  test('git shows the record as a note', () =>
    sandboxed(async (box) => {
      const { clone, newest } = await three(box)
      await publishFrom(clone, { source: newest, tree: tree('a') })
      const note = box.git('remote.git', 'log', '-1', '--format=%N', '--notes=meshwright/shop/live', 'live')
      is(note, `Mesh-Name: shop\nMesh-Source-Commit: ${newest}`)
      is(box.git('remote.git', 'notes', '--ref=meshwright/shop/live', 'show', 'live'), note)
      is(box.git('clone', 'for-each-ref', 'refs/notes', 'refs/meshwright'), '')
    }))

  test('a source that looked before the newer one was recorded has to look again', () =>
    sandboxed(async (box) => {
      const { clone, middle, newest } = await three(box)
      const before = box.git('remote.git', 'rev-parse', RECORD)
      await publishFrom(clone, { source: newest, tree: tree('a') })
      const after = box.git('remote.git', 'rev-parse', RECORD)
      box.git('remote.git', 'update-ref', RECORD, before)
      // The newer one is quicker by the time of a push.
      box.write(
        'clone/.git/hooks/pre-push',
        `#!/bin/sh\necho x >> "${box.folder}/tries"; cd "${box.folder}/remote.git" && unset GIT_DIR && git update-ref ${RECORD} ${after}\n`,
        0o755,
      )
      is((await publishFrom(clone, { source: middle, tree: tree('b') })).kind, 'superseded')
      is(text(box), 'a')
      is(box.git('.', 'hash-object', 'tries'), '587be6b4c3f93f93c489c0111bba5596147a26cb', 'it tried once')
    }))

  const refusals: Readonly<Record<string, (box: Sandbox) => unknown>> = {
    'has a hook that declines notes': (box) =>
      box.write('remote.git/hooks/update', '#!/bin/sh\ncase "$1" in refs/heads/*) ;; *) exit 1;; esac\n', 0o755),
    'has a hook that declines all at once': (box) =>
      box.write('remote.git/hooks/pre-receive', '#!/bin/sh\n! grep -q refs/notes\n', 0o755),
    'hides notes': (box) => box.git('remote.git', 'config', 'transfer.hideRefs', 'refs/notes'),
    'does not take two references as one': (box) => box.git('remote.git', 'config', 'receive.advertiseAtomic', 'false'),
    'has something else at the place': (box) => box.git('remote.git', 'update-ref', `${RECORD}/x`, 'main'),
  }
  for (const [what, refuse] of Object.entries(refusals)) {
    test(`a remote that ${what} gets a commit without changes instead, once`, () =>
      sandboxed(async (box) => {
        const { clone, middle, newest } = await three(box)
        box.git('remote.git', 'update-ref', '-d', RECORD)
        refuse(box)
        const outcome = await publishFrom(clone, { source: newest, tree: tree('a') })
        is(outcome.kind, 'recorded')
        ok((outcome.noRecord ?? '') !== '')
        is(live(box), outcome.commit)
        is(box.git('remote.git', 'diff', '--stat', 'live~1', 'live'), '')
        is(box.git('remote.git', 'log', '-1', '--format=%(trailers:key=Mesh-Source-Commit,valueonly)', 'live'), newest)
        is((await publishFrom(clone, { source: newest, tree: tree('a') })).kind, 'unchanged')
        is((await publishFrom(clone, { source: middle, tree: tree('b') })).kind, 'superseded')
        is(text(box), 'a')
        const next = box.commit('clone', 'n', '4')
        is((await publishFrom(clone, { source: next, tree: tree('c') })).kind, 'published')
        is(text(box), 'c')
      }))
  }

  test('a local branch has its record too', () =>
    sandboxed(async (box) => {
      const { clone, old, middle, newest } = await three(box)
      await publishLocally(clone, { source: old, tree: tree('a') })
      const before = live(box, 'clone')
      is((await publishLocally(clone, { source: newest, tree: tree('a') })).kind, 'recorded')
      is((await publishLocally(clone, { source: middle, tree: tree('b') })).kind, 'superseded')
      is(live(box, 'clone'), before)
      box.git('clone', 'update-ref', '-d', RECORD)
      box.git('clone', 'update-ref', `${RECORD}/x`, 'main')
      const outcome = await publishLocally(clone, { source: newest, tree: tree('a') })
      equal([outcome.kind, live(box, 'clone')], ['recorded', outcome.commit])
    }))

  test('a rollback to the same output is recorded, a dry run is not', () =>
    sandboxed(async (box) => {
      const { clone, old, middle, newest } = await three(box)
      const state = (): string => box.git('remote.git', 'for-each-ref')
      const before = state()
      is((await publishFrom(clone, { source: newest, tree: tree('a'), dryRun: true })).kind, 'unchanged')
      is(state(), before)
      await publishFrom(clone, { source: newest, tree: tree('a') })
      is((await publishFrom(clone, { source: old, tree: tree('a'), rollback: true })).kind, 'recorded')
      is((await publishFrom(clone, { source: middle, tree: tree('b') })).kind, 'published')
    }))

  test('a note about another commit than the newest of the mesh does not count', () =>
    sandboxed(async (box) => {
      const { clone, middle, newest } = await three(box)
      await publishFrom(clone, { source: middle, tree: tree('b') })
      await publishFrom(clone, { source: newest, tree: tree('b') })
      // Somebody with rights puts the branch back to the first commit.
      box.git('remote.git', 'update-ref', 'refs/heads/live', 'live~1')
      is((await publishFrom(clone, { source: middle, tree: tree('b') })).kind, 'published')
    }))

  test('a record outlives its branch, and a branch its record', () =>
    sandboxed(async (box) => {
      const { clone, middle, newest } = await three(box)
      box.git('remote.git', 'update-ref', '-d', 'refs/heads/live')
      is((await publishFrom(clone, { source: middle, tree: tree('b') })).kind, 'published')
      box.git('remote.git', 'update-ref', '-d', RECORD)
      is((await publishFrom(clone, { source: newest, tree: tree('c') })).kind, 'published')
      is(box.git('remote.git', 'rev-list', '--count', RECORD), '1')
    }))

  test('branches and meshes with names alike keep their own', () =>
    sandboxed(async (box) => {
      const { clone, old, middle, newest } = await three(box)
      await publishFrom(clone, { branch: 'live2', source: old, tree: tree('a') })
      await publishFrom(clone, { branch: 'live2', source: newest, tree: tree('a') })
      is((await publishFrom(clone, { source: middle, tree: tree('a') })).kind, 'recorded')
      is((await publishFrom(clone, { branch: 'live2', source: middle, tree: tree('b') })).kind, 'superseded')
      is((await publishFrom(clone, { source: newest, tree: tree('b') })).kind, 'published')
    }))

  test('of one source, an older version of ours does not go over a newer one', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      await publishFrom(clone, { tree: tree('a'), version: '1.9.0' })
      is((await publishFrom(clone, { tree: tree('b'), version: '1.10.0' })).kind, 'published')
      for (const version of ['1.9.0', '1.10.0-rc.1', '0.20.0']) {
        is((await publishFrom(clone, { tree: tree('a'), version })).kind, 'superseded', version)
      }
      is((await publishFrom(clone, { tree: tree('c'), version: '1.10.0' })).kind, 'published')
      is((await publishFrom(clone, { tree: tree('a'), version: '1.9.0', rollback: true })).kind, 'published')
      // A newer source is what its own job makes of it.
      box.commit('clone', 'n', '1')
      is((await publishFrom(clone, { tree: tree('d'), version: '1.8.0' })).kind, 'published')
    }))

  test('a branch whose messages were lost is not taken for a new one', () =>
    sandboxed(async (box) => {
      const { clone, remote } = box.pair()
      await publishFrom(clone, { tree: tree('a') })
      box.clone(remote, 'other', '--branch', 'live')
      box.git('other', 'commit', '--quiet', '--amend', '--message', 'squashed')
      box.git('other', 'push', '--quiet', '--force')
      const error = await rejected(publishFrom(clone, { tree: tree('b') }))
      ok(error instanceof Failure && error.exitCode === 1)
      ok(error.message.includes('no commit there tells'), error.message)
      is((await publishFrom(clone, { tree: tree('a') })).kind, 'unchanged')
      is((await publishFrom(clone, { tree: tree('b'), allowDiverged: true })).kind, 'published')
      is((await publishFrom(clone, { tree: tree('c') })).kind, 'published')
    }))
})
