import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, is, ok, rejected } from '../../suite.ts'
import { Failure } from '../../../src/diagnostics/failure.ts'
import { openBranch } from '../../../src/shell/git/branch.ts'
import { publish } from '../../../src/shell/git/publish.ts'
import { openRepository } from '../../../src/shell/git/repository.ts'
import { publishFrom, publishLocally, rendered, sandboxed } from './sandbox.ts'

describe('branch', (test) => {
  test('a local branch is made and moved, and no remote is asked', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      box.git('clone', 'remote', 'set-url', 'origin', '/nowhere')
      const first = await publishLocally(clone)
      is(box.git('clone', 'rev-parse', 'refs/heads/live'), first.commit)
      is((await publishLocally(clone)).kind, 'unchanged')
      const second = await publishLocally(clone, { tree: rendered({ 'clusters/east/x.yaml': 'x\n' }) })
      is(box.git('clone', 'rev-parse', 'live~1'), first.commit)
      is(second.previous, first.commit)
      is(box.git('clone', 'symbolic-ref', 'HEAD'), 'refs/heads/main')
    }))

  test('a branch that is checked out is refused, here, elsewhere and before its first commit', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      await publishLocally(clone)
      box.git('clone', 'worktree', 'add', '--quiet', '../tree', 'live')
      const tree = rendered({ 'clusters/east/x.yaml': 'x\n' })
      const source = box.git('clone', 'rev-parse', 'main')
      for (const branch of ['main', 'live']) {
        const before = box.git('clone', 'rev-parse', branch)
        ok((await rejected(publishLocally(clone, { branch, tree }))) instanceof Failure)
        is(box.git('clone', 'rev-parse', branch), before)
      }
      box.git('clone', 'checkout', '--quiet', '--orphan', 'unborn')
      const error = await rejected(publishLocally(clone, { branch: 'unborn', tree, source }))
      ok(error.message.includes('checked out'))
      is((await publishLocally(clone, { branch: 'free', tree, source })).kind, 'published')
    }))

  test('names that git or a shell would misread are refused', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      for (const branch of [
        '',
        '-x',
        '--all',
        'a..b',
        'a b',
        'x.lock',
        'refs/heads/x',
        'HEAD',
        '@{-1}',
        'a:b',
        'a\nb',
      ]) {
        const error = await rejected(publishFrom(clone, { branch }))
        ok(error.message.includes('not a branch name'), branch)
      }
      for (const remote of ['', '-x', '--upload-pack=touch pwned']) {
        ok((await rejected(publishFrom(clone, { remote }))).message.includes('not a remote'), remote)
      }
      ok((await rejected(publishFrom(clone, { remote: 'upstream' }))).message.includes('the remote is not known'))
      is(box.git('remote.git', 'for-each-ref', '--format=%(refname)'), 'refs/heads/main')
    }))

  test('a branch that another branch rules out is no race', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      const remote = await rejected(publishFrom(clone, { branch: 'main/mesh' }))
      ok(remote.message.includes('does not take the push'), remote.message)
      const local = await rejected(publishLocally(clone, { branch: 'main/mesh' }))
      ok(local.message.includes('update-ref'), local.message)
    }))

  test('a hook of the remote that declines is heard, once', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      box.write('remote.git/hooks/pre-receive', '#!/bin/sh\necho x >> tries\necho "only on fridays"\nexit 1\n', 0o755)
      const error = await rejected(publishFrom(clone))
      ok(error instanceof Failure)
      is(error.exitCode, 3)
      ok(
        error.hints.some((hint) => hint.includes('only on fridays')),
        error.hints.join('\n'),
      )
      ok(
        error.hints.some((hint) => hint.includes('pre-receive hook declined')),
        error.hints.join('\n'),
      )
      // Once with the record and once without, since the hook does not say which of the two it means.
      is(readFileSync(join(box.folder, 'remote.git/tries'), 'utf8'), 'x\nx\n')
      is(box.git('clone', 'for-each-ref', 'refs/meshwright'), '')
    }))

  test('a shallow clone with one branch publishes on top of a long history', () =>
    sandboxed(async (box) => {
      const { clone, remote } = box.pair()
      for (const n of ['1', '2', '3']) await publishFrom(clone, { tree: rendered({ 'clusters/east/x.yaml': n }) })
      const shallow = box.clone(`file://${remote}`, 'shallow', '--depth', '1', '--single-branch')
      is((await publishFrom(shallow, { tree: rendered({ 'clusters/east/x.yaml': '4' }) })).kind, 'published')
      is(box.git('remote.git', 'rev-list', '--count', 'live'), '4')
      is(
        (await publishFrom(join(box.folder, 'shallow'), { tree: rendered({ 'clusters/east/x.yaml': '4' }) })).kind,
        'unchanged',
      )
    }))

  test('an address in place of a remote, and no credentials of it in a message', () =>
    sandboxed(async (box) => {
      const { clone, remote } = box.pair()
      is((await publishFrom(clone, { remote })).kind, 'published')
      const error = await rejected(publishFrom(clone, { remote: 'http://user:s3cret@127.0.0.1:1/x.git' }))
      ok(error instanceof Failure)
      is(error.message, 'the remote cannot be reached')
      ok(!`${error.stack ?? ''} ${error.hints.join(' ')}`.includes('s3cret'))
      is(error.cause, undefined)
      const { git } = await openRepository(clone)
      is(
        (await openBranch(git, { branch: 'live', remote: 'https://user:s3cret@mesh.invalid/x', record: 'r' })).label,
        'live on https://mesh.invalid/x',
      )
    }))

  test("the user's ssh command is used, and a remote that hangs is given up", () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      box.write('ssh', `#!/bin/sh\necho "$@" > "${box.folder}/called"\nexec sleep 4\n`, 0o755)
      box.env('GIT_SSH_COMMAND', join(box.folder, 'ssh'))
      box.env('GIT_SSH_VARIANT', 'simple')
      const repository = await openRepository(clone, { remoteTimeout: 0.5, interactive: false })
      const started = performance.now()
      const error = await rejected(
        publish(repository, {
          tree: rendered({}),
          mesh: 'shop',
          branch: 'live',
          remote: 'ssh://git@mesh.invalid/x.git',
          source: await repository.head(),
          version: '1',
        }),
      )
      ok(error.message.includes('did not answer for 0.5 seconds'), error.message)
      ok(performance.now() - started < 10_000)
      ok(box.git('.', 'hash-object', 'called') !== '')
    }))
})
