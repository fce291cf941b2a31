/** The mesh of two clusters in a repository of its own, with a bare remote. */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { sandbox, type Sandbox } from './sandbox.ts'

export const BRANCH = 'environments/shop'

export interface Repo extends Sandbox {
  readonly remote: string
  /** Commits everything, and fails when git does. */
  readonly commit: (message: string) => void
  /** What git prints, trimmed; fails when git does. */
  readonly run: (...args: readonly string[]) => string
  /** Adds a service of this name to the intent. */
  readonly addService: (name: string) => void
}

export function repository(): Repo {
  const box = sandbox('two-clusters')
  const remote = join(box.root, 'remote.git')
  const run = (...args: readonly string[]): string => {
    const { code, out, err } = box.git(...args)
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${out}${err}`)
    return out.trim()
  }
  const commit = (message: string): void => {
    run('add', '--all')
    run('commit', '--quiet', '--message', message)
  }
  run('init', '--quiet', '--bare', '--initial-branch=main', remote)
  run('init', '--quiet', '--initial-branch=main')
  run('remote', 'add', 'origin', remote)
  commit('Begin')
  return {
    ...box,
    remote,
    commit,
    run,
    addService: (name) => appendFileSync(join(box.mesh, 'mesh.yaml'), serviceNamed(name)),
  }
}

/** As an element of `services` at the end of the intent. */
export function serviceNamed(name: string): string {
  return `  - name: ${name}
    namespace: bar
    clusters: [cluster-2]
    ports: [{ name: http, port: 8000, protocol: HTTP }]
    serviceAccounts: [${name}]
`
}
