/** A repository with the hook in it, and what must hold of its commits. */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { equal, is, match, ok } from '../suite.ts'
import { sandbox, type Result, type Sandbox } from './sandbox.ts'

export const service = (name: string): string => `  - name: ${name}
    namespace: bar
    clusters: [cluster-2]
    ports: [{ name: http, port: 8000, protocol: HTTP }]
    serviceAccounts: [${name}]
`

/** The mesh of two clusters, committed, with the hook of Git. */
export function repository(...install: readonly string[]): Sandbox {
  const box = sandbox('two-clusters')
  box.git('init', '--quiet', '--initial-branch=main')
  box.git('add', '--all')
  box.git('commit', '--quiet', '--message=Begin')
  done(box.meshwright('hook', 'install', ...install))
  return box
}

export function done(result: Result): Result {
  if (result.code !== 0) throw new Error(result.out + result.err)
  return result
}

export function addService(box: Sandbox, name: string): void {
  appendFileSync(join(box.mesh, 'mesh.yaml'), service(name))
}

export const head = (box: Sandbox): string => box.git('rev-parse', 'HEAD').out
export const status = (box: Sandbox): string => box.git('status', '--porcelain', '--untracked-files=all').out
export const committed = (box: Sandbox, path: string): boolean => box.git('cat-file', '-e', `HEAD:${path}`).code === 0
export const lockOf = (name: string): string => `mesh.lock/hosts/bar/${name}.yaml`

/** The commit is refused, for this reason, and neither branch nor index move. */
export function refused(box: Sandbox, reason: RegExp, ...commit: readonly string[]): void {
  const before = [head(box), box.git('ls-files', '--stage').out]
  const { code, err } = box.git('commit', '--message=x', ...commit)
  ok(code !== 0, `let through: ${commit.join(' ')}`)
  match(err, reason)
  equal([head(box), box.git('ls-files', '--stage').out], before)
}

/** What is checked out by itself is whole, and the work tree is clean. */
export function isWhole(box: Sandbox, folder: string = box.mesh): void {
  is(box.git('-C', folder, 'status', '--porcelain', '--untracked-files=all').out, '')
  const there = join(box.root, 'there')
  done(box.git('-C', folder, 'worktree', 'add', '--quiet', '--detach', there, 'HEAD'))
  done(box.meshwright('-C', there, 'generate', '--check'))
  done(box.git('-C', folder, 'worktree', 'remove', there))
}

export function isWholeLock(box: Sandbox): void {
  is(status(box), '')
  done(box.meshwright('validate'))
}
