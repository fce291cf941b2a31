/** Opens a cluster's `cacerts` in three ways that share no code with each other or with us. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { present } from './check.ts'
import { at, objectNamed, objectsOf } from './manifests.ts'
import type { Subject } from './subjects.ts'
import { SOURCES } from './tools.ts'
import type { Workbench } from './workbench.ts'

export const ITEMS = ['ca-cert.pem', 'ca-key.pem', 'cert-chain.pem', 'root-cert.pem'] as const

/** Plain items by name. */
export type Bundle = ReadonlyMap<string, Buffer>

/** What binds a ciphertext of strict scope to its place. */
export const LABEL = 'istio-system/cacerts'

export function sealedFile({ output }: Subject, cluster: string): string {
  return join(output, 'clusters', cluster, 'trust', 'cacerts.yaml')
}

export function keyOf(subject: Subject, cluster: string): string {
  return present(subject.controllerKeys.get(cluster), `key of the controller of ${cluster}`)
}

export function encryptedItems(sealed: string): Readonly<Record<string, string>> {
  const secret = objectNamed(objectsOf(sealed, 'cacerts.yaml'), 'SealedSecret', 'cacerts')
  return at(secret, 'spec', 'encryptedData') as Record<string, string>
}

/** As somebody does who has lost the cluster, but not the controller's key. */
export function openWithKubeseal(bench: Workbench, sealed: string, key: string): Bundle {
  const args = ['--recovery-unseal', '--recovery-private-key', key]
  const secret = bench.run(bench.tool('kubeseal'), args, { input: sealed })
  const data = (JSON.parse(secret.toString('utf8')) as { data: Record<string, string> }).data
  return new Map(Object.entries(data).map(([item, text]) => [item, Buffer.from(text, 'base64')]))
}

/**
 * With the openssl command line alone. It has no AES-GCM, but GCM encrypts like CTR that begins at 2 (NIST SP 800-38D,
 * 7.1); the tag at the end is judged by the two other ways.
 */
export function openWithOpenssl(bench: Workbench, sealed: string, key: string): Bundle {
  const openssl = bench.tool('openssl')
  const oaep = ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256']
  const label = `rsa_oaep_label:${Buffer.from(LABEL).toString('hex')}`
  const options = [...oaep, label].flatMap((option) => ['-pkeyopt', option])
  return new Map(
    Object.entries(encryptedItems(sealed)).map(([item, text]) => {
      const raw = Buffer.from(text, 'base64')
      const body = 2 + raw.readUInt16BE(0)
      const input = raw.subarray(2, body)
      const session = bench.run(openssl, ['pkeyutl', '-decrypt', '-inkey', key, ...options], { input }).toString('hex')
      const iv = `${'00'.repeat(15)}02`
      const args = ['enc', '-d', '-aes-256-ctr', '-K', session, '-iv', iv]
      return [item, bench.run(openssl, args, { input: raw.subarray(body, -16) })]
    }),
  )
}

/** With a program of our own that uses Go's standard library only. */
export function openWithGo(bench: Workbench, sealed: string, key: string, label: string = LABEL): Bundle {
  const out = bench.scratch('opened')
  bench.run(unsealProgram(bench), ['open', key, label, out], { input: JSON.stringify(encryptedItems(sealed)) })
  return new Map(Object.keys(encryptedItems(sealed)).map((item) => [item, readFileSync(join(out, item))]))
}

/** Writes a bundle as the files that istiod mounts. */
export function unpacked(bench: Workbench, bundle: Bundle): string {
  const folder = bench.scratch('cacerts')
  for (const [item, bytes] of bundle) writeFileSync(join(folder, item), bytes, { mode: 0o600 })
  return folder
}

/** Asks what istiod asks before it takes a `cacerts`. */
export function verifyLikeIstiod(bench: Workbench, folder: string, when: Date): void {
  bench.run(unsealProgram(bench), ['verify', folder, `${when.toISOString().slice(0, 19)}Z`])
}

let program: string | undefined

function unsealProgram(bench: Workbench): string {
  if (program !== undefined) return program
  const path = join(bench.folder, 'bin', 'unseal')
  mkdirSync(join(bench.folder, 'bin'), { recursive: true })
  const env = { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '' }
  const args = ['build', '-trimpath', '-o', path, 'main.go']
  bench.run(bench.tool('go'), args, { cwd: join(SOURCES, 'unseal'), env, timeoutMs: 300_000 })
  program = path
  return path
}
