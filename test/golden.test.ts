/** The output of the sample meshes is in the repository, and is what the code gives. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lockTree } from '../src/lock/write.ts'
import { plan, type Plan } from '../src/plan/plan.ts'
import { render } from '../src/plan/render.ts'
import { memorySources } from '../src/shell/memory-sources.ts'
import { gather } from '../src/shell/workspace.ts'
import type { FileTree } from '../src/tree/file-tree.ts'
import {
  FIXTURES,
  legacy,
  NOW,
  portsAndProtocols,
  PROJECT,
  readTree,
  severalProviders,
  twoClusters,
  versionRouting,
} from './fixture.ts'
import { describe, equal, fixture, is } from './suite.ts'

async function planned(files: ReadonlyMap<string, Uint8Array>): Promise<Plan> {
  const { checked } = await gather(memorySources(files), 'mesh.yaml')
  if (!checked.ok) throw new Error(checked.diagnostics.map((d) => d.code).join())
  return plan({ ...checked.value, now: NOW })
}

async function rendered(files: ReadonlyMap<string, Uint8Array>): Promise<FileTree> {
  const made = await planned(files)
  return render(made, made.lock)
}

function same(tree: FileTree, expected: ReadonlyMap<string, Buffer>): void {
  equal([...tree.keys()].sort(), [...expected.keys()].sort())
  for (const [path, text] of tree) fixture(text, expected.get(path)?.toString('utf8') ?? '', path)
}

const OUTPUT = readTree(join(PROJECT, 'output'))
const ENGINES = join(FIXTURES, 'engines')

/** What both golden.ts and this keep of it: the rest is no other than that of two clusters. */
const SEVERAL = join(FIXTURES, 'several-providers')
const OF_ISTIO = /^clusters\/[^/]+\/(gateway|services)\//

describe('golden', (test) => {
  test('fixtures/several-providers/expected is what its mesh gives to Istio', async () => {
    const tree = [...(await rendered(severalProviders()))].filter(([path]) => OF_ISTIO.test(path))
    same(new Map(tree), readTree(join(SEVERAL, 'expected')))
  })

  test('fixtures/istio-1.6/expected is what is rendered for Istio 1.6, and trust is as for any other', async () => {
    const tree = [...(await rendered(legacy()))]
    const isOwn = (path: string): boolean => /^clusters\/[^/]+\/(gateway|services|istio|dns)\/|README/.test(path)
    same(new Map(tree.filter(([path]) => isOwn(path))), readTree(join(FIXTURES, 'istio-1.6', 'expected')))
    const isOld = (path: string): boolean => !isOwn(path) && !path.startsWith('clusters/cluster-3')
    same(new Map(tree.filter(([path]) => isOld(path))), new Map([...OUTPUT].filter(([path]) => isOld(path))))
  })

  test('fixtures/version-routing/expected is what its mesh gives to Istio, and what the lock keeps of it', async () => {
    const made = await planned(versionRouting())
    const tree = [...render(made, made.lock)].filter(([path]) => OF_ISTIO.test(path))
    const lock = [...lockTree(made.lock, 'shop')].map(([path, text]): [string, string] => [`mesh.lock/${path}`, text])
    const hosts = lock.filter(([path]) => path.startsWith('mesh.lock/hosts/'))
    same(new Map([...tree, ...hosts]), readTree(join(FIXTURES, 'version-routing', 'expected')))
  })

  test('output/ is what fixtures/two-clusters gives', async () => {
    same(await rendered(twoClusters()), OUTPUT)
  })

  test('generate --check says the same', () => {
    const main = join(PROJECT, 'dist', 'main.js')
    const args = ['generate', '--check', '-f', 'fixtures/two-clusters/mesh.yaml', '-o', 'output']
    const { status, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: PROJECT, encoding: 'utf8' })
    is(status, 0, stderr)
  })

  test('fixtures/engines/expected is what engines add to it, and nothing else is changed but what to read', async () => {
    const files = twoClusters().set('mesh.yaml', readFileSync(join(ENGINES, 'mesh.yaml')))
    const tree = [...(await rendered(files))]
    const isFor = (path: string): boolean => /^(argocd|flux)\//.test(path)
    same(new Map(tree.filter(([path]) => isFor(path))), readTree(join(ENGINES, 'expected')))
    const isRead = (path: string): boolean => /^clusters\/[^/]+\/README\.md$/.test(path)
    same(
      new Map(tree.filter(([path]) => !isFor(path) && !isRead(path))),
      new Map([...OUTPUT].filter(([path]) => !isRead(path))),
    )
  })

  test('fixtures/authorization/expected is who may call, and what the lock keeps of it', async () => {
    const files = twoClusters().set('mesh.yaml', readFileSync(join(FIXTURES, 'authorization', 'mesh.yaml')))
    const made = await planned(files)
    const tree = [...render(made, made.lock)].filter(([path]) => /^clusters\/[^/]+\/(gateway\/|README)/.test(path))
    const lock = [...lockTree(made.lock, 'shop')].map(([path, text]): [string, string] => [`mesh.lock/${path}`, text])
    const hosts = lock.filter(([path]) => path.startsWith('mesh.lock/hosts/'))
    same(new Map([...tree, ...hosts]), readTree(join(FIXTURES, 'authorization', 'expected')))
  })

  test('fixtures/ports-and-protocols/expected is what its ports and settings give', async () => {
    const folder = join(FIXTURES, 'ports-and-protocols')
    const made = await planned(portsAndProtocols())
    const tree = [...render(made, made.lock)].filter(([path]) => /^clusters\/[^/]+\/services\//.test(path))
    const lock = [...lockTree(made.lock, 'shop')].map(([path, text]): [string, string] => [`mesh.lock/${path}`, text])
    const hosts = lock.filter(([path]) => path.startsWith('mesh.lock/hosts/'))
    same(new Map([...tree, ...hosts]), readTree(join(folder, 'expected')))
  })

  test('fixtures/gateway-install/expected is what its gateways change', async () => {
    const folder = join(FIXTURES, 'gateway-install')
    const files = twoClusters().set('mesh.yaml', readFileSync(join(folder, 'mesh.yaml')))
    const changed = [...(await rendered(files))].filter(([path, text]) => OUTPUT.get(path)?.toString('utf8') !== text)
    same(new Map(changed), readTree(join(folder, 'expected')))
  })
})
