/** What meshwright signs, as the lock keeps it: a root, an intermediate for each cluster, and the CRL of each. */
import { ok } from 'node:assert/strict'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { readTree } from '../../fixture.ts'
import { present } from '../check.ts'
import { meshwright, type Subject } from '../subjects.ts'
import type { Workbench } from '../workbench.ts'

/** Files of one CA: its certificate, its CRL, and the certificate that its own is signed with. PEM. */
export interface Signed {
  readonly what: 'root' | 'intermediate'
  readonly certificate: string
  readonly crl: string
  readonly issuer: string
}

/** Every CA in the lock of a mesh, as files in a new folder. */
export function signedBy(bench: Workbench, mesh: string): readonly Signed[] {
  const folder = bench.scratch('signed')
  const lock = [...readTree(join(mesh, 'mesh.lock'))].flatMap(([path, bytes]) => {
    const [, kind = '', name = ''] = /^(roots|clusters)\/(.+)\.yaml$/.exec(path) ?? []
    return kind === '' ? [] : [{ kind, name, content: parse(bytes.toString('utf8')) as Locked }]
  })
  const signed = lock.map(({ kind, name, content }): Signed => {
    const write = (of: string, end: 'certificate' | 'crl', text: string): string => {
      const file = join(folder, `${of}.${end}.pem`)
      writeFileSync(file, text)
      return file
    }
    const own = `${kind}-${name}`
    const certificate = write(own, 'certificate', content.certificate)
    const issuer =
      kind === 'roots' ? certificate : join(folder, `roots-${present(content.root, 'root')}.certificate.pem`)
    const what = kind === 'roots' ? 'root' : 'intermediate'
    return { what, certificate, crl: write(own, 'crl', content.crl), issuer }
  })
  for (const what of ['root', 'intermediate'] as const)
    ok(
      signed.some((ca) => ca.what === what),
      `there is no ${what}`,
    )
  return signed
}

interface Locked {
  readonly certificate: string
  readonly crl: string
  /** Id of the root that an intermediate is signed with. */
  readonly root?: string
}

export function rootOf(signed: readonly Signed[]): Signed {
  return present(
    signed.find(({ what }) => what === 'root'),
    'root',
  )
}

export function intermediateOf(signed: readonly Signed[]): Signed {
  return present(
    signed.find(({ what }) => what === 'intermediate'),
    'intermediate',
  )
}

/** Name of a file for messages. */
export function shown(file: string): string {
  return basename(file)
}

/**
 * A mesh whose names are as long as they may be, so that those in certificates are cut, and an organization of letters
 * that take four octets each. Corefile and sealing certificate are those of another mesh.
 */
export function longNames(bench: Workbench, like: Subject): string {
  made ??= makeLongNames(bench, like)
  return made
}

let made: string | undefined

function makeLongNames(bench: Workbench, { mesh: other, clusters: [like = ''] }: Subject): string {
  const folder = bench.scratch('long-names')
  const mesh = join(folder, 'mesh')
  const clusters = ['a', 'b'].map((letter) => letter.repeat(63))
  for (const name of ['corefiles', 'sealing']) mkdirSync(join(mesh, name), { recursive: true })
  for (const cluster of clusters) {
    copyFileSync(join(other, 'corefiles', `${like}.Corefile`), join(mesh, 'corefiles', `${cluster}.Corefile`))
    copyFileSync(join(other, 'sealing', `${like}.pem`), join(mesh, 'sealing', `${cluster}.pem`))
  }
  writeFileSync(
    join(mesh, 'mesh.yaml'),
    `apiVersion: meshwright.dev/v1
kind: Mesh
metadata: { name: ${'m'.repeat(63)} }
trust: { organization: "${'\u{1f388}'.repeat(64)}" }
defaults:
  cluster: { trust: { current: none }, gateway: { install: none } }
clusters:
${clusters.map((cluster, i) => `  - name: ${cluster}\n    gateway: { addresses: [198.51.100.${i + 1}] }\n`).join('')}services: []
`,
  )
  const [passphrase, key] = [join(folder, 'passphrase'), join(folder, 'r1.key.age')]
  writeFileSync(passphrase, 'only for this run\n', { mode: 0o600 })
  meshwright(bench, mesh, ['trust', 'root', 'create', '--passphrase-file', passphrase, '--key-out', key])
  meshwright(bench, mesh, ['generate', '--root-key', key, '--passphrase-file', passphrase])
  return mesh
}

/** The same PEM with other octets in it, as many as before. */
export function bent(file: string, change: (octets: string) => string): string {
  const [, label = '', body = ''] = /-----BEGIN ([^-]+)-----\n([^-]+)-----END/.exec(readFileSync(file, 'utf8')) ?? []
  const octets = Buffer.from(body, 'base64').toString('latin1')
  const changed = change(octets)
  ok(changed !== octets && changed.length === octets.length, `nothing was bent in ${file}`)
  const lines =
    Buffer.from(changed, 'latin1')
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
