/**
 * The meshes that are judged: the committed `output/`, one made just now by the command line as a user would, and one
 * whose names and files are as awkward as the rules allow.
 */
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { KUBEADM_COREFILE } from '../corefiles.ts'
import { FIXTURES, NOW, PROJECT } from '../fixture.ts'
import { makeControllerKey } from '../trust/controller-certificate.ts'
import { HOSTILE_COREFILES, HOSTILE_MESH } from './hostile.ts'
import type { Workbench } from './workbench.ts'

export type SubjectName = 'output' | 'providers' | 'routes' | 'fresh' | 'hostile' | 'gateways' | 'ports' | 'istio-1.6'

export interface Subject {
  /** The folder of mesh.yaml. */
  readonly mesh: string
  readonly output: string
  /** Names, sorted. */
  readonly clusters: readonly string[]
  /** PEM files with the private keys of the sealed-secrets controllers, by cluster. */
  readonly controllerKeys: ReadonlyMap<string, string>
  /** When its certificates are judged. */
  readonly at: Date
  /** The root key where it is encrypted to an age recipient. */
  readonly rootKey?: { readonly file: string; readonly identity: string }
}

export const MESHWRIGHT: string = join(PROJECT, 'dist', 'main.js')

export function makeSubject(bench: Workbench, name: SubjectName): Promise<Subject> {
  switch (name) {
    case 'output':
      return Promise.resolve(committed(bench))
    case 'providers':
      return Promise.resolve(providers(bench))
    case 'routes':
      return Promise.resolve(routes(bench))
    case 'fresh':
      return Promise.resolve(fresh(bench))
    case 'hostile':
      return hostile(bench)
    case 'gateways':
      return Promise.resolve(overlaid(bench, 'gateway-install'))
    case 'ports':
      return Promise.resolve(overlaid(bench, 'ports-and-protocols'))
    case 'istio-1.6':
      return Promise.resolve(overlaid(bench, 'istio-1.6'))
  }
}

function committed(bench: Workbench): Subject {
  const clusters = readdirSync(join(PROJECT, 'output', 'clusters')).sort()
  // A copy, so that nothing a check does can reach what is committed.
  const folder = bench.scratch('output')
  cpSync(join(FIXTURES, 'two-clusters'), join(folder, 'mesh'), { recursive: true })
  cpSync(join(PROJECT, 'output'), join(folder, 'output'), { recursive: true })
  const keys = clusters.map((c): [string, string] => [c, join(FIXTURES, 'keys', 'two-clusters', `${c}.key.pem`)])
  return {
    mesh: join(folder, 'mesh'),
    output: join(folder, 'output'),
    clusters,
    controllerKeys: new Map(keys),
    at: NOW,
  }
}

/** The mesh of another fixture, with the lock and the files that it shares. */
function overlaid(bench: Workbench, fixture: string): Subject {
  const own = committed(bench)
  const expected = join(FIXTURES, fixture, 'expected')
  cpSync(join(FIXTURES, fixture), own.mesh, { recursive: true, filter: (source) => source !== expected })
  meshwright(bench, own.mesh, ['generate'])
  return { ...own, output: join(own.mesh, 'output') }
}

/** The fixture with services that several clusters run. */
function providers(bench: Workbench): Subject {
  return ofThree(bench, 'providers')
}

/** The fixture with versions of services, in the same clusters. */
function routes(bench: Workbench): Subject {
  return ofThree(bench, 'routes', 'version-routing')
}

function ofThree(bench: Workbench, name: string, other?: string): Subject {
  const mesh = join(bench.scratch(name), 'mesh')
  cpSync(join(FIXTURES, 'several-providers'), mesh, { recursive: true })
  if (other !== undefined) {
    cpSync(join(FIXTURES, other, 'mesh.yaml'), join(mesh, 'mesh.yaml'))
    rmSync(join(mesh, 'mesh.lock', 'hosts'), { recursive: true })
  }
  meshwright(bench, mesh, ['generate'])
  const clusters = readdirSync(join(mesh, 'corefiles')).map((file) => file.replace('.Corefile', ''))
  // Cluster-3 has the sealing certificate of cluster-1.
  const keyOf = (cluster: string): string => (cluster === 'cluster-2' ? 'cluster-2' : 'cluster-1')
  const keys = clusters.map((cluster): [string, string] => {
    return [cluster, join(FIXTURES, 'keys', 'two-clusters', `${keyOf(cluster)}.key.pem`)]
  })
  return { mesh, output: join(mesh, 'output'), clusters: clusters.sort(), controllerKeys: new Map(keys), at: NOW }
}

/** As the documentation tells: init, the clusters' files, a root with a passphrase, generate. */
function fresh(bench: Workbench): Subject {
  const { mesh, keys } = folders(bench, 'fresh')
  const clusters = ['east', 'west']
  meshwright(
    bench,
    mesh,
    ['init', '--name', 'fresh', '--trust-current', 'none', '--gateway-install', 'none'],
    ['--cluster', 'east=east-gw.example.com', '--cluster', 'west=198.51.100.7'],
    ['--service', 'checkout.shop@east:8443/TCP', '--service', 'ratings.books@west:9080/GRPC'],
  )
  const corefiles = new Map(clusters.map((cluster) => [cluster, KUBEADM_COREFILE]))
  const controllerKeys = clusterFiles(mesh, keys, corefiles, 4096)
  const passphrase = join(keys, 'passphrase')
  writeFileSync(passphrase, 'only for this run\n', { mode: 0o600 })
  const rootKey = join(keys, 'r1.key.age')
  meshwright(bench, mesh, ['trust', 'root', 'create', '--passphrase-file', passphrase, '--key-out', rootKey])
  meshwright(bench, mesh, ['generate', '--root-key', rootKey, '--passphrase-file', passphrase])
  return { mesh, output: join(mesh, 'output'), clusters, controllerKeys, at: new Date() }
}

async function hostile(bench: Workbench): Promise<Subject> {
  const { mesh, keys } = folders(bench, 'hostile')
  writeFileSync(join(mesh, 'mesh.yaml'), HOSTILE_MESH)
  const controllerKeys = clusterFiles(mesh, keys, HOSTILE_COREFILES, 2048)
  const secret = await generateX25519Identity()
  const identity = join(keys, 'identity')
  writeFileSync(identity, `# for this run only\n${secret}\n`, { mode: 0o600 })
  const file = join(keys, 'r1.key.age')
  const recipient = await identityToRecipient(secret)
  meshwright(bench, mesh, ['trust', 'root', 'create', '--recipient', recipient, '--key-out', file])
  meshwright(bench, mesh, ['generate', '--root-key', file, '--identity', identity])
  return {
    mesh,
    output: join(mesh, 'output'),
    clusters: [...HOSTILE_COREFILES.keys()].sort(),
    controllerKeys,
    at: new Date(),
    rootKey: { file, identity },
  }
}

/** A folder for the mesh, and one beside it for keys: meshwright writes no key where a repository may begin. */
export function folders(bench: Workbench, name: string): { readonly mesh: string; readonly keys: string } {
  const folder = bench.scratch(name)
  const [mesh, keys] = [join(folder, 'mesh'), join(folder, 'keys')]
  mkdirSync(mesh)
  mkdirSync(keys, { mode: 0o700 })
  return { mesh, keys }
}

/** What a user fetches from each cluster: its Corefile, and the certificate of a controller whose key we keep. */
export function clusterFiles(
  mesh: string,
  keys: string,
  corefiles: ReadonlyMap<string, string>,
  bits: number,
): Map<string, string> {
  mkdirSync(join(mesh, 'corefiles'))
  mkdirSync(join(mesh, 'sealing'))
  return new Map(
    [...corefiles].map(([cluster, corefile]) => {
      const { certificate, privateKey } = makeControllerKey({ now: new Date(Date.now() - 3_600_000), bits })
      const file = join(keys, `${cluster}.key.pem`)
      writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
      writeFileSync(join(mesh, 'sealing', `${cluster}.pem`), certificate)
      writeFileSync(join(mesh, 'corefiles', `${cluster}.Corefile`), corefile)
      return [cluster, file]
    }),
  )
}

/** Runs the built command line in a folder, away from keys and settings of whoever runs the checks. */
export function meshwright(bench: Workbench, folder: string, ...args: readonly (readonly string[])[]): void {
  bench.run(process.execPath, [MESHWRIGHT, '-C', folder, ...args.flat()], { env: ALONE })
}

/** Takes away what would name keys. */
export const ALONE: Readonly<Record<string, undefined>> = {
  MESHWRIGHT_ROOT_KEY: undefined,
  MESHWRIGHT_IDENTITY: undefined,
  MESHWRIGHT_PASSPHRASE_FILE: undefined,
}
