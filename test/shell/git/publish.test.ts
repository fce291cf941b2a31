import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, equal, is, ok, rejected } from '../../suite.ts'
import { Failure } from '../../../src/diagnostics/failure.ts'
import { header } from '../../../src/tree/ownership.ts'
import { publishFrom, publishLocally, rendered, sandboxed, two, type Sandbox } from './sandbox.ts'

const EAST = 'clusters/east/services/api.yaml'
const WEST = 'clusters/west/services/api.yaml'

/** Puts a commit with these files on the branch `live` of the remote, as somebody else would. */
function foreignCommit(box: Sandbox, files: Readonly<Record<string, string>>): string {
  const other = `other-${String(Object.keys(files).length)}-${String(Math.random()).slice(2)}`
  box.clone(join(box.folder, 'remote.git'), other)
  try {
    box.git(other, 'checkout', '--quiet', 'live')
  } catch {
    box.git(other, 'checkout', '--quiet', '--orphan', 'live')
    box.git(other, 'rm', '-r', '--quiet', '--force', '.')
  }
  for (const [path, text] of Object.entries(files)) box.write(join(other, path), text)
  box.git(other, 'add', '--all')
  box.git(other, 'commit', '--quiet', '--message', 'by hand')
  box.git(other, 'push', '--quiet', 'origin', 'live')
  return box.git(other, 'rev-parse', 'HEAD')
}

const files = (box: Sandbox): string[] => box.git('remote.git', 'ls-tree', '-r', '--name-only', 'live').split('\n')

describe('publish', (test) => {
  test('the first time makes a branch of its own, the second time nothing', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      const source = box.git('clone', 'rev-parse', 'HEAD')
      const first = await publishFrom(clone)
      is(first.kind, 'published')
      equal(first.changes, { added: [EAST, WEST], modified: [], deleted: [] })
      is(first.previous, undefined)
      is(box.git('remote.git', 'rev-parse', 'live'), first.commit)
      is(box.git('remote.git', 'rev-list', '--count', 'live'), '1')
      is(box.git('remote.git', 'show', `live:${EAST}`), two.get(EAST)?.trim())
      is(
        box.git('remote.git', 'log', '-1', '--format=%an <%ae>%n%B', 'live'),
        `Tess Ter <tess@example.test>
mesh shop: render ${source.slice(0, 7)} (2 clusters, 2 files changed)

east: file services/api.yaml added
west: file services/api.yaml added

Mesh-Name: shop
Mesh-Source-Commit: ${source}
Generated-by: meshwright 1.2.3`,
      )
      const second = await publishFrom(clone)
      equal(second, {
        kind: 'unchanged',
        branch: 'live',
        ...(first.commit !== undefined && { previous: first.commit }),
        changes: { added: [], modified: [], deleted: [] },
      })
      // A newer source with the same output is no reason for a commit either.
      box.commit('clone', 'README', 'x')
      is((await publishFrom(clone)).kind, 'recorded')
      is(box.git('remote.git', 'rev-parse', 'live'), first.commit)
      is((await publishFrom(clone)).kind, 'unchanged')
    }))

  test('one changed file, one stale file, and the mode of a file', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      await publishFrom(clone)
      const changed = rendered({ [EAST]: 'kind: Service\n' })
      const outcome = await publishFrom(clone, { tree: changed, summary: () => ['east: ü\nMesh-Name: evil'] })
      equal(outcome.changes, { added: [], modified: [EAST], deleted: [WEST] })
      equal(files(box), [EAST])
      is(box.git('remote.git', 'rev-parse', 'live~1'), outcome.previous)
      ok(box.git('remote.git', 'log', '-1', '--format=%B', 'live').includes('\neast: ü Mesh-Name: evil\n'))
      box.clone(join(box.folder, 'remote.git'), 'other', '--branch', 'live')
      box.git('other', 'update-index', '--chmod=+x', EAST)
      box.git('other', 'commit', '--quiet', '--message', 'x')
      box.git('other', 'push', '--quiet')
      equal((await publishFrom(clone, { tree: changed })).changes.modified, [EAST])
      ok(box.git('remote.git', 'ls-tree', '-r', 'live').startsWith('100644'))
    }))

  test('files of others on the branch stay, whatever they look like', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      const odd = 'clusters/east/ü "quoted"\t.yaml'
      const theirs = {
        CODEOWNERS: '* @team\n',
        [odd]: 'x\n',
        // Copied from ours: the path in the header tells.
        'clusters/east/copy.yaml': header('shop', EAST),
        'clusters/mentions.md': `text\n${header('shop', 'clusters/mentions.md')}`,
        'clusters/north/services/api.yaml': header('other', 'clusters/north/services/api.yaml'),
        'clusters/shop-2.yaml': header('shop-2', 'clusters/shop-2.yaml'),
      }
      const tip = foreignCommit(box, theirs)
      const outcome = await publishFrom(clone)
      is(outcome.previous, tip)
      equal(outcome.changes, { added: [EAST, WEST], modified: [], deleted: [] })
      const gone = await publishFrom(clone, { tree: new Map() })
      equal(gone.changes, { added: [], modified: [], deleted: [EAST, WEST] })
      is(box.git('remote.git', 'rev-parse', 'live^{tree}'), box.git('remote.git', 'rev-parse', `${tip}^{tree}`))
    }))

  test('a stale file is found although its attributes call it binary', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      await publishFrom(clone)
      foreignCommit(box, { '.gitattributes': '*.yaml -diff binary\n' })
      equal((await publishFrom(clone, { tree: rendered({ [EAST]: 'kind: ServiceEntry\n' }) })).changes.deleted, [WEST])
    }))

  test('a file of somebody else at our path is refused, and so is one in our way', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      const refused = async (): Promise<string> => {
        const before = box.git('remote.git', 'rev-parse', 'live')
        const error = await rejected(publishFrom(clone))
        ok(error instanceof Failure)
        is(error.exitCode, 3)
        is(box.git('remote.git', 'rev-parse', 'live'), before)
        box.git('remote.git', 'update-ref', '-d', 'refs/heads/live')
        return error.hints.join('\n')
      }
      foreignCommit(box, { [EAST]: 'by hand\n' })
      ok((await refused()).includes(EAST))
      foreignCommit(box, { [EAST]: header('other', EAST), [WEST]: header('shop', WEST) })
      const hints = await refused()
      ok(hints.includes('the mesh other') && !hints.includes(WEST))
      foreignCommit(box, { 'clusters/east': 'a file\n' })
      ok((await refused()).includes('clusters/east:'))
      foreignCommit(box, { [`${EAST}/inside`]: 'a folder\n' })
      ok((await refused()).includes(`${EAST}/inside`))
      foreignCommit(box, { 'clusters/east/services/API.yaml': 'mine\n' })
      ok((await refused()).includes('upper and lower case'))
      box.clone(join(box.folder, 'remote.git'), 'linker')
      box.git('linker', 'checkout', '--quiet', '--orphan', 'live')
      box.write('linker/clusters/x', '')
      symlinkSync('../west', join(box.folder, 'linker/clusters/east'))
      box.git('linker', 'add', '--all')
      box.git('linker', 'commit', '--quiet', '--message', 'link')
      box.git('linker', 'push', '--quiet', 'origin', 'live')
      ok((await refused()).includes('not a regular file'))
    }))

  test('a stale file of ours makes room for a folder, and the other way round', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      await publishFrom(clone, { tree: rendered({ 'a/b': 'x\n' }) })
      await publishFrom(clone, { tree: rendered({ a: 'x\n' }) })
      equal(files(box), ['a'])
      await publishFrom(clone, { tree: rendered({ 'a/b': 'x\n' }) })
      equal(files(box), ['a/b'])
    }))

  test('a file without a header is ours by its path', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      const headerless = ['report.json']
      await publishFrom(clone, { tree: new Map([...two, ['report.json', '{}\n']]), headerless })
      await publishFrom(clone, { tree: new Map([...two, ['report.json', '[]\n']]), headerless })
      is(box.git('remote.git', 'show', 'live:report.json'), '[]')
      equal((await publishFrom(clone, { headerless })).changes.deleted, ['report.json'])
    }))

  test('two meshes share a branch', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      await publishFrom(clone)
      const tree = rendered({ 'clusters/north/api.yaml': 'x\n' }, 'shop-2')
      await publishFrom(clone, { mesh: 'shop-2', tree })
      is((await publishFrom(clone)).kind, 'unchanged')
      is((await publishFrom(clone, { mesh: 'shop-2', tree })).kind, 'unchanged')
      equal(files(box), [EAST, 'clusters/north/api.yaml', WEST])
    }))

  test('work tree, index, branches and FETCH_HEAD of the user stay as they are, dirty as they may be', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      box.write('clone/mesh.yaml', 'dirty\n')
      box.write('clone/staged', 'staged\n')
      box.git('clone', 'add', 'staged')
      box.write('clone/staged', 'and more\n')
      box.write(`clone/${EAST}`, 'untracked\n')
      const state = (): string[] => [
        box.git('clone', 'status', '--porcelain'),
        readFileSync(join(clone, '.git/index'), 'latin1'),
        box.git('clone', 'for-each-ref', 'refs/heads', 'refs/meshwright', 'refs/tags'),
        box.git('clone', 'rev-parse', 'HEAD'),
        String(existsSync(join(clone, '.git/FETCH_HEAD'))),
      ]
      const before = state()
      await publishFrom(clone)
      foreignCommit(box, { CODEOWNERS: 'x\n' })
      await publishFrom(clone, { tree: rendered({ [EAST]: 'new\n' }) })
      foreignCommit(box, { [EAST]: 'by hand\n' })
      const seen = box.git('clone', 'for-each-ref', 'refs/remotes')
      await rejected(publishFrom(clone))
      is(box.git('clone', 'for-each-ref', 'refs/remotes'), seen)
      equal(state(), before)
    }))

  test('a dry run does everything but the push', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      const outcome = await publishFrom(clone, { dryRun: true })
      equal(outcome.changes.added, [EAST, WEST])
      is(box.git('clone', 'cat-file', '-t', outcome.commit ?? ''), 'commit')
      is(box.git('remote.git', 'for-each-ref', 'refs/heads/live'), '')
      await publishLocally(clone, { dryRun: true })
      is(box.git('clone', 'for-each-ref', 'refs/heads/live', 'refs/meshwright'), '')
    }))

  test('with a fixed date the commit is the same each time', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      box.env('GIT_AUTHOR_DATE', '@1 +0100')
      const date = new Date('2024-02-03T04:05:06Z')
      const first = await publishFrom(clone, { date })
      is(
        box.git('remote.git', 'log', '-1', '--format=%aI %cI', 'live'),
        '2024-02-03T04:05:06+00:00 2024-02-03T04:05:06+00:00',
      )
      box.git('remote.git', 'update-ref', '-d', 'refs/heads/live')
      is((await publishFrom(clone, { date })).commit, first.commit)
    }))

  test('a repository with SHA-256 ids', () =>
    sandboxed(async (box) => {
      box.git('.', 'init', '--quiet', '--object-format=sha256', 'big')
      box.commit('big', 'mesh.yaml', 'mesh: shop\n')
      const big = join(box.folder, 'big')
      is((await publishLocally(big)).kind, 'published')
      is((await publishLocally(big)).kind, 'unchanged')
    }))

  test('thousands of files', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      const many = (n: number) =>
        rendered(
          Object.fromEntries(
            Array.from({ length: n }, (_, i) => [`clusters/c${String(i % 50)}/${String(i)}.yaml`, `n: ${String(i)}\n`]),
          ),
        )
      is((await publishFrom(clone, { tree: many(3000) })).changes.added.length, 3000)
      is((await publishFrom(clone, { tree: many(3000) })).kind, 'unchanged')
      is((await publishFrom(clone, { tree: many(2000) })).changes.deleted.length, 1000)
      const body = box.git('remote.git', 'log', '-1', '--format=%b', 'live')
      ok(body.includes('and 30 more'))
    }))
})
