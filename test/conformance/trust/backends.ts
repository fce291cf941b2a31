/** A mesh made by the command line whose clusters have their keys by every backend and in every scope. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { KUBEADM_COREFILE } from '../../corefiles.ts'
import { makeControllerKey } from '../../trust/controller-certificate.ts'
import { present } from '../check.ts'
import { meshwright } from '../subjects.ts'
import type { Workbench } from '../workbench.ts'

export interface Backends {
  readonly mesh: string
  /** Of the sealed-secrets controllers, all of which have the same. */
  readonly controllerKey: string
  /** Of the two recipients, and of a stranger. */
  readonly identities: readonly [first: string, second: string, stranger: string]
  /** Where the files for stores are. */
  readonly store: string
  /** The mesh file with these recipients of the cluster `encrypted`, by the place of their identities. */
  readonly meshFile: (recipients: readonly number[], roots?: string) => string
  /** Options that open the root key. */
  readonly keys: readonly string[]
}

export const SCOPES = ['strict', 'namespace-wide', 'cluster-wide'] as const

let made: Promise<Backends> | undefined

export function backends(bench: Workbench): Promise<Backends> {
  made ??= make(bench)
  return made
}

async function make(bench: Workbench): Promise<Backends> {
  const folder = bench.scratch('backends')
  const [mesh, keys, store] = ['mesh', 'keys', 'store'].map((name) => join(folder, name)) as [string, string, string]
  for (const path of [mesh, keys, join(mesh, 'corefiles'), join(mesh, 'sealing')]) mkdirSync(path, { mode: 0o700 })
  const secrets = await Promise.all([1, 2, 3].map(() => generateX25519Identity()))
  const recipients = await Promise.all(secrets.map((secret) => identityToRecipient(secret)))
  const files = secrets.map((secret, i) => {
    const file = join(keys, `identity-${i}`)
    writeFileSync(file, `${secret}\n`, { mode: 0o600 })
    return file
  })
  const { certificate, privateKey } = makeControllerKey({ now: new Date(Date.now() - 3_600_000), bits: 2048 })
  const controllerKey = join(keys, 'controller.key.pem')
  writeFileSync(controllerKey, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  for (const cluster of [...SCOPES, 'encrypted', 'stored']) {
    writeFileSync(join(mesh, 'corefiles', `${cluster}.Corefile`), KUBEADM_COREFILE)
    writeFileSync(join(mesh, 'sealing', `${cluster}.pem`), certificate)
  }
  const meshFile: Backends['meshFile'] = (wanted, roots = '[{ id: r1, state: active }]') =>
    meshText(
      wanted.map((i) => present(recipients[i], 'recipient')),
      roots,
    )
  writeFileSync(join(mesh, 'mesh.yaml'), meshFile([0, 1]))
  const rootKey = join(keys, 'r1.key.age')
  const identity = present(files[0], 'identity')
  meshwright(
    bench,
    mesh,
    ['trust', 'root', 'create', '--recipient', present(recipients[0], 'recipient')],
    ['--key-out', rootKey],
  )
  const options = ['--root-key', rootKey, '--identity', identity]
  meshwright(bench, mesh, ['generate', '--store-files', store], options)
  meshwright(bench, mesh, ['verify'])
  const identities = files as unknown as Backends['identities']
  return { mesh, controllerKey, identities, store, meshFile, keys: options }
}

function meshText(recipients: readonly string[], roots: string): string {
  const list = recipients.join(', ')
  const scoped = SCOPES.map(
    (scope, i) => `  - name: ${scope}
    gateway: { addresses: [192.0.2.${i + 1}] }
    sealing: { scope: ${scope}, keepSecret: ${i > 0} }
`,
  )
  return `apiVersion: meshwright.dev/v1
kind: Mesh
metadata: { name: shop }
trust: { roots: ${roots} }
defaults: { cluster: { trust: { current: none }, gateway: { install: none } } }
delivery: { repoURL: https://git.example.com/shop.git, engines: [flux] }
clusters:
${scoped.join('')}  - name: encrypted
    gateway: { addresses: [192.0.2.11] }
    sealing: { backend: sops, recipients: [${list}] }
  - name: stored
    gateway: { addresses: [192.0.2.12] }
    delivery: { engines: [argocd] }
    sealing: { backend: external-secrets, recipients: [${list}], store: { name: vault, prefix: mesh/ } }
services: []
`
}

export function trustFile({ mesh }: Backends, cluster: string, name: string): string {
  return join(mesh, 'output', 'clusters', cluster, 'trust', name)
}

export function trustText(made: Backends, cluster: string, name: string): string {
  return readFileSync(trustFile(made, cluster, name), 'utf8')
}
