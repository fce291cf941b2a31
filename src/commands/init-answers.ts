/** What a first mesh needs to know: from options, from whoever sits at the terminal, or by a default that is safe. */
import { basename } from 'node:path'
import { exit, Failure } from '../diagnostics/failure.ts'
import type { FirstMesh } from '../intent/template.ts'
import type { Invocation } from '../invocation.ts'
import type { ask } from '../shell/prompt.ts'
import { clusterOf, CURRENT, INSTALL, serviceOf } from './given.ts'

/** @param put asks somebody: at most three things, each only where no option says it */
export async function answers(invocation: Invocation, folder: string, put: typeof ask): Promise<FirstMesh> {
  const given = invocation.texts('cluster').map(clusterOf)
  const services = invocation.texts('service').map(serviceOf)
  const said = {
    name: invocation.text('name') ?? nameOf(folder),
    clusters: given.length === 0 ? undefined : given,
    currentTrust: invocation.oneOf('trust-current', CURRENT),
    gatewayInstall: invocation.oneOf('gateway-install', INSTALL),
    services,
  }
  if (invocation.world.interactive && !invocation.flag('yes')) {
    return {
      ...said,
      clusters: said.clusters ?? (await put(CLUSTERS, clustersOf)),
      currentTrust: said.currentTrust ?? (await put(TRUST, (answer) => CURRENT.find((c) => c === answer))),
      gatewayInstall:
        said.gatewayInstall ?? (await put(GATEWAYS, (answer) => INSTALL.find((i) => i === answer), 'none')),
    }
  }
  const { clusters, currentTrust } = said
  // It makes nothing and so breaks nothing; but whoever waits for a gateway has to know it.
  const gatewayInstall = said.gatewayInstall ?? (invocation.flag('yes') ? 'none' : undefined)
  if (clusters === undefined || currentTrust === undefined || gatewayInstall === undefined) {
    throw new Failure(invocation.flag('yes') ? 'some answers have no safe default' : 'there is nobody to ask', {
      exitCode: exit.invalid,
      hints: [
        ...(clusters === undefined ? ['give --cluster NAME=ADDRESS, once for each cluster'] : []),
        ...(currentTrust === undefined
          ? [
              `give --trust-current ${CURRENT.join('|')}: what istiod signs with today; a wrong guess would split a live mesh`,
            ]
          : []),
        ...(gatewayInstall === undefined
          ? [`give --gateway-install ${INSTALL.join('|')}: who installs the east-west gateways; --yes takes none`]
          : []),
      ],
    })
  }
  if (said.gatewayInstall === undefined) {
    invocation.say('took --gateway-install none: the east-west gateways are there, or come by other means')
  }
  return { ...said, clusters, currentTrust, gatewayInstall }
}

const CLUSTERS = "clusters, each with its gateway's address: NAME=ADDRESS NAME=ADDRESS ..."
const TRUST = `what do your istiods sign with today? ${CURRENT.join(', ')}`
const GATEWAYS =
  'who installs the east-west gateways? none: they are there, or come by other means; gateway-api: istiod; helm-values: you, by its chart'

function clustersOf(answer: string): FirstMesh['clusters'] | undefined {
  const words = answer.split(/[\s,]+/).filter((word) => word !== '')
  return words.length > 0 && words.every((word) => /^[^=]+=.+$/.test(word)) ? words.map(clusterOf) : undefined
}

function nameOf(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return name === '' ? 'mesh' : name
}
