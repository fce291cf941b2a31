/**
 * The main job from nothing, with the real command line: two clusters that trust and find each other.
 *
 * usage: npm run demo [-- DIR]     DIR: a new or empty folder [a temporary one]
 */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { KUBEADM_COREFILE } from './corefiles.ts'
import { makeControllerKey } from './trust/controller-certificate.ts'

const MESHWRIGHT = join(import.meta.dirname, '..', '..', 'dist', 'main.js')
const CLUSTERS = ['cluster-1', 'cluster-2']

const [given] = process.argv.slice(2)
const folder = given === undefined ? mkdtempSync(join(tmpdir(), 'meshwright-demo-')) : resolve(given)
const mesh = join(folder, 'mesh')
const remote = join(folder, 'remote.git')
// Never in a work tree, which DIR may be part of; meshwright would refuse to write a key there.
const keys = mkdtempSync(join(tmpdir(), 'meshwright-demo-keys-'))

function main(): void {
  mkdirSync(folder, { recursive: true })
  if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty`)
  mkdirSync(mesh)

  say(`A repository for the intent, and a bare one that Argo CD or Flux would watch, in ${folder}.`)
  run('git', 'init', '--quiet', '--bare', '--initial-branch=main', remote)
  run('git', 'init', '--quiet', '--initial-branch=main', '.')
  run('git', 'remote', 'add', 'origin', remote)
  run('git', 'config', 'user.name', 'meshwright demo')
  run('git', 'config', 'user.email', 'demo@example.com')

  say('The intent: two clusters, and one service of each that the other one calls.')
  meshwright(
    ['init', '--name', 'shop', '--trust-current', 'none', '--gateway-install', 'none'],
    ['--cluster', 'cluster-1=cluster-1-gw.example.com', '--cluster', 'cluster-2=203.0.113.7'],
    ['--service', 'svc-1.foo@cluster-1:8000', '--service', 'svc-2.bar@cluster-2:8000'],
  )

  say(
    'What you would fetch from each cluster: its Corefile, and the certificate of its sealed-secrets controller. Here both\n' +
      'are made up; the private keys of these controllers are thrown away at once.',
  )
  for (const name of CLUSTERS) {
    write(`corefiles/${name}.Corefile`, KUBEADM_COREFILE)
    write(`sealing/${name}.pem`, makeControllerKey({ now: new Date() }).certificate)
  }

  say('The root that both clusters will trust. Its key is written encrypted, outside of every work tree.')
  const passphrase = join(keys, 'passphrase')
  writeFileSync(passphrase, `${randomBytes(18).toString('base64url')}\n`, { mode: 0o600 })
  const rootKey = join(keys, 'r1.key.age')
  meshwright(['trust', 'root', 'create', '--passphrase-file', passphrase, '--key-out', rootKey])
  meshwright(['validate'])
  meshwright(['generate', '--root-key', rootKey, '--passphrase-file', passphrase])

  say('Intent, lock and output are committed together; then the output goes to its own branch.')
  run('git', 'add', '--all')
  run('git', 'commit', '--quiet', '--message', 'Begin the mesh')
  meshwright(['publish'])
  meshwright(['verify'])

  say('A second generate has nothing to do, and needs no key.')
  meshwright(['generate'])

  say('The output branch:')
  run('git', '-C', remote, 'ls-tree', '-r', '--name-only', 'environments/shop')
  process.stdout.write(`
For real clusters:
  1. meshwright init, in a repository of your own; it asks what it cannot guess
  2. fetch each cluster's Corefile and sealing certificate (init prints the commands)
  3. meshwright trust root create, and keep two copies of the key file in two places
  4. meshwright generate --root-key FILE, git commit, meshwright publish
  5. name the repository in delivery.repoURL and Argo CD or Flux in delivery.engines: the output then has
     argocd/ and flux/, to be applied once; each folder's README.md says what the cluster needs
  Everything of this run is in ${folder}
  (the throwaway root key and its passphrase: ${keys})
`)
}

function say(text: string): void {
  process.stdout.write(`\n# ${text.replaceAll('\n', '\n# ')}\n`)
}

function write(path: string, text: string): void {
  mkdirSync(join(mesh, path, '..'), { recursive: true })
  writeFileSync(join(mesh, path), text)
  process.stdout.write(`wrote ${path}\n`)
}

function meshwright(...args: readonly (readonly string[])[]): void {
  const lines = args.map((part) => part.join(' '))
  process.stdout.write(`$ meshwright ${lines.join(' \\\n    ')}\n`)
  execute(process.execPath, [MESHWRIGHT, ...args.flat()])
}

function run(command: string, ...args: readonly string[]): void {
  process.stdout.write(`$ ${[command, ...args].map((a) => (/\s/.test(a) ? `'${a}'` : a)).join(' ')}\n`)
  execute(command, args)
}

/** Runs in the mesh repository, on the same terminal; the demo ends where a step fails. */
function execute(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { cwd: mesh, stdio: ['ignore', 'inherit', 'inherit'] })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${command} ended with ${status}`)
}

try {
  main()
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
