/** A mesh on its way to the engines: a work repository, `meshwright publish`, and the repository that they read. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { isMap, isSeq, parseDocument, type Document } from 'yaml'
import { ownObjectsOf, type KubernetesObject } from '../manifests.ts'
import { ALONE, MESHWRIGHT, type Subject } from '../subjects.ts'
import type { Workbench } from '../workbench.ts'
import { serveGit } from './git-server.ts'
import { finished } from './wait.ts'

const SPEAK_SECONDS = 60

export interface Delivery {
  readonly subject: Subject
  /** The repository with the output branch, on loopback. */
  readonly url: string
  readonly branch: string
  /** Name of the mesh, and of what the engines are given. */
  readonly name: string
  /** What is rendered for an engine: the objects of a file below the output folder. */
  readonly rendered: (path: string) => KubernetesObject[]
  /** Changes the intent, brings lock and output in line, and commits all. */
  readonly edit: (message: string, change: (intent: Document) => void) => void
  /** Runs the command; gives the commit of the branch then. */
  readonly publish: () => Promise<string>
  /** Commits to the output branch what no meshwright wrote; gives the commit. */
  readonly tamper: (message: string, change: (folder: string) => void) => Promise<string>
  readonly stop: () => Promise<void>
}

/** None of whoever runs the checks. */
const OWN_GIT = { ...ALONE, GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' }

/** Starts with a copy of a mesh, committed, and nothing published yet. */
export async function deliver(
  bench: Workbench,
  subject: Subject,
  engines: readonly string[] = ['argocd', 'flux'],
): Promise<Delivery> {
  const folder = bench.scratch('delivery')
  const work = join(folder, 'work')
  cpSync(subject.mesh, work, { recursive: true })
  const name = String(parseDocument(readFileSync(join(work, 'mesh.yaml'), 'utf8')).getIn(['metadata', 'name']))
  const branch = `environments/${name}`
  const git = (cwd: string, ...args: readonly string[]): string =>
    bench.run(bench.tool('git'), args, { cwd, env: OWN_GIT }).toString('utf8').trim()
  const identify = (repository: string): void => {
    git(repository, 'config', 'user.name', 'Conformance')
    git(repository, 'config', 'user.email', 'conformance@example.com')
  }
  const commit = (repository: string, message: string): void => {
    git(repository, 'add', '--all')
    git(repository, 'commit', '--quiet', '--message', message)
  }
  // What speaks with our server must not keep it from answering.
  const speak = async (cwd: string, program: string, ...args: readonly string[]): Promise<string> =>
    finished(bench.start(program, args, { cwd, env: OWN_GIT }), args.slice(0, 4).join(' '), SPEAK_SECONDS)
  mkdirSync(join(folder, 'served'))
  git(folder, 'init', '--quiet', '--bare', join('served', 'mesh.git'))
  git(folder, 'init', '--quiet', '--initial-branch', 'main', work)
  identify(work)
  commit(work, 'The mesh as it is')
  const server = await serveGit(bench.tool('git'), join(folder, 'served'))
  const url = `${server.url}/mesh.git`
  git(work, 'remote', 'add', 'origin', url)
  const head = (): string => git(join(folder, 'served', 'mesh.git'), 'rev-parse', `refs/heads/${branch}`)
  const edit = (message: string, change: (intent: Document) => void): void => {
    const file = join(work, 'mesh.yaml')
    const intent = parseDocument(readFileSync(file, 'utf8'))
    change(intent)
    writeFileSync(file, intent.toString())
    bench.run(process.execPath, [MESHWRIGHT, '-C', work, 'generate'], { env: OWN_GIT })
    commit(work, message)
  }
  edit('Engines', (intent) => setEngines(intent, url, engines))
  const output = join(work, 'output')
  return {
    subject: { ...subject, mesh: work, output },
    url,
    branch,
    name,
    rendered: (path) => ownObjectsOf(readFileSync(join(output, path), 'utf8'), path),
    edit,
    publish: async () => {
      await speak(work, process.execPath, MESHWRIGHT, 'publish')
      return head()
    },
    tamper: async (message, change) => {
      const clone = bench.scratch('by-hand')
      await speak(folder, bench.tool('git'), 'clone', '--quiet', '--branch', branch, url, clone)
      identify(clone)
      change(clone)
      commit(clone, message)
      await speak(clone, bench.tool('git'), 'push', '--quiet', 'origin', branch)
      return head()
    },
    stop: server.stop,
  }
}

/** Name of a cluster of the mesh in Argo CD: another one than in the intent. */
export function nameInArgo(cluster: string): string {
  return `${cluster}-1`
}

/** The checks say when Flux shall look. */
function setEngines(intent: Document, repoURL: string, engines: readonly string[]): void {
  intent.setIn(['delivery'], intent.createNode({ repoURL, engines: [...engines], flux: { interval: '1h' } }))
  const clusters = intent.get('clusters')
  if (!isSeq(clusters)) throw new Error('the intent has no clusters')
  for (const item of clusters.items) {
    if (isMap(item)) item.set('delivery', intent.createNode({ name: nameInArgo(String(item.get('name'))) }))
  }
}

/** Adds a service of port 8000 to the intent. */
export function addService(intent: Document, name: string, namespace: string, cluster: string): void {
  const ports = [{ name: 'http', port: 8000, protocol: 'HTTP' }]
  intent.addIn(['services'], intent.createNode({ name, namespace, clusters: [cluster], ports }))
}

export function removeService(intent: Document, name: string): void {
  const services = intent.get('services')
  if (!isSeq(services)) throw new Error('the intent has no services')
  const index = services.items.findIndex((item) => isMap(item) && item.get('name') === name)
  if (index < 0) throw new Error(`the intent has no service ${name}`)
  services.delete(index)
}
