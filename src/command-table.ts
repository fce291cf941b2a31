/**
 * Every command with its options and help text. This file loads nothing heavy, so that `--help` and `--version` are
 * quick; a command's own module is loaded when it is run.
 */
import type { Command, OptionSpec } from './command.ts'
import { adoptCommands } from './commands/adopt-commands.ts'
import { crlCommands } from './commands/crl-commands.ts'
import { hookCommands } from './commands/hook-commands.ts'
import { resealCommand } from './commands/reseal-command.ts'
import { simulateCommand } from './commands/simulate-command.ts'
import { trustCommands } from './commands/trust-commands.ts'
import { trustRootCommands } from './commands/trust-root-commands.ts'

/** Options that every command has. */
export const COMMON_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  file: { type: 'string', short: 'f', value: 'FILE', help: 'the mesh file [mesh.yaml]' },
  directory: { type: 'string', short: 'C', value: 'DIR', help: 'work in this folder' },
  help: { type: 'boolean', short: 'h', help: 'show this help' },
  version: { type: 'boolean', help: 'show the version' },
}

const output: OptionSpec = {
  type: 'string',
  short: 'o',
  value: 'DIR',
  help: 'the output folder [output, beside the mesh file]',
}
const passphraseFile: OptionSpec = {
  type: 'string',
  value: 'FILE',
  help: 'file whose first line is the passphrase [$MESHWRIGHT_PASSPHRASE_FILE]',
}
const rootKey: Readonly<Record<string, OptionSpec>> = {
  'root-key': {
    type: 'string',
    value: 'FILE',
    help: 'the root key: age file or PEM, or - for standard input [$MESHWRIGHT_ROOT_KEY]',
  },
  identity: {
    type: 'string',
    value: 'FILE',
    help: 'age identity that opens it, or a key that SOPS encrypted [$MESHWRIGHT_IDENTITY]',
  },
  signer: {
    type: 'string',
    value: "'COMMAND ARG...'",
    help: 'signs in place of a key: reads what to sign, prints the signature [$MESHWRIGHT_SIGNER]',
  },
  'passphrase-file': passphraseFile,
}

const trustCurrent: OptionSpec = {
  type: 'string',
  value: 'none|self-signed|cacerts',
  help: 'what istiod signs with today',
}
const gatewayInstall: OptionSpec = {
  type: 'string',
  value: 'none|gateway-api|helm-values',
  help: 'who installs the east-west gateways',
}
const format: OptionSpec = {
  type: 'string',
  value: 'text|json|github|sarif|junit',
  help: 'how to report; all but text go to stdout [text]',
}

const withManifests: OptionSpec = {
  type: 'string',
  multiple: true,
  value: 'CLUSTER=PATH',
  help: 'judge these Kubernetes objects of a cluster too, beside its manifests in mesh.yaml; repeat it',
}

export const COMMANDS: readonly Command[] = [
  {
    name: 'init',
    summary: 'write a first mesh.yaml',
    details: `It asks at most three things, each only where no option says it: the clusters, what istiod signs with
today, and who installs the east-west gateways. In a folder that has a mesh, --ci writes the pipeline alone.`,
    arity: [0, 0],
    options: {
      name: { type: 'string', value: 'NAME', help: 'name of the mesh [the folder]' },
      cluster: {
        type: 'string',
        multiple: true,
        value: 'NAME=ADDRESS',
        help: "a cluster and its gateway's address; repeat it",
      },
      service: {
        type: 'string',
        multiple: true,
        value: 'NAME.NAMESPACE@CLUSTER:PORT[/PROTOCOL]',
        help: 'a service, its cluster and port [HTTP]; repeat it',
      },
      'trust-current': trustCurrent,
      'gateway-install': gatewayInstall,
      yes: { type: 'boolean', short: 'y', help: 'ask nothing; what has no safe default must be given' },
      ci: {
        type: 'string',
        value: 'github|gitlab',
        help: 'write a pipeline too: plan on a pull request, publish on main',
      },
    },
    load: () => import('./commands/init.ts'),
  },
  {
    name: 'add cluster',
    arguments: 'NAME=ADDRESS...',
    summary: 'add clusters to mesh.yaml',
    details: 'What is there keeps every byte: the new lines go where a sorted list has them, else to the end.',
    arity: [1, Infinity],
    options: { 'trust-current': trustCurrent, 'gateway-install': gatewayInstall },
    load: () => import('./commands/add-cluster.ts'),
  },
  {
    name: 'add service',
    arguments: 'SERVICE...',
    summary: 'add services to mesh.yaml',
    details: `SERVICE is NAME.NAMESPACE@CLUSTER:PORT[/PROTOCOL], with HTTP for a protocol that is not said. What is there keeps
every byte: the new lines go where a sorted list has them, else to the end.`,
    arity: [1, Infinity],
    options: {
      consumer: {
        type: 'string',
        multiple: true,
        value: 'CLUSTER[/NAMESPACE]',
        help: 'who calls it [every other cluster]; repeat it',
      },
      'service-account': {
        type: 'string',
        multiple: true,
        value: 'NAME',
        help: "service account of its pods [the service's name]; repeat it",
      },
    },
    load: () => import('./commands/add-service.ts'),
  },
  {
    name: 'validate',
    summary: 'check the intent, the lock and all files that they name',
    arity: [0, 0],
    options: { format, with: withManifests },
    load: () => import('./commands/validate.ts'),
  },
  {
    name: 'generate',
    summary: 'bring lock and output in line with the intent',
    details: `Needs the root key only when an intermediate must be issued; it says so then. The lock and the
output are written as one: after a failure both are as they were.`,
    arity: [0, 0],
    options: {
      check: { type: 'boolean', help: 'write nothing; exit 1 when something would change' },
      base: {
        type: 'string',
        value: 'REF',
        help: 'refuse more than one stage of trust since this commit [HEAD, with --check and --commit]',
      },
      format,
      output,
      ...rootKey,
      'store-files': {
        type: 'string',
        value: 'DIR',
        help: 'where to write keys for External Secrets, encrypted; outside of any work tree',
      },
      release: {
        type: 'string',
        multiple: true,
        value: 'SERVICE.NAMESPACE',
        help: 'end the retiring exposures of this host; repeat it',
      },
      commit: { type: 'boolean', help: 'commit lock and output, and nothing else, on the current branch' },
      with: withManifests,
      'skip-ci': { type: 'boolean', help: 'with --commit: put [skip ci] into the subject' },
      'allow-delete': { type: 'boolean', help: 'allow to remove a whole cluster, or more than 20 objects' },
    },
    load: () => import('./commands/generate.ts'),
  },
  {
    name: 'plan',
    summary: 'tell what a change of intent does, before anything is written',
    details: `Compares what the intent gives with what lies in the output folder, with what a commit of this
repository gives, or with another output folder: objects and their fields, and what follows from
them. Needs no key and writes nothing.`,
    arity: [0, 0],
    options: {
      base: { type: 'string', value: 'REF', help: 'compare with what this commit gives: main, HEAD~1, v2' },
      against: { type: 'string', value: 'DIR', help: 'compare with this output folder' },
      output,
      release: {
        type: 'string',
        multiple: true,
        value: 'SERVICE.NAMESPACE',
        help: 'as if generate were told to release this host; repeat it',
      },
      format: { type: 'string', value: 'text|json|markdown', help: 'how to report [text]' },
      with: withManifests,
      'exit-code': { type: 'boolean', help: 'exit 1 when anything would change' },
    },
    load: () => import('./commands/plan.ts'),
  },
  simulateCommand,
  {
    name: 'publish',
    summary: 'commit the output of HEAD to the output branch, and push it',
    details: `Renders from the committed intent and lock, never from the work tree, and touches neither work tree nor
index. Makes no commit when nothing changed, and never goes over the output of a later source.`,
    arity: [0, 0],
    options: {
      branch: { type: 'string', value: 'BRANCH', help: 'the output branch [delivery.branch, environments/<mesh>]' },
      remote: { type: 'string', value: 'REMOTE', help: 'where to push [origin]' },
      'no-push': { type: 'boolean', help: 'write the local branch only' },
      'dry-run': { type: 'boolean', help: 'tell what would be published' },
      author: { type: 'string', value: "'NAME <ADDRESS>'", help: 'author of the commit [what git says]' },
      'argocd-trailers': {
        type: 'boolean',
        help: "name the source as Argo CD's source hydrator wants it (Argocd-reference-commit-*)",
      },
      'hydrator-metadata': { type: 'boolean', help: 'name the source in a file hydrator.metadata as well' },
      timeout: {
        type: 'string',
        value: 'SECONDS',
        help: 'silence after which a remote is given up [$MESHWRIGHT_GIT_TIMEOUT, 120]',
      },
      'allow-diverged': {
        type: 'boolean',
        help: 'publish although the branch has a source that is not in our history',
      },
      rollback: { type: 'boolean', help: 'publish although the branch has a later source' },
      'allow-skipped-stage': {
        type: 'boolean',
        help: 'publish although the roots change by more than one stage, which may part clusters',
      },
    },
    load: () => import('./commands/publish.ts'),
  },
  {
    name: 'verify',
    arguments: '[DIR]',
    summary: 'read an output back as a stranger would, and judge it',
    details: `Needs no intent, no lock and no key. Where a mesh.lock lies beside the output, fingerprints are held against it.

With --history it looks for private keys instead: in every version of every file in the folder of the mesh file and of a
published output, in all branches and tags, or in a range of revisions such as main..HEAD in place of DIR.`,
    arity: [0, 1],
    options: {
      format,
      history: { type: 'boolean', help: 'look for keys in the clear in the history of Git' },
      expiry: { type: 'boolean', help: 'exit 1 also when a root ends within 730 days, or an intermediate within 180' },
    },
    load: () => import('./commands/verify.ts'),
  },
  ...trustRootCommands(passphraseFile),
  ...trustCommands(),
  resealCommand(output),
  ...crlCommands(rootKey),
  ...adoptCommands,
  {
    name: 'address',
    arguments: 'HOST|IP',
    summary: 'tell the address of a host, or the host of an address',
    arity: [1, 1],
    options: {},
    load: () => import('./commands/address.ts'),
  },
  {
    name: 'explain',
    arguments: 'CODE|FIELD',
    summary: 'tell more about a diagnostic or a field of mesh.yaml',
    details:
      'CODE is such as MESH-E308 or 308, FIELD such as clusters.gateway.addresses or its end, gateway.addresses.',
    arity: [1, 1],
    options: {},
    load: () => import('./commands/explain.ts'),
  },
  ...hookCommands(output),
  {
    name: 'schema',
    summary: 'print the JSON Schema of mesh.yaml',
    arity: [0, 0],
    options: { included: { type: 'boolean', help: 'that of the files that it includes' } },
    load: () => import('./commands/schema.ts'),
  },
  {
    name: 'completion',
    arguments: 'bash|zsh|fish',
    summary: 'print the completion script of a shell',
    details: `bash: source <(meshwright completion bash), in ~/.bashrc

zsh: source <(meshwright completion zsh), in ~/.zshrc after compinit

fish: meshwright completion fish > ~/.config/fish/completions/meshwright.fish`,
    arity: [1, 1],
    options: {},
    load: () => import('./commands/completion.ts'),
  },
]
