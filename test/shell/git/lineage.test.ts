import { describe, is, ok, rejected } from '../../suite.ts'
import { Failure } from '../../../src/diagnostics/failure.ts'
import { publishFrom, rendered, sandboxed, type Sandbox } from './sandbox.ts'

const tree = (body: string) => rendered({ 'clusters/east/x.yaml': `${body}\n` })
const live = (box: Sandbox): string =>
  box.git('remote.git', 'show', 'live:clusters/east/x.yaml').split('\n').at(-1) ?? ''

async function refused(attempt: Promise<unknown>): Promise<string> {
  const error = await rejected(attempt)
  ok(error instanceof Failure)
  is(error.exitCode, 1)
  return [error.message, ...error.hints].join('\n')
}

describe('lineage', (test) => {
  test('a newer source is published, an older one is superseded, a rollback is wanted', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      const old = box.git('clone', 'rev-parse', 'HEAD')
      await publishFrom(clone, { tree: tree('old') })
      const next = box.commit('clone', 'a', '1')
      is((await publishFrom(clone, { tree: tree('new') })).kind, 'published')
      const outcome = await publishFrom(clone, { source: old, tree: tree('old') })
      is(outcome.kind, 'superseded')
      is(outcome.commit, undefined)
      is(live(box), 'new')
      is((await publishFrom(clone, { source: old, tree: tree('old'), allowDiverged: true })).kind, 'superseded')
      is((await publishFrom(clone, { source: old, tree: tree('old'), rollback: true })).kind, 'published')
      is(live(box), 'old')
      is((await publishFrom(clone, { source: next, tree: tree('new') })).kind, 'published')
      // The same source and another tree: a newer version of ourselves.
      is((await publishFrom(clone, { source: next, tree: tree('newer') })).kind, 'published')
    }))

  test('sources that diverged are refused, unless it is allowed', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      box.git('clone', 'branch', 'side')
      box.commit('clone', 'a', '1')
      await publishFrom(clone, { tree: tree('main') })
      box.git('clone', 'checkout', '--quiet', 'side')
      box.commit('clone', 'b', '1')
      const said = await refused(publishFrom(clone, { tree: tree('side') }))
      ok(said.includes('--allow-diverged'))
      await refused(publishFrom(clone, { tree: tree('side'), rollback: true }))
      is(live(box), 'main')
      is((await publishFrom(clone, { tree: tree('main') })).kind, 'unchanged')
      box.git('clone', 'merge', '--quiet', 'main')
      is((await publishFrom(clone, { tree: tree('merged') })).kind, 'published')
      box.git('clone', 'checkout', '--quiet', '-b', 'third', 'HEAD~1')
      box.commit('clone', 'c', '1')
      is((await publishFrom(clone, { tree: tree('third'), allowDiverged: true })).kind, 'published')
      is(live(box), 'third')
    }))

  test('a source that is not here is refused, unless it is allowed', () =>
    sandboxed(async (box) => {
      const { clone, remote } = box.pair()
      const other = box.clone(remote, 'other')
      box.commit('other', 'a', '1')
      await publishFrom(other, { tree: tree('other') })
      const said = await refused(publishFrom(clone, { tree: tree('clone') }))
      ok(said.includes('--allow-diverged') && !said.includes('shallow'), said)
      is((await publishFrom(clone, { tree: tree('back'), rollback: true })).kind, 'published')
      await publishFrom(other, { tree: tree('other') })
      is((await publishFrom(clone, { tree: tree('clone'), allowDiverged: true })).kind, 'published')
    }))

  test('a shallow clone says what it lacks', () =>
    sandboxed(async (box) => {
      const { clone, remote } = box.pair()
      await publishFrom(clone, { tree: tree('1') })
      for (const n of ['a', 'b']) box.commit('clone', n, n)
      box.git('clone', 'push', '--quiet', 'origin', 'main')
      const shallow = box.clone(`file://${remote}`, 'shallow', '--depth', '1')
      const said = await refused(publishFrom(shallow, { tree: tree('2') }))
      ok(said.includes('fetch-depth: 0'), said)
      // Both commits are here, but not what lies between them.
      box.git('shallow', 'fetch', '--quiet', '--depth', '1', 'origin', box.git('clone', 'rev-parse', 'main~2'))
      ok((await refused(publishFrom(shallow, { tree: tree('2') }))).includes('fetch-depth: 0'))
      box.git('shallow', 'fetch', '--quiet', '--unshallow')
      is((await publishFrom(shallow, { tree: tree('2') })).kind, 'published')
    }))

  test('a branch whose own history is cut off is not taken for a new one', () =>
    sandboxed(async (box) => {
      const { clone, remote } = box.pair()
      await publishFrom(clone, { tree: tree('1') })
      box.clone(remote, 'other', '--branch', 'live')
      box.commit('other', 'CODEOWNERS', 'x')
      box.git('other', 'push', '--quiet')
      const shallow = box.clone(`file://${remote}`, 'shallow', '--depth', '1', '--no-single-branch')
      ok((await refused(publishFrom(shallow, { tree: tree('2') }))).includes('fetch-depth: 0'))
      is((await publishFrom(clone, { tree: tree('2') })).kind, 'published')
    }))

  test('only a trailer of this mesh counts, also below commits of others', () =>
    sandboxed(async (box) => {
      const { clone, remote } = box.pair()
      const old = box.git('clone', 'rev-parse', 'HEAD')
      const newer = box.commit('clone', 'a', '1')
      await publishFrom(clone, { tree: tree('new') })
      box.clone(remote, 'other', '--branch', 'live')
      box.write('other/CODEOWNERS', 'x')
      box.git('other', 'add', 'CODEOWNERS')
      const quoted = `by hand\n\nMesh-Name: shop\nMesh-Source-Commit: ${old}\nwas wrong.\n\nReviewed-by: me`
      box.git('other', 'commit', '--quiet', '--message', quoted)
      box.git('other', 'push', '--quiet')
      await publishFrom(clone, { mesh: 'shop-2', source: old, tree: rendered({ 'clusters/north/x': '1' }, 'shop-2') })
      is((await publishFrom(clone, { source: old, tree: tree('old') })).kind, 'superseded')
      is((await publishFrom(clone, { source: newer, tree: tree('newest') })).kind, 'published')
      is(box.git('remote.git', 'rev-list', '--count', 'live'), '4')
    }))

  test('what was merged into the branch from the side does not count', () =>
    sandboxed(async (box) => {
      const { clone, remote } = box.pair()
      await publishFrom(clone, { tree: tree('1') })
      box.clone(remote, 'other', '--branch', 'live')
      box.git('other', 'checkout', '--quiet', '-b', 'side')
      const trailers = `side\n\nMesh-Name: shop\nMesh-Source-Commit: ${'a'.repeat(40)}`
      box.git('other', 'commit', '--quiet', '--allow-empty', '--message', trailers)
      box.git('other', 'checkout', '--quiet', 'live')
      box.git('other', 'merge', '--quiet', '--no-ff', '--message', 'merge', 'side')
      box.git('other', 'push', '--quiet')
      is((await publishFrom(clone, { tree: tree('2') })).kind, 'published')
    }))

  test('a commit squashed from several tells the newest source of each mesh', () =>
    sandboxed(async (box) => {
      const { clone, remote } = box.pair()
      const old = box.git('clone', 'rev-parse', 'HEAD')
      const newer = box.commit('clone', 'a', '1')
      await publishFrom(clone, { source: old, tree: tree('1') })
      box.clone(remote, 'other', '--branch', 'live')
      const pairs = [
        ['shop', old],
        ['shop', newer],
        ['shop-2', old],
      ].map(([name, source]) => `Mesh-Name: ${name ?? ''}\nMesh-Source-Commit: ${source ?? ''}\n`)
      box.git('other', 'commit', '--quiet', '--allow-empty', '--message', `squashed\n\n${pairs.join('')}`)
      box.git('other', 'push', '--quiet')
      is((await publishFrom(clone, { source: old, tree: tree('2') })).kind, 'superseded')
    }))

  test('settings of the user do not confuse what is read', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      const old = box.git('clone', 'rev-parse', 'HEAD')
      const settings = {
        'log.showSignature': 'true',
        'color.ui': 'always',
        'color.grep': 'always',
        'core.quotePath': 'true',
        'grep.patternType': 'perl',
        'grep.lineNumber': 'true',
        'grep.column': 'true',
        'grep.fullName': 'false',
        'status.relativePaths': 'true',
        'push.followTags': 'true',
        'push.default': 'nothing',
        'trailer.separators': '=',
        'fetch.prune': 'true',
        'submodule.recurse': 'true',
        'core.autocrlf': 'true',
        'format.pretty': 'fuller',
      }
      for (const [key, value] of Object.entries(settings)) box.git('clone', 'config', key, value)
      box.commit('clone', 'a', '1')
      await publishFrom(clone, { tree: tree('new') })
      is((await publishFrom(clone, { tree: tree('new') })).kind, 'unchanged')
      is((await publishFrom(clone, { tree: rendered({ 'clusters/y.yaml': '1\n' }) })).changes.deleted.length, 1)
      is((await publishFrom(clone, { source: old, tree: tree('old') })).kind, 'superseded')
    }))
})
