import { basename, join } from 'node:path'
import { hasErrors } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import { firstMesh, type FirstMesh } from '../intent/template.ts'
import type { Invocation } from '../invocation.ts'
import { ask } from '../shell/prompt.ts'
import { writeNew } from '../shell/new-files.ts'
import { readMesh, schemaText } from '../shell/workspace.ts'
import { places } from './inputs.ts'
import { report } from './report.ts'

const CURRENT = ['none', 'self-signed', 'cacerts'] as const
const INSTALL = ['none'] as const

export async function run(invocation: Invocation): Promise<ExitCode> {
  const { root, meshFile } = await places(invocation)
  const mesh = await firstMeshOf(invocation, root)
  const text = firstMesh(mesh)
  const texts = new Map<string, string>()
  // What was given is judged by the rules for every mesh, in the text that would be written.
  const checked = readMesh(Buffer.from(text), meshFile, texts)
  if (hasErrors(checked.diagnostics)) {
    report(invocation, { diagnostics: checked.diagnostics, texts })
    invocation.say('nothing was written')
    return exit.invalid
  }
  await writeNew(
    root,
    new Map([
      [meshFile, text],
      ['mesh.schema.json', schemaText()],
    ]),
  )
  invocation.say(`wrote ${join(root, meshFile)} and mesh.schema.json, which editors complete it by`)
  invocation.say('\nnext, for each cluster, once:\n  mkdir -p corefiles sealing')
  for (const { name } of mesh.clusters) {
    invocation.say(
      `  kubectl --context ${name} -n kube-system get configmap coredns -o jsonpath='{.data.Corefile}' > corefiles/${name}.Corefile`,
    )
    invocation.say(`  kubeseal --context ${name} --fetch-cert > sealing/${name}.pem`)
  }
  invocation.say('then:\n  meshwright trust root create\n  meshwright generate --root-key FILE')
  return exit.done
}

async function firstMeshOf(invocation: Invocation, root: string): Promise<FirstMesh> {
  const given = invocation.texts('cluster')
  const { interactive } = invocation.world
  if (given.length === 0 && !interactive) throw incomplete('--cluster NAME=ADDRESS, once for each cluster')
  const currentTrust =
    invocation.oneOf('trust-current', CURRENT) ??
    (interactive
      ? await ask(`what do your istiods sign with today? ${CURRENT.join(', ')}`, (a) => CURRENT.find((c) => c === a))
      : undefined)
  if (currentTrust === undefined) throw incomplete(`--trust-current ${CURRENT.join('|')}: what istiod signs with today`)
  const gatewayInstall =
    invocation.oneOf('gateway-install', INSTALL) ??
    (interactive
      ? await ask(
          'who installs the east-west gateways? none: they are there, or come by other means',
          (a) => INSTALL.find((i) => i === a),
          'none',
        )
      : undefined)
  if (gatewayInstall === undefined)
    throw incomplete(`--gateway-install ${INSTALL.join('|')}: who installs the east-west gateways`)
  const clusters =
    given.length > 0
      ? given.map(clusterOf)
      : await ask("clusters, each with its gateway's address: NAME=ADDRESS NAME=ADDRESS ...", (answer) => {
          const words = answer.split(/[\s,]+/).filter((word) => word !== '')
          return words.length > 0 && words.every((word) => /^[^=]+=.+$/.test(word)) ? words.map(clusterOf) : undefined
        })
  const name =
    invocation.text('name') ??
    (basename(root)
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/g, '-')
      .replaceAll(/^-+|-+$/g, '') ||
      'mesh')
  return { name, currentTrust, gatewayInstall, clusters, services: invocation.texts('service').map(serviceOf) }
}

function incomplete(option: string): Failure {
  return new Failure('there is nobody to ask', { exitCode: exit.invalid, hints: [`give ${option}`] })
}

function clusterOf(text: string): FirstMesh['clusters'][number] {
  const match = /^([^=]+)=(.+)$/.exec(text)
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new Failure(`${text} is not NAME=ADDRESS`, {
      exitCode: exit.invalid,
      hints: ['such as --cluster cluster-1=gw.example.com'],
    })
  }
  return { name: match[1], address: match[2] }
}

function serviceOf(text: string): FirstMesh['services'][number] {
  const [, name, namespace, cluster, port, protocol = 'HTTP'] =
    /^([^.@]+)\.([^.@]+)@([^:]+):(\d+)(?:\/(\w+))?$/.exec(text) ?? []
  if (name === undefined || namespace === undefined || cluster === undefined) {
    throw new Failure(`${text} is not NAME.NAMESPACE@CLUSTER:PORT[/PROTOCOL]`, {
      exitCode: exit.invalid,
      hints: ['such as --service svc-2.bar@cluster-2:8000/HTTP'],
    })
  }
  return { name, namespace, cluster, port: Number(port), protocol: protocol.toUpperCase() }
}
