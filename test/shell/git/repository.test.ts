import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, equal, is, ok, rejected } from '../../suite.ts'
import { Failure } from '../../../src/diagnostics/failure.ts'
import { openRepository } from '../../../src/shell/git/repository.ts'
import { sandboxed } from './sandbox.ts'

const texts = (files: ReadonlyMap<string, Uint8Array>): Record<string, string> =>
  Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('latin1')]))

describe('git repository', (test) => {
  test('a folder knows its root and its place below it', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      box.write('clone/env/prod/x', '')
      equal(await shape(join(clone, 'env/prod')), { root: clone, prefix: 'env/prod' })
      equal(await shape(clone), { root: clone, prefix: '' })
    }))

  test('GIT_DIR, as a hook has it, does not lead elsewhere', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      box.env('GIT_DIR', join(box.folder, 'remote.git'))
      box.env('GIT_INDEX_FILE', join(box.folder, 'no-index'))
      equal(await shape(clone), { root: clone, prefix: '' })
      equal(await (await openRepository(clone)).changedPaths(['']), [])
    }))

  test('files of a commit come as they are stored, without links and submodules', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      const first = box.git('clone', 'rev-parse', 'HEAD')
      box.write('clone/env/mesh.yaml', 'a: 1\r\n')
      box.write('clone/env/mesh.lock/a b.yaml', '\u0000 \n\n')
      box.write('clone/env/other.yaml', 'x')
      box.write('clone/env/é*.yaml', 'ü')
      symlinkSync('/etc/passwd', join(clone, 'env/mesh.lock/link.yaml'))
      box.git('clone', 'update-index', '--add', '--cacheinfo', `160000,${first},env/mesh.lock/sub`)
      box.git('clone', 'add', 'env')
      box.git('clone', 'commit', '--quiet', '--message', 'env')
      box.write('clone/env/mesh.yaml', 'a: 2\n')
      const repository = await openRepository(join(clone, 'env'))
      const at = async (...paths: string[]) => texts(await repository.filesAt(await repository.head(), paths))
      equal(await at('mesh.yaml', './mesh.lock/', 'missing'), {
        'mesh.lock/a b.yaml': '\u0000 \n\n',
        'mesh.yaml': 'a: 1\r\n',
      })
      equal(await at('../mesh.yaml', 'é*.yaml'), { '../mesh.yaml': 'mesh: shop\n', 'é*.yaml': 'Ã¼' })
      is(Object.keys(await at('.')).length, 4)
      is(Object.keys(await at('..')).length, 5)
      equal(await at(), {})
      equal(texts(await repository.filesAt(first, ['mesh.yaml'])), {})
      ok((await rejected(repository.filesAt(first, ['../../x']))) instanceof Failure)
    }))

  test('many and large files arrive whole', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      for (let i = 0; i < 200; i += 1) box.write(`clone/lock/${String(i)}.yaml`, `${String(i)}\n`.repeat(5000))
      box.git('clone', 'add', 'lock')
      box.git('clone', 'commit', '--quiet', '--message', 'lock')
      const repository = await openRepository(clone)
      const files = await repository.filesAt(await repository.head(), ['lock'])
      is(files.size, 200)
      for (const [path, bytes] of files) is(Buffer.compare(Buffer.from(bytes), readFileSync(join(clone, path))), 0)
    }))

  test('changes in the index, in the work tree and of new files are seen, and the index is not written', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      for (const name of ['staged', 'dirty', 'gone', 'clean', 'back', 'old-name'])
        box.commit('clone', `env/lock/${name}`, name)
      box.commit('clone', '.gitignore', 'ignored\n')
      box.write('clone/env/lock/staged', 'more')
      box.write('clone/env/lock/back', 'more')
      box.git('clone', 'add', 'env')
      box.write('clone/env/lock/back', 'back')
      box.write('clone/env/lock/dirty', 'more')
      box.write('clone/env/lock/new/file', '')
      box.write('clone/env/lock/ignored', '')
      box.write('clone/env/elsewhere', '')
      box.git('clone', 'rm', '--quiet', 'env/lock/gone')
      box.git('clone', 'mv', 'env/lock/old-name', 'env/lock/renamed')
      const index = readFileSync(join(clone, '.git/index'))
      const repository = await openRepository(join(clone, 'env'))
      const expected = [
        'lock/back',
        'lock/dirty',
        'lock/gone',
        'lock/new/file',
        'lock/old-name',
        'lock/renamed',
        'lock/staged',
      ]
      equal(await repository.changedPaths(['lock', '../mesh.yaml', 'missing']), expected)
      equal(await repository.changedPaths(['lock/clean', '*']), [])
      equal(await repository.changedPaths(['.']), ['elsewhere', ...expected])
      equal(await repository.changedPaths([]), [])
      is(Buffer.compare(index, readFileSync(join(clone, '.git/index'))), 0)
    }))

  test('what is missing is said', () =>
    sandboxed(async (box) => {
      mkdirSync(join(box.folder, 'plain'))
      box.git('.', 'init', '--quiet', 'fresh')
      box.git('.', 'init', '--quiet', '--bare', 'bare')
      const { clone } = box.pair()
      const messages = [
        await rejected(openRepository(join(box.folder, 'nowhere'))),
        await rejected(openRepository(join(box.folder, 'plain'))),
        await rejected(openRepository(join(box.folder, 'bare'))),
        await rejected((await openRepository(join(box.folder, 'fresh'))).head()),
        await rejected((await openRepository(clone)).commitAt('--all')),
      ]
      box.env('PATH', join(box.folder, 'plain'))
      messages.push(await rejected(openRepository(clone)))
      for (const error of messages) ok(error instanceof Failure, String(error))
      is(new Set(messages.map((error) => error.message)).size, messages.length)
      ok(messages.at(-1)?.message.includes('git was not found'))
    }))

  test('a revision is named as a user names it', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      const first = box.git('clone', 'rev-parse', 'HEAD')
      const second = box.commit('clone', 'a', 'a')
      box.git('clone', 'tag', '--annotate', '--message', 'x', 'v1')
      const repository = await openRepository(clone)
      equal([await repository.commitAt('main~1'), await repository.commitAt('v1')], [first, second])
    }))
})

async function shape(folder: string): Promise<{ root: string; prefix: string }> {
  const { root, prefix } = await openRepository(folder)
  return { root, prefix }
}
