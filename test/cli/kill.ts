/** What must hold of generate and publish when they are killed. */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTree } from '../fixture.ts'
import { killAtEachPoint } from '../kill-points.ts'
import { equal, is, ok } from '../suite.ts'
import { BRANCH, repository } from './repository.ts'

/** Lock and output as one text each, without what an unfinished write has put beside them. */
function stateOf(mesh: string): string {
  return ['mesh.lock', 'output']
    .flatMap((folder) =>
      [...readTree(join(mesh, folder))].map(([path, bytes]) => `${folder}/${path}\n${bytes.toString()}`),
    )
    .filter((text) => !text.includes('.meshwright-write'))
    .join('\0')
}

/** @returns how many times it was killed */
export async function killGenerate(step: number): Promise<number> {
  const box = repository()
  // One service less and one more: files are added, changed and removed.
  const intent = join(box.mesh, 'mesh.yaml')
  const text = readFileSync(intent, 'utf8')
  writeFileSync(intent, text.slice(0, text.indexOf('  - name: svc-2')))
  box.addService('svc-3')
  const saved = join(box.root, 'saved')
  for (const folder of ['mesh.lock', 'output']) cpSync(join(box.mesh, folder), join(saved, folder), { recursive: true })
  const back = (): void => {
    for (const folder of ['mesh.lock', 'output']) {
      rmSync(join(box.mesh, folder), { recursive: true, force: true })
      cpSync(join(saved, folder), join(box.mesh, folder), { recursive: true })
    }
  }
  const old = stateOf(box.mesh)
  is(box.meshwright('generate').code, 0)
  const now = stateOf(box.mesh)
  ok(old !== now)
  const kills = await killAtEachPoint(box, ['generate'], step, back, ({ point }) => {
    const unfinished = existsSync(join(box.mesh, 'mesh.lock/.meshwright-write/journal.json'))
    const state = stateOf(box.mesh)
    if (unfinished) is(box.meshwright('publish', '--dry-run').code, 3, `half of a write is not read, ${String(point)}`)
    else ok(state === old || state === now, `neither old nor new, ${String(point)}`)
    const next = box.meshwright('generate')
    is(next.code, 0, next.err)
    ok(stateOf(box.mesh) === now, `not what it should become, ${String(point)}`)
    equal(leftovers(box.mesh), [])
  })
  is(stateOf(box.mesh) === now, true)
  box.done()
  return kills
}

function leftovers(mesh: string): string[] {
  return [...readTree(mesh).keys()].filter((path) => path.includes('.meshwright-write'))
}

/** @returns how many times it was killed */
export async function killPublish(step: number): Promise<number> {
  const box = repository()
  is(box.meshwright('publish').code, 0)
  box.addService('svc-3')
  is(box.meshwright('generate').code, 0)
  box.commit('Add svc-3')
  const remote = (...args: readonly string[]): string => box.run('--git-dir', box.remote, ...args)
  const record = `refs/notes/meshwright/shop/${BRANCH}`
  const [oldTip, oldRecord] = [remote('rev-parse', BRANCH), remote('rev-parse', record)]
  const status = box.run('status', '--porcelain')
  const back = (): void => {
    remote('update-ref', `refs/heads/${BRANCH}`, oldTip)
    remote('update-ref', record, oldRecord)
  }
  let tree = ''
  const isNew = (): void => {
    is(remote('rev-parse', `${BRANCH}~1`), oldTip, 'one commit more, and no second one')
    const [is_, was] = [remote('rev-parse', `${BRANCH}^{tree}`), tree]
    ok(was === '' || is_ === was, 'another tree')
    tree = is_
    is(remote('rev-parse', `${record}~1`), oldRecord)
  }
  const kills = await killAtEachPoint(box, ['publish'], step, back, () => {
    if (remote('rev-parse', BRANCH) === oldTip) is(remote('rev-parse', record), oldRecord, 'both or none')
    else isNew()
    is(box.run('status', '--porcelain'), status)
    const next = box.meshwright('publish')
    is(next.code, 0, next.err)
    isNew()
  })
  isNew()
  is(box.git('--git-dir', box.remote, 'fsck', '--strict').code, 0)
  is(box.git('fsck', '--strict').code, 0)
  box.done()
  return kills
}
