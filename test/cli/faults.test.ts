import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { readTree } from '../fixture.ts'
import { describe, equal, is, match, ok } from '../suite.ts'
import { BRANCH, repository } from './repository.ts'
import { sandbox, type ExecOptions, type Sandbox } from './sandbox.ts'

const NOBODY = 65_534
const isRoot = process.getuid?.() === 0

const state = (folder: string): Map<string, string> =>
  new Map(
    [...readTree(folder)].filter(([path]) => !path.startsWith('.git/')).map(([p, b]) => [p, b.toString('latin1')]),
  )

function eachEntry(folder: string, visit: (path: string, isFolder: boolean) => void): void {
  visit(folder, true)
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name)
    const stats = lstatSync(path)
    if (!stats.isSymbolicLink()) visit(path, stats.isDirectory())
  }
}

/** Makes all of it belong to somebody who may not write everywhere, as root may. */
function givenAway(box: Sandbox): ExecOptions {
  if (!isRoot) return {}
  eachEntry(box.root, (path) => chownSync(path, NOBODY, NOBODY))
  return { uid: NOBODY }
}

const canBePlain = ((): boolean => {
  const box = sandbox()
  const { code } = box.meshwrightIn(givenAway(box), '--version')
  box.done()
  return code === 0
})()

/** A disk of this size at a folder, or undefined where none can be mounted. */
function smallDisk(folder: string, kilobytes: number): { readonly done: () => void } | undefined {
  mkdirSync(folder, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(kilobytes)}k`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  return { done: () => execFileSync('umount', [folder]) }
}

const canMount = ((): boolean => {
  if (!isRoot) return false
  const box = sandbox()
  const disk = smallDisk(join(box.root, 'disk'), 64)
  disk?.done()
  box.done()
  return disk !== undefined
})()

describe('faults', (test) => {
  const plainly = canBePlain ? '' : 'NOT RUN, only root can run us here: '
  test(`${plainly}a folder in which nothing may be written is told, and nothing is changed`, () => {
    if (!canBePlain) return
    const box = repository()
    box.addService('svc-3')
    const user = givenAway(box)
    for (const folder of ['output', 'mesh.lock']) {
      const at = join(box.mesh, folder)
      eachEntry(at, (path, isFolder) => isFolder && chmodSync(path, 0o555))
      const before = state(box.mesh)
      const { code, err } = box.meshwrightIn(user, 'generate')
      is(code, 3, err)
      match(err, /cannot write: no permission[^\n]*nothing was changed/)
      equal(state(box.mesh), before)
      eachEntry(at, (path, isFolder) => isFolder && chmodSync(path, 0o755))
    }
    is(box.meshwrightIn(user, 'generate').code, 0)
    box.done()
  })

  test(`${plainly}a repository in which nothing may be written is told`, () => {
    if (!canBePlain) return
    const box = repository()
    const user = givenAway(box)
    eachEntry(join(box.mesh, '.git'), (path, isFolder) => isFolder && chmodSync(path, 0o555))
    for (const command of [['publish'], ['publish', '--no-push']]) {
      const { code, err } = box.meshwrightIn(user, ...command)
      is(code, 3, err)
      match(err, /git could not write to the repository/, err)
    }
    eachEntry(join(box.mesh, '.git'), (path, isFolder) => isFolder && chmodSync(path, 0o755))
    eachEntry(box.remote, (path, isFolder) => isFolder && chmodSync(path, 0o555))
    is(box.meshwrightIn(user, 'publish').code, 3)
    eachEntry(box.remote, (path, isFolder) => isFolder && chmodSync(path, 0o755))
    is(box.meshwrightIn(user, 'publish').code, 0)
    box.done()
  })

  test(
    canMount ? 'a full disk leaves everything as it was' : 'NOT RUN, no disk can be mounted here: a full disk',
    () => {
      if (!canMount) return
      const box = repository()
      const full = join(box.root, 'full')
      const disk = smallDisk(full, 4096)
      if (disk === undefined) return
      try {
        const mesh = join(full, 'mesh')
        cpSync(box.mesh, mesh, { recursive: true })
        cpSync(box.remote, join(full, 'remote.git'), { recursive: true })
        box.run('-C', mesh, 'remote', 'set-url', 'origin', join(full, 'remote.git'))
        const fill = (): void => {
          for (let size = 1 << 20; size >= 512; size /= 2) {
            for (let i = 0; ; i += 1) {
              try {
                writeFileSync(join(full, `fill-${String(size)}-${String(i)}`), Buffer.alloc(size))
              } catch {
                break
              }
            }
          }
        }
        const free = (): void => {
          for (const name of readdirSync(full)) if (name.startsWith('fill-')) execFileSync('rm', [join(full, name)])
        }
        const more =
          '  - { name: svc-3, namespace: bar, clusters: [cluster-2], ports: [{ name: http, port: 80, protocol: HTTP }], serviceAccounts: [x] }\n'
        writeFileSync(join(mesh, 'mesh.yaml'), more, { flag: 'a' })
        const before = state(mesh)
        fill()
        const generate = box.meshwright('generate', '-C', mesh)
        is(generate.code, 3, generate.err)
        match(generate.err, /the disk is full[^\n]*nothing was changed/)
        const after = state(mesh)
        equal(
          [...after.keys()].filter((p) => !before.has(p)),
          [],
        )
        equal(
          [...before].filter(([p, t]) => after.get(p) !== t),
          [],
        )
        free()
        is(box.meshwright('generate', '-C', mesh).code, 0)
        box.run('-C', mesh, 'add', '--all')
        box.run('-C', mesh, 'commit', '--quiet', '--message', 'Add svc-3')
        fill()
        const publish = box.meshwright('publish', '-C', mesh)
        is(publish.code, 3, publish.err)
        is(box.git('--git-dir', join(full, 'remote.git'), 'for-each-ref').out, '')
        free()
        is(box.meshwright('publish', '-C', mesh).code, 0)
        is(box.git('--git-dir', join(full, 'remote.git'), 'fsck', '--strict').code, 0)
      } finally {
        disk.done()
      }
      box.done()
    },
  )

  test('without git, what needs it says so, and all else works', () => {
    const box = repository()
    const env = { PATH: join(box.root, 'nothing') }
    for (const command of [['publish'], ['publish', '--no-push'], ['generate', '--commit']]) {
      const { code, err } = box.meshwrightIn({ env }, ...command)
      is(code, 3, err)
      match(err, /git was not found/)
    }
    is(box.meshwrightIn({ env }, 'generate').code, 0)
    is(box.meshwrightIn({ env }, 'generate', '--check').code, 0)
    box.done()
  })

  test('without a name, publish signs as a bot, and a commit on the own branch is not made', () => {
    const box = repository()
    const names = ['AUTHOR', 'COMMITTER'].flatMap((role) => [`GIT_${role}_NAME`, `GIT_${role}_EMAIL`])
    const env = Object.fromEntries(names.map((name) => [name, undefined]))
    is(box.meshwrightIn({ env }, 'publish').code, 0)
    const format = '--format=%an <%ae>, %cn <%ce>'
    const bot = 'meshwright[bot] <meshwright@localhost>'
    is(box.run('--git-dir', box.remote, 'log', '-1', format, BRANCH), `${bot}, ${bot}`)
    box.addService('svc-3')
    box.commit('Add svc-3')
    // On some machines git makes up a name of the user's and the host's.
    box.run('config', 'user.useConfigOnly', 'true')
    const { code, err } = box.meshwrightIn({ env }, 'generate', '--commit')
    is(code, 3, err)
    match(err, /does not know whose name/)
    match(err, /nothing was written/)
    is(box.run('status', '--porcelain'), '')
    box.done()
  })

  test('a checkout with CRLF line ends publishes the same bytes, and is told what differs here', () => {
    const box = repository()
    const there = join(box.root, 'windows')
    box.run('-c', 'core.autocrlf=true', 'clone', '--quiet', '--config', 'core.autocrlf=true', box.mesh, there)
    ok(state(there).get('mesh.yaml')?.includes('\r\n'))
    is(box.meshwright('publish', '--no-push').code, 0)
    const published = box.meshwright('publish', '--no-push', '-C', there)
    is(published.code, 0, published.err)
    is(box.run('-C', there, 'rev-parse', `${BRANCH}^{tree}`), box.run('rev-parse', `${BRANCH}^{tree}`))
    const check = box.meshwright('generate', '--check', '-C', there)
    is(check.code, 1)
    match(check.err, /MESH-W520/)
    // With the hint followed, the two checkouts are one.
    box.write('.gitattributes', '*.Corefile text eol=lf\n')
    box.commit('Keep line ends')
    box.run('-C', there, 'pull', '--quiet')
    box.run('-C', there, 'rm', '--quiet', '-r', '--cached', 'corefiles')
    box.run('-C', there, 'reset', '--quiet', '--hard')
    const again = box.meshwright('generate', '--check', '-C', there)
    is(again.code, 0, again.err)
    box.done()
  })

  test('an output that is a link is followed, and a file like ours but for its case is in the way', () => {
    const box = repository()
    renameSync(join(box.mesh, 'output'), join(box.root, 'elsewhere'))
    symlinkSync(join(box.root, 'elsewhere'), join(box.mesh, 'output'))
    box.addService('svc-3')
    is(box.meshwright('generate').code, 0)
    is(box.meshwright('generate', '--check').code, 0)
    ok(lstatSync(join(box.mesh, 'output')).isSymbolicLink())
    const mine = join(box.root, 'elsewhere/clusters/cluster-1/readme.md')
    writeFileSync(mine, 'mine')
    const { code, err } = box.meshwright('generate')
    is(code, 3)
    match(err, /readme\.md differs from clusters\/cluster-1\/README\.md in upper and lower case only/)
    ok(existsSync(mine))
    box.done()
  })
})
