import type { ExitCode } from '../diagnostics/failure.ts'
import { clusterItem } from '../intent/item.ts'
import type { Invocation } from '../invocation.ts'
import { add } from './add.ts'
import { clusterOf, CURRENT, INSTALL } from './given.ts'
import { tellFiles } from './next-steps.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const currentTrust = invocation.oneOf('trust-current', CURRENT)
  const gatewayInstall = invocation.oneOf('gateway-install', INSTALL)
  const clusters = invocation.positionals.map(clusterOf)
  const additions = clusters.map((cluster) => ({
    name: cluster.name,
    item: clusterItem({
      ...cluster,
      ...(currentTrust !== undefined && { currentTrust }),
      ...(gatewayInstall !== undefined && { gatewayInstall }),
    }),
  }))
  return add(invocation, 'clusters', additions, (mesh) => {
    tellFiles(
      invocation,
      mesh.clusters.filter(({ name }) => clusters.some((c) => c.name === name)),
    )
    invocation.say('then:\n  meshwright generate --root-key FILE')
  })
}
