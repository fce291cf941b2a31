/** A mesh of three clusters in a repository, whose root is replaced by the real command line, each stage a commit. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { KUBEADM_COREFILE } from '../corefiles.ts'
import { makeControllerKey } from '../trust/controller-certificate.ts'
import type { Repo } from './repository.ts'
import { sandbox, type Result } from './sandbox.ts'

export const NAMES = ['cluster-1', 'cluster-2', 'cluster-3'] as const

/** Comments, quotes and three ways to write a cluster: all of it must outlive the rotation. */
export const MESH = `# Ours.
apiVersion: meshwright.dev/v1
kind: Mesh
metadata:
  name: shop # the shop
defaults:
  cluster: { trust: { current: none }, gateway: { install: none } }
clusters:
  # The first one.
  - name: cluster-1
    gateway: { addresses: [203.0.113.1] } # by hand
  - { name: "cluster-2", gateway: { addresses: [203.0.113.2] } }
  - name: cluster-3
    trust:
      generation: 1 # so far
    gateway: { addresses: ['203.0.113.3'] }

services:
  - name: svc-2
    namespace: bar
    clusters: [cluster-2]
    ports: [{ name: http, port: 8000, protocol: HTTP }]
    serviceAccounts: [svc-2]
`

export interface Rotation extends Repo {
  /** PEM file with the private key of the controller of a cluster. */
  readonly controllerKey: (cluster: string) => string
  readonly identity: string
  /** Runs a command that must end well. */
  readonly must: (...args: readonly string[]) => Result
  /** `trust root create`, with the key beside the work tree. */
  readonly createRoot: (id: string) => void
  /** `generate` with the key of a root, and a commit of all. */
  readonly generate: (message: string, root?: string) => void
  readonly intent: () => string
}

export async function rotation(): Promise<Rotation> {
  const box = sandbox()
  const remote = join(box.root, 'remote.git')
  const keys = join(box.root, 'keys')
  const identity = join(keys, 'identity')
  const known = prepared
  if (known !== undefined) cpSync(known.root, box.root, { recursive: true })
  const secret = known?.secret ?? (await generateX25519Identity())
  const recipient = await identityToRecipient(secret)
  const controllerKey = (cluster: string): string => join(keys, `${cluster}.key.pem`)
  if (known === undefined) {
    mkdirSync(keys, { mode: 0o700 })
    writeFileSync(identity, `${secret}\n`, { mode: 0o600 })
    box.write('mesh.yaml', MESH)
    for (const name of NAMES) {
      const { certificate, privateKey } = makeControllerKey({ now: new Date(Date.now() - 3_600_000), bits: 2048 })
      writeFileSync(controllerKey(name), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
      box.write(`sealing/${name}.pem`, certificate)
      box.write(`corefiles/${name}.Corefile`, KUBEADM_COREFILE)
    }
  }
  const run = (...args: readonly string[]): string => {
    const { code, out, err } = box.git(...args)
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${out}${err}`)
    return out.trim()
  }
  const must = (...args: readonly string[]): Result => {
    const result = box.meshwright(...args)
    if (result.code !== 0) throw new Error(`meshwright ${args.join(' ')}: ${result.out}${result.err}`)
    return result
  }
  const commit = (message: string): void => {
    run('add', '--all')
    run('commit', '--quiet', '--message', message)
  }
  const keyFile = (id: string): string => join(keys, `${id}.key.age`)
  if (known === undefined) {
    run('init', '--quiet', '--bare', '--initial-branch=main', remote)
    run('init', '--quiet', '--initial-branch=main')
    run('remote', 'add', 'origin', remote)
  } else run('remote', 'set-url', 'origin', remote)
  const made: Rotation = {
    ...box,
    remote,
    run,
    must,
    commit,
    controllerKey,
    identity,
    createRoot: (id) => must('trust', 'root', 'create', id, '--recipient', recipient, '--key-out', keyFile(id)),
    generate: (message, root) => {
      must('generate', ...(root === undefined ? [] : ['--root-key', keyFile(root), '--identity', identity]))
      commit(message)
    },
    addService: () => undefined,
    intent: () => readFileSync(join(box.mesh, 'mesh.yaml'), 'utf8'),
  }
  if (known !== undefined) return made
  made.createRoot('r1')
  made.generate('Begin', 'r1')
  const root = mkdtempSync(join(tmpdir(), 'meshwright-rotation-'))
  process.once('exit', () => rmSync(root, { recursive: true, force: true }))
  cpSync(box.root, root, { recursive: true })
  prepared = { root, secret }
  return made
}

/** What every rotation begins with: made once for all of a process. */
let prepared: { readonly root: string; readonly secret: string } | undefined

export interface Stage {
  readonly name: string
  /** Runs what leads to it, and commits. */
  readonly make: (box: Rotation) => void
}

/** Every stage with what must be refused before it. */
export const STAGES: readonly Stage[] = [
  {
    name: 'trust both',
    make: (box) => {
      refused(box, /stage 1 is for all clusters/, 'trust', 'rotate', 'root', '--cluster', 'cluster-1')
      box.must('trust', 'rotate', 'root')
      refused(box, /is named, and not made yet/, 'trust', 'rotate', 'root')
      box.createRoot('r2')
      refused(box, /not generated yet/, 'trust', 'rotate', 'root', '--bundles-seen')
      box.generate('Trust r2')
    },
  },
  {
    name: 'sign one',
    make: (box) => {
      refused(box, /--bundles-seen/, 'trust', 'rotate', 'root')
      refused(box, /is under way/, 'trust', 'rotate', 'root', 'r3')
      box.must('trust', 'rotate', 'root', '--bundles-seen', '--cluster', 'cluster-2')
      refused(box, /not generated yet/, 'trust', 'rotate', 'root')
      box.generate('Sign cluster-2 with r2', 'r2')
    },
  },
  {
    name: 'sign all',
    make: (box) => {
      refused(box, /signed by r2 already/, 'trust', 'rotate', 'root', '--cluster', 'cluster-2')
      box.must('trust', 'rotate', 'root')
      box.generate('Sign the others with r2', 'r2')
    },
  },
  {
    name: 'drop the old one',
    make: (box) => {
      refused(box, /workloads may have certificates below r1/, 'trust', 'rotate', 'root')
      box.must('trust', 'rotate', 'root', '--leaves-replaced')
      box.generate('Drop r1')
    },
  },
]

export function refused(box: Rotation, reason: RegExp, ...args: readonly string[]): void {
  const before = box.intent()
  const { code, out, err } = box.meshwright(...args)
  if (code === 0 || !reason.test(out + err)) {
    throw new Error(`meshwright ${args.join(' ')}: ${String(code)}, not for ${String(reason)}\n${out}${err}`)
  }
  if (box.intent() !== before) throw new Error(`meshwright ${args.join(' ')} changed the intent`)
}
