/** The installed hook in all that Git does besides a plain commit. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, is, match, ok } from '../suite.ts'
import { addService, committed, done, isWhole, lockOf, refused, repository, service, status } from './hook.ts'

describe('hook run in the ways of Git', (test) => {
  test('another work tree', () => {
    const box = repository()
    const other = join(box.root, 'other')
    done(box.git('worktree', 'add', '--quiet', '-b', 'other', other))
    appendFileSync(join(other, 'mesh.yaml'), service('svc-3'))
    mkdirSync(join(other, 'sub'))
    done(box.git('-C', join(other, 'sub'), 'commit', '--all', '--message=Add'))
    is(box.git('cat-file', '-e', `other:${lockOf('svc-3')}`).code, 0)
    isWhole(box, other)
    is(status(box), '')
    box.done()
  })

  test('a sparse checkout without the output is checked by the index, and stays without it', () => {
    const box = repository()
    done(box.git('sparse-checkout', 'set', '--no-cone', '/*', '!/output/'))
    ok(!existsSync(join(box.mesh, 'output')))
    appendFileSync(join(box.mesh, 'mesh.yaml'), '# a comment\n')
    done(box.git('commit', '--all', '--message=A comment'))
    addService(box, 'svc-3')
    box.git('add', 'mesh.yaml')
    refused(box, /the sparse checkout leaves out files of output/)
    const lock = 'mesh.lock/clusters/cluster-1.yaml'
    ok(!existsSync(join(box.mesh, 'output')))
    done(box.git('sparse-checkout', 'disable'))
    done(box.git('commit', '--message=Add'))
    ok(committed(box, lockOf('svc-3')))
    isWhole(box)

    // A lock that is right beside an output that is not.
    appendFileSync(join(box.mesh, 'output/clusters/cluster-1/gateway/gateway.yaml'), '# edited\n')
    done(box.git('commit', '--no-verify', '--all', '--message=Edit'))
    done(box.git('sparse-checkout', 'set', '--no-cone', '/*', '!/output/'))
    refused(box, /differs: output\/clusters\/cluster-1\/gateway\/gateway\.yaml[^]*sparse checkout/, '--allow-empty')
    ok(!existsSync(join(box.mesh, 'output')))
    done(box.git('sparse-checkout', 'set', '--no-cone', '/*', `!/${lock}`))
    refused(box, /sparse checkout leaves out mesh\.lock/, '--allow-empty')
    box.done()
  })

  test('a merge that conflicts nowhere has a hook of its own', () => {
    const box = repository()
    box.git('switch', '--quiet', '--create', 'other')
    addService(box, 'svc-3')
    // As after a commit in an editor that knows of no hooks.
    done(box.git('commit', '--no-verify', '--all', '--message=Add'))
    box.git('switch', '--quiet', 'main')
    done(box.git('commit', '--allow-empty', '--message=x'))
    const merge = box.git('merge', '--quiet', '--no-edit', 'other')
    ok(merge.code !== 0)
    match(merge.err, /end it with git commit/)
    done(box.git('commit', '--no-edit'))
    is(box.git('rev-list', '--parents', '--max-count=1', 'HEAD').out.trim().split(' ').length, 3)
    ok(committed(box, lockOf('svc-3')))
    isWhole(box)
    box.done()
  })

  test('a conflict in the output is mended by the commit that ends the merge, or the pick', () => {
    const box = repository()
    for (const [branch, before] of [
      ['a', 'svc-1'],
      ['b', 'svc-2'],
    ] as const) {
      done(box.git('switch', '--quiet', '--create', branch, 'main'))
      const mesh = readFileSync(join(box.mesh, 'mesh.yaml'), 'utf8')
      const place = `  - name: ${before}\n`
      writeFileSync(join(box.mesh, 'mesh.yaml'), mesh.replace(place, `${service(`new-${branch}`)}${place}`))
      done(box.git('commit', '--all', `--message=Add ${branch}`))
    }
    for (const how of ['merge', 'cherry-pick']) {
      done(box.git('switch', '--quiet', '--create', `by-${how}`, 'b'))
      match(box.git(how, 'a').out, /CONFLICT .*output/)
      box.git('checkout', '--ours', 'output')
      box.git('add', 'output')
      done(how === 'merge' ? box.git('commit', '--no-edit') : box.git('-c', 'core.editor=true', how, '--continue'))
      for (const branch of ['a', 'b']) {
        ok(committed(box, lockOf(`new-${branch}`)), how)
        const gateway = box.git('show', 'HEAD:output/clusters/cluster-2/gateway/gateway.yaml').out
        match(gateway, new RegExp(`new-${branch}\\.bar`))
      }
      isWhole(box)
    }
    box.done()
  })

  test('a rebase that stops', () => {
    const box = repository()
    for (const name of ['one', 'two']) {
      box.write(name, name)
      box.git('add', name)
      done(box.git('commit', `--message=${name}`))
    }
    done(box.git('-c', 'sequence.editor=sed -i 1s/pick/edit/', 'rebase', '--quiet', '--interactive', 'HEAD~2'))
    addService(box, 'svc-3')
    done(box.git('commit', '--all', '--amend', '--no-edit'))
    ok(committed(box, lockOf('svc-3')))
    done(box.git('-c', 'core.editor=true', 'rebase', '--continue'))
    is(box.git('log', '--format=%s', 'HEAD~2..').out, 'two\none\n')
    isWhole(box)
    box.done()
  })
})
