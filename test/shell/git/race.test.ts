import { join } from 'node:path'
import { describe, equal, is, ok, rejected } from '../../suite.ts'
import { Failure } from '../../../src/diagnostics/failure.ts'
import { publishFrom, publishLocally, rendered, sandboxed, type Sandbox } from './sandbox.ts'

/** Lets the hook that runs before each push of the clone do something first. */
function beforePush(box: Sandbox, script: string): void {
  box.write('clone/.git/hooks/pre-push', `#!/bin/sh\n${script}\n`, 0o755)
}

const tree = (body: string) => rendered({ 'clusters/east/x.yaml': `${body}\n` })

describe('race', (test) => {
  test('a commit that somebody pushes between is kept, and ours comes on top', () =>
    sandboxed(async (box) => {
      const { clone, remote } = box.pair()
      await publishFrom(clone, { tree: tree('1') })
      box.clone(remote, 'other', '--branch', 'live')
      const theirs = box.commit('other', 'CODEOWNERS', 'x\n')
      beforePush(box, `[ -e once ] || { touch once; cd "${box.folder}/other" && unset GIT_DIR && git push -q; }`)
      const outcome = await publishFrom(clone, { tree: tree('2') })
      is(outcome.previous, theirs)
      is(box.git('remote.git', 'rev-parse', 'live~1'), theirs)
      is(box.git('remote.git', 'show', 'live:CODEOWNERS'), 'x')
    }))

  test('when the one who was quicker has the newer source, we are superseded', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      const old = box.git('clone', 'rev-parse', 'HEAD')
      const newer = box.commit('clone', 'a', '1')
      // The other one publishes to a branch of its own, which the hook then makes the branch.
      await publishFrom(clone, { source: newer, tree: tree('new'), branch: 'next' })
      beforePush(
        box,
        `cd "${box.folder}/remote.git" && unset GIT_DIR && git update-ref refs/heads/live refs/heads/next`,
      )
      is((await publishFrom(clone, { source: old, tree: tree('old') })).kind, 'superseded')
      is(box.git('remote.git', 'rev-parse', 'live'), box.git('remote.git', 'rev-parse', 'next'))
    }))

  test('a branch that does not stand still is given up after five times', () =>
    sandboxed(async (box) => {
      const { clone, remote } = box.pair()
      await publishFrom(clone, { tree: tree('1') })
      box.clone(remote, 'other', '--branch', 'live')
      beforePush(
        box,
        `echo x >> "${box.folder}/tries"; cd "${box.folder}/other" && unset GIT_DIR && git commit -q --allow-empty -m x && git push -q`,
      )
      const error = await rejected(publishFrom(clone, { tree: tree('2'), attemptsMax: 5 }))
      ok(error instanceof Failure)
      is(error.exitCode, 3)
      ok(error.message.includes('5 times'), error.message)
      is(box.git('remote.git', 'rev-list', '--count', 'live'), '6')
      is(box.git('clone', 'for-each-ref', 'refs/meshwright'), '')
    }))

  for (const where of ['clones of their own', 'the same clone']) {
    test(`four publishers in ${where} lose no commit and never go back`, () =>
      sandboxed(async (box) => {
        const { remote } = box.pair()
        const sources = ['1', '2', '3', '4'].map((n) => box.commit('clone', 'n', n))
        box.git('clone', 'push', '--quiet', 'origin', 'main')
        const clones = sources.map((_, i) =>
          where === 'the same clone' ? join(box.folder, 'clone') : box.clone(remote, `clone-${String(i)}`),
        )
        const outcomes = await Promise.all(
          sources.map((source, i) => publishFrom(clones[i] ?? '', { source, tree: tree(String(i)) })),
        )
        checkOrder(
          box,
          'remote.git',
          sources,
          outcomes.map((outcome) => [outcome.kind, outcome.commit]),
        )
      }))
  }

  test('four publishers to a local branch lose no commit and never go back', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      const sources = ['1', '2', '3', '4'].map((n) => box.commit('clone', 'n', n))
      const outcomes = await Promise.all(
        sources.map((source, i) => publishLocally(clone, { source, tree: tree(String(i)) })),
      )
      checkOrder(
        box,
        'clone',
        sources,
        outcomes.map((outcome) => [outcome.kind, outcome.commit]),
      )
    }))
})

function checkOrder(
  box: Sandbox,
  where: string,
  sources: readonly string[],
  outcomes: readonly (readonly [string, string | undefined])[],
): void {
  const commits = box.git(where, 'rev-list', '--reverse', 'live').split('\n')
  const published = outcomes.flatMap(([kind, commit]) => (kind === 'published' && commit !== undefined ? [commit] : []))
  equal([...commits].sort(), published.sort())
  is(outcomes.filter(([kind]) => kind === 'superseded').length, sources.length - published.length)
  const order = commits.map((commit) =>
    sources.indexOf(box.git(where, 'log', '-1', '--format=%(trailers:key=Mesh-Source-Commit,valueonly)', commit)),
  )
  equal(
    order,
    [...order].sort((a, b) => a - b),
  )
  is(order.at(-1), sources.length - 1)
}
