/** The work tree and a commit of it give the same files for the same pattern. */
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { parseGlob, type Glob } from '../../../src/intent/glob.ts'
import { commitSources } from '../../../src/shell/git/commit-sources.ts'
import { openRepository } from '../../../src/shell/git/repository.ts'
import { workTreeSources, type Sources } from '../../../src/shell/sources.ts'
import { describe, equal, is, ok } from '../../suite.ts'
import { sandboxed, type Sandbox } from './sandbox.ts'

function glob(text: string): Glob {
  const parsed = parseGlob(text)
  if ('problem' in parsed) throw new Error(`${text} ${parsed.problem}`)
  return parsed.glob
}

/** A repository with all that a pattern may stumble over, committed as far as Git takes it. */
function untidy(box: Sandbox): string {
  const { clone } = box.pair()
  const files = [
    ...['services/a.yaml', 'services/b.yml', 'services/team/c.yaml', 'services/.hidden.yaml', 'services/.team/d.yaml'],
    ...['services/node_modules/e.yaml', 'envs/prod/mesh.yaml', 'envs/prod/own.yaml', 'envs/dev/own.yaml', 'top.yaml'],
    ...['services/é [x].yaml', 'services/team/deep/f.yaml', 'services.yaml/g.yaml'],
  ]
  for (const file of files) box.write(`clone/${file}`, file)
  symlinkSync('a.yaml', join(clone, 'services/link.yaml'))
  symlinkSync('services', join(clone, 'linked'))
  symlinkSync('/etc/passwd', join(clone, 'envs/prod/passwd.yaml'))
  box.git('clone', 'add', '--all', '--force')
  // A repository in the repository: Git keeps its commit, and none of its files.
  mkdirSync(join(clone, 'sub'))
  box.git('clone/sub', 'init', '--quiet')
  box.commit('clone/sub', 'services/inner.yaml', '')
  box.git('clone', 'add', 'sub')
  box.git('clone', 'commit', '--quiet', '--message', 'untidy')
  return clone
}

const PATTERNS = [
  ...['services/*.yaml', 'services/**/*.{yaml,yml}', 'services/**', '**', '**/*.yaml', 'services/a.yaml', '?op.yaml'],
  ...['linked/*.yaml', 'linked/team/*.yaml', 'sub/**', 'sub/services/*.yaml', 'nothing/*.yaml', 'services.yaml/*'],
  ...['top.yaml/*', 'services', 'services/team', 'services/*/*.yaml', '*.yaml/g.yaml'],
]

describe('files of a commit', (test) => {
  test('patterns find what they find in the work tree', () =>
    sandboxed(async (box) => {
      const clone = untidy(box)
      for (const [folder, patterns] of [
        ['', PATTERNS],
        ['envs/prod', ['*.yaml', ...['..', '../..'].flatMap((up) => PATTERNS.map((p) => `${up}/${p}`))]],
      ] as const) {
        const root = join(clone, folder)
        const repository = await openRepository(root)
        const [commit, disk] = [commitSources(repository, await repository.head()), workTreeSources(root)]
        equal(await commit.above(), await disk.above())
        let found = 0
        for (const pattern of patterns) {
          const here = await disk.find(glob(pattern))
          equal(await commit.find(glob(pattern)), here, `${folder} ${pattern}`)
          found += here.length
        }
        ok(found > 20, 'the patterns find something')
      }
    }))

  test('links are found as what they are, on the way too, and nested repositories are not entered', () =>
    sandboxed(async (box) => {
      const { find } = workTreeSources(untidy(box))
      const links = async (text: string): Promise<string[]> =>
        (await find(glob(text))).filter(({ kind }) => kind === 'symbolic link').map(({ path }) => path)
      equal(await links('services/*'), ['services/link.yaml'])
      equal(await links('linked/team/*.yaml'), ['linked'])
      equal(await find(glob('sub/**')), [])
      is((await find(glob('**/g.yaml'))).length, 1)
    }))

  test('the bytes are the same, of many files and of those above', () =>
    sandboxed(async (box) => {
      const clone = untidy(box)
      for (let i = 0; i < 450; i += 1) box.write(`clone/many/${String(i)}.yaml`, `${String(i)}\n`)
      box.git('clone', 'add', 'many')
      box.git('clone', 'commit', '--quiet', '--message', 'many')
      // Through a link to its folder, the folders above are still those of the repository.
      symlinkSync(join(clone, 'envs/prod'), join(box.folder, 'prod'))
      const repository = await openRepository(join(clone, 'envs/prod'))
      const commit = commitSources(repository, await repository.head())
      for (const root of [join(clone, 'envs/prod'), join(box.folder, 'prod')]) {
        const found = await commit.find(glob('../../{many,services}/*.yaml'))
        const paths = found.filter(({ kind }) => kind === 'file').map(({ path }) => path)
        is(paths.length, 452)
        const read = async (sources: Sources) =>
          Object.fromEntries([...(await sources.read(paths))].map(([p, b]) => [p, String(b)]))
        equal(await read(workTreeSources(root)), await read(commit))
      }
    }))

  test('without a repository there is nothing above', () =>
    sandboxed(async (box) => {
      box.write('plain/envs/prod/mesh.yaml', '')
      equal(await workTreeSources(join(box.folder, 'plain/envs/prod')).above(), [])
    }))
})
