/** Two environments in one repository, with services that both have. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KUBEADM_COREFILE } from '../corefiles.ts'
import { readTree } from '../fixture.ts'
import { describe, equal, is, match, not, ok } from '../suite.ts'
import { makeControllerKey } from '../trust/controller-certificate.ts'
import { sandbox, type Result, type Sandbox } from './sandbox.ts'

const ENVIRONMENTS = ['prod', 'dev'] as const

/** `name` of namespace `n`, run by the cluster `a` of each environment. */
const service = (name: string): string => `apiVersion: meshwright.dev/v1
kind: Service
metadata: { name: ${name}, namespace: n }
spec:
  ports: [{ name: http, port: 8000, protocol: HTTP }]
  serviceAccounts: [${name}]
`

function mesh(name: string, host: number): string {
  return `apiVersion: meshwright.dev/v1
kind: Mesh
metadata: { name: shop-${name} }
include: [../../services/*.yaml]
discover: [{ cluster: a, manifests: '../../apps/${name}/**/*.yaml', namespace: n }]
defaults:
  cluster: { trust: { current: none }, gateway: { install: none } }
  service: { clusters: [a] }
clusters:
  - { name: a, gateway: { addresses: [192.0.2.${host}] } }
  - { name: b, gateway: { addresses: [192.0.2.${host + 1}] } }
`
}

const manifest = (name: string, exported: boolean): string => `apiVersion: v1
kind: Service
metadata:
  name: ${name}
  annotations: { meshwright.dev/export: "${exported}", meshwright.dev/service-accounts: ${name} }
spec:
  ports: [{ name: http, port: 80 }]
`

function environments(): Sandbox & { generate: (environment: string) => Result; commit: (message: string) => void } {
  const box = sandbox()
  box.git('init', '--quiet', '--initial-branch=main')
  const passphrase = join(box.root, 'passphrase')
  writeFileSync(passphrase, 'a passphrase for one test\n', { mode: 0o600 })
  box.write('services/s.yaml', service('s'))
  const { certificate } = makeControllerKey({ now: new Date(), bits: 2048 })
  for (const [i, name] of ENVIRONMENTS.entries()) {
    box.write(`envs/${name}/mesh.yaml`, mesh(name, 10 * (i + 1)))
    for (const cluster of ['a', 'b']) {
      box.write(`envs/${name}/corefiles/${cluster}.Corefile`, KUBEADM_COREFILE)
      box.write(`envs/${name}/sealing/${cluster}.pem`, certificate)
    }
    box.write(`apps/${name}/x.yaml`, manifest(`only-${name}`, true))
  }
  const generate = (name: string): Result => {
    const key = join(box.root, 'data', 'meshwright', `shop-${name}`, 'r1.key.age')
    return box.meshwright(
      ...['generate', '-f', `envs/${name}/mesh.yaml`, '--root-key', key, '--passphrase-file', passphrase],
    )
  }
  for (const name of ENVIRONMENTS) {
    const made = box.meshwright(
      'trust',
      'root',
      'create',
      '-f',
      `envs/${name}/mesh.yaml`,
      '--passphrase-file',
      passphrase,
    )
    if (made.code !== 0) throw new Error(made.err)
    const { code, err } = generate(name)
    if (code !== 0) throw new Error(err)
  }
  const commit = (message: string): void => {
    box.git('add', '--all')
    const { code, err, out } = box.git('commit', '--quiet', '--message', message)
    if (code !== 0) throw new Error(out + err)
  }
  commit('Begin')
  return { ...box, generate, commit }
}

describe('environments', (test) => {
  const box = environments()
  const path = (...parts: readonly string[]): string => join(box.mesh, ...parts)
  const publish = (name: string, ...more: readonly string[]): Result =>
    box.meshwright('publish', '-f', `envs/${name}/mesh.yaml`, '--no-push', ...more)

  test('each has its own lock and output, and what both share', () => {
    for (const name of ENVIRONMENTS) {
      const lock = [...readTree(path('envs', name, 'mesh.lock')).keys()].filter((file) => file.startsWith('hosts/'))
      equal(lock, [`hosts/n/only-${name}.yaml`, 'hosts/n/s.yaml'])
      for (const [file, bytes] of readTree(path('envs', name, 'output'))) {
        ok(!/shop-(?!prod|dev)/.test(String(bytes)))
        ok(!String(bytes).includes(name === 'prod' ? 'shop-dev' : 'shop-prod'), file)
      }
      const checked = box.meshwright('generate', '--check', '-f', `envs/${name}/mesh.yaml`)
      is(checked.code, 0, checked.err)
      is(box.meshwright('validate', '-C', `envs/${name}`).code, 0)
    }
    ok(!existsSync(path('mesh.lock')) && !existsSync(path('output')), 'nothing lies beside them')
  })

  test('each is published to a branch of its own', () => {
    for (const name of ENVIRONMENTS) is(publish(name).code, 0)
    const branches = box.git('branch', '--list', 'environments/*', '--format=%(refname:short)').out.trim().split('\n')
    equal(branches, ['environments/shop-dev', 'environments/shop-prod'])
    const shown = (name: string): string => box.git('show', `environments/shop-${name}:clusters/b/services/n.yaml`).out
    for (const name of ENVIRONMENTS)
      is(shown(name), String(readFileSync(path('envs', name, 'output/clusters/b/services/n.yaml'))))
    match(shown('dev'), /only-dev/)
    not(/only-dev/.test(shown('prod')))
  })

  test('what is shared and not committed stops both, what is of one only that one', () => {
    appendFileSync(path('apps/dev/x.yaml'), '# edited\n')
    is(publish('prod').code, 0)
    const dev = publish('dev')
    is(dev.code, 1)
    match(dev.err, /not everything is committed: .*apps\/dev\/x\.yaml/)
    box.git('checkout', '--quiet', 'apps')

    box.write('services/new.yaml', service('new'))
    for (const name of ENVIRONMENTS) {
      const { code, err } = publish(name)
      is(code, 1)
      match(err, /services\/new\.yaml/)
    }
    // An ignored file is in no commit either.
    box.write('.gitignore', 'new.yaml\n')
    match(publish('prod').err, /services\/new\.yaml/)
    rmSync(path('.gitignore'))

    box.commit('Add a service, without its locks')
    const unlocked = publish('prod')
    is(unlocked.code, 1)
    match(unlocked.err, /to do: give [\d.]+ to new\.n/)
    is(box.generate('prod').code, 0)
    box.commit('Lock it for prod')
    is(publish('prod').code, 0)
    is(publish('dev').code, 1, 'the lock of the other one is not its own')
    is(box.generate('dev').code, 0)
    box.commit('Lock it for dev')
    is(publish('dev').code, 0)
  })

  test('two meshes in one folder do not share a lock', () => {
    writeFileSync(path('envs/dev/other.yaml'), mesh('other', 30))
    const { code, err } = box.meshwright('validate', '-f', 'envs/dev/other.yaml')
    is(code, 2)
    match(err, /MESH-E/)
    rmSync(path('envs/dev/other.yaml'))
  })

  test('places are told as seen from here, in the file that they are in', () => {
    writeFileSync(path('services/s.yaml'), service('s').replace('port: 8000', 'port: 80000'))
    const { err } = box.meshwright('validate', '-f', 'envs/prod/mesh.yaml')
    match(err, /^services\/s\.yaml:5:31: error MESH-E205/m)
    match(err, /5 \| .*port: 80000/)
    const { out } = box.meshwright('validate', '-C', 'envs/dev', '--format', 'json')
    const [found] = (JSON.parse(out) as { diagnostics: { file: string; start: object }[] }).diagnostics
    equal([found?.file, found?.start], ['services/s.yaml', { line: 5, column: 31 }])
    box.git('checkout', '--quiet', 'services')
  })

  test('a link out of the repository is refused', () => {
    const outside = join(box.root, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'evil.yaml'), service('evil'))
    symlinkSync(join(outside, 'evil.yaml'), path('services/evil.yaml'))
    match(box.meshwright('validate', '-f', 'envs/prod/mesh.yaml').err, /MESH-E123/)
    box.commit('Slip')
    const { code, err } = publish('prod')
    is(code, 2)
    match(err, /MESH-E123/)
    box.done()
  })
})
