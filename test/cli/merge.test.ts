import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, equal, is, match, ok } from '../suite.ts'
import { repository, type Repo } from './repository.ts'

/** Two branches that both change the mesh, merged as far as git gets. */
function merged(left: (box: Repo) => void, right: (box: Repo) => void): Repo {
  const box = repository()
  box.run('checkout', '--quiet', '-b', 'side')
  right(box)
  box.commit('right')
  box.run('checkout', '--quiet', 'main')
  left(box)
  box.commit('left')
  box.git('merge', '--quiet', '--no-edit', 'side')
  return box
}

function generated(box: Repo): void {
  const { code, err } = box.meshwright('generate')
  if (code !== 0) throw new Error(err)
}

const addBefore = (box: Repo, anchor: string, text: string): void => {
  const mesh = readFileSync(join(box.mesh, 'mesh.yaml'), 'utf8')
  ok(mesh.includes(anchor))
  box.write('mesh.yaml', mesh.replace(anchor, `${text}${anchor}`))
}

const service = (name: string, namespace: string): string =>
  `  - name: ${name}\n    namespace: ${namespace}\n    clusters: [cluster-2]\n    ports: [{ name: http, port: 8000, protocol: HTTP }]\n    serviceAccounts: [${name}]\n`

describe('merge', (test) => {
  test('a conflict in the output is mended from intent and lock alone, and told', () => {
    const box = merged(
      (b) => {
        addBefore(b, '  - name: svc-2', service('svc-4', 'bar'))
        generated(b)
      },
      (b) => {
        b.addService('svc-3')
        generated(b)
      },
    )
    const unmerged = box.run('diff', '--name-only', '--diff-filter=U').split('\n')
    ok(unmerged.length > 0 && unmerged.every((path) => path.startsWith('output/')), unmerged.join(' '))
    const markers = (): string => box.git('grep', '--name-only', '-e', '^<<<<<<< ', '--', 'output').out.trim()
    equal(markers().split('\n'), unmerged)
    is(box.meshwright('generate', '--check').code, 1)
    const { code, err } = box.meshwright('generate')
    is(code, 0, err)
    for (const path of unmerged) ok(err.includes(`mended after a merge, from intent and lock alone: ${path}`), err)
    is(markers(), '')
    box.commit('Merge')
    is(box.meshwright('generate', '--check').code, 0)
    is(box.meshwright('publish').code, 0)
    const published = box.run('--git-dir', box.remote, 'show', 'environments/shop:clusters/cluster-1/services/bar.yaml')
    for (const name of ['svc-2', 'svc-3', 'svc-4']) ok(published.includes(`${name}.bar.global`))
    box.done()
  })

  test('a conflict in the first line, as git leaves it of renamed files, is mended too', () => {
    const box = repository()
    const path = 'output/clusters/cluster-1/services/bar.yaml'
    const whole = readFileSync(join(box.mesh, path), 'utf8')
    const [first = '', ...rest] = whole.split('\n')
    const other = first.replace('cluster-1', 'cluster-9')
    box.write(path, ['<<<<<<< HEAD', other, '=======', first, '>>>>>>> side', ...rest].join('\n'))
    const { code, err } = box.meshwright('generate')
    is(code, 0, err)
    match(err, /mended after a merge[^\n]*bar\.yaml/)
    is(readFileSync(join(box.mesh, path), 'utf8'), whole)
    // A text of the user that only quotes us stays.
    box.write(path, `<<<<<<< HEAD\nmine\n=======\n${other}\n>>>>>>> side\n`)
    is(box.meshwright('generate').code, 3)
    box.done()
  })

  test('a conflict in the lock of a host is told with both addresses, and never mixed', () => {
    const address = (b: Repo, ip: string): void => {
      addBefore(b, '  - name: svc-2', service('svc-3', 'bar').replace(/\n$/, `\n    address: ${ip}\n`))
      generated(b)
    }
    const box = merged(
      (b) => address(b, '240.20.0.10'),
      (b) => address(b, '240.20.0.20'),
    )
    const file = 'mesh.lock/hosts/bar/svc-3.yaml'
    ok(box.run('diff', '--name-only', '--diff-filter=U').split('\n').includes(file))
    // The intent is for people to merge; the lock is what is told.
    box.run('checkout', '--ours', '--', 'mesh.yaml')
    const before = readFileSync(join(box.mesh, file), 'utf8')
    for (const command of [['generate'], ['generate', '--check'], ['validate']]) {
      const { code, err } = box.meshwright(...command)
      is(code, 2, err)
      match(err, /MESH-E608/)
      match(err, /HEAD: address 240\.20\.0\.10, exposed from cluster-2 \(8000\); side: address 240\.20\.0\.20, exposed/)
      match(err, /git checkout --ours/)
    }
    is(readFileSync(join(box.mesh, file), 'utf8'), before)
    box.run('checkout', '--ours', '--', file)
    const { code, err } = box.meshwright('generate')
    is(code, 0, err)
    match(readFileSync(join(box.mesh, file), 'utf8'), /^address: 240\.20\.0\.10$/m)
    box.done()
  })

  test('the same new address on two branches is found although git sees no conflict', () => {
    const box = merged(
      (b) => {
        addBefore(b, '  - name: svc-2', service('svc-3', 'bar').replace(/\n$/, '\n    address: 240.20.0.10\n'))
        generated(b)
      },
      (b) => {
        b.write(
          'mesh.yaml',
          `${readFileSync(join(b.mesh, 'mesh.yaml'), 'utf8')}${service('svc-4', 'foo')}    address: 240.20.0.10\n`,
        )
        generated(b)
      },
    )
    const { code, err } = box.meshwright('validate')
    is(code, 2)
    match(err, /MESH-E(311|307)/)
    box.done()
  })
})
