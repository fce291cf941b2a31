/** A mesh whose clusters have a backend each, issued, and edited in one place at a time. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import type { Lock } from '../../src/lock/lock.ts'
import { plan, type Plan } from '../../src/plan/plan.ts'
import { systemEntropy } from '../../src/shell/entropy.ts'
import { issueAndSeal, makeRoot, sealBundle } from '../../src/shell/fulfil-trust.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { rewrap } from '../../src/shell/seal.ts'
import { gather } from '../../src/shell/workspace.ts'
import { signingKey } from '../../src/trust/signer.ts'
import { twoClusters } from '../fixture.ts'
import { controllerKey, NOW } from '../trust/authority.ts'

const inputs = twoClusters()
const corefile = inputs.get('corefiles/cluster-1.Corefile') ?? Buffer.alloc(0)
const root = await makeRoot(
  { mesh: 'shop', organization: 'shop', id: 'r1', state: 'active' },
  { entropy: systemEntropy, now: NOW },
)
const next = await makeRoot(
  { mesh: 'shop', organization: 'shop', id: 'r2', state: 'trusted' },
  { entropy: systemEntropy, now: NOW },
)

export const identities: readonly string[] = [await generateX25519Identity(), await generateX25519Identity()]
export const recipients: readonly string[] = await Promise.all(
  identities.map((identity) => identityToRecipient(identity)),
)
const [first = '', second = ''] = recipients

export const MESH: string = `apiVersion: meshwright.dev/v1
kind: Mesh
metadata: { name: shop }
trust: { roots: [{ id: r1, state: active }] }
delivery: { repoURL: https://git.example.com/shop.git, engines: [flux] }
defaults: { cluster: { trust: { current: none }, gateway: { install: none } } }
clusters:
  - name: wide
    gateway: { addresses: [192.0.2.1] }
    sealing: { scope: namespace-wide, keepSecret: true }
  - name: encrypted
    gateway: { addresses: [192.0.2.2] }
    sealing: { backend: sops, recipients: [${first}] }
  - name: stored
    gateway: { addresses: [192.0.2.3] }
    sealing: { backend: external-secrets, recipients: [${first}], store: { name: vault, prefix: mesh/ } }
services: []
`

export const BOTH: string = `recipients: [${first}, ${second}]`

/** @param edits pairs of what is replaced in the mesh file, each of which must be there */
export async function planOf(lock: Lock, ...edits: readonly (readonly [from: string, to: string])[]): Promise<Plan> {
  const text = edits.reduce((mesh, [from, to]) => {
    if (!mesh.includes(from)) throw new Error(`there is no ${from}`)
    return mesh.replace(from, () => to)
  }, MESH)
  const files = new Map([
    ['mesh.yaml', Buffer.from(text)],
    ...['wide', 'encrypted', 'stored'].flatMap((name): [string, Buffer][] => [
      [`corefiles/${name}.Corefile`, corefile],
      [`sealing/${name}.pem`, Buffer.from(controllerKey().certificate)],
    ]),
  ])
  const { checked } = await gather(memorySources(files), 'mesh.yaml')
  if (!checked.ok) throw new Error(checked.diagnostics.map((d) => d.code).join())
  return plan({ ...checked.value, lock, now: NOW })
}

export const codes = ({ diagnostics }: Plan): string[] => diagnostics.map(({ code }) => code)
export const kinds = ({ tasks }: Plan): string[] => tasks.map(({ kind }) => kind)

export interface Done {
  readonly lock: Lock
  readonly stored: ReadonlyMap<string, Buffer>
}

/** @param folder where an identity file may be put */
export async function fulfilled({ lock, tasks }: Plan, folder?: string): Promise<Done> {
  const clusters = new Map(lock.clusters)
  const stored = new Map<string, Buffer>()
  const ports = {
    root: signingKey(root.privateKey).signer,
    entropy: systemEntropy,
    now: NOW,
    store: (name: string, file: Uint8Array): void => void stored.set(name, Buffer.from(file)),
  }
  for (const task of tasks) {
    const locked = 'cluster' in task ? clusters.get(task.cluster) : undefined
    if (task.kind === 'issue-intermediate') {
      const issued = await issueAndSeal(task, ports)
      if (!issued.ok) throw new Error(issued.diagnostics.map((d) => d.code).join())
      clusters.set(task.cluster, issued.value)
    } else if (task.kind === 'seal-bundle' && locked) {
      clusters.set(task.cluster, sealBundle(task, locked, systemEntropy))
    } else if (task.kind === 'rewrap-key' && locked?.sealed.backend === 'sops' && folder !== undefined) {
      const identity = join(folder, 'identity')
      writeFileSync(identity, `${identities[0]}\n`, { mode: 0o600 })
      clusters.set(task.cluster, { ...locked, sealed: await rewrap(locked.sealed, task.recipients, identity) })
    }
  }
  return { lock: { ...lock, clusters }, stored }
}

export const rooted: Lock = {
  roots: new Map([['r1', root.locked]]),
  clusters: new Map(),
  hosts: new Map(),
}

export function withNextRoot(lock: Lock): Lock {
  return { ...lock, roots: new Map([...lock.roots, ['r2', next.locked]]) }
}
