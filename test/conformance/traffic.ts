/** Real requests between two clusters of real istiods and Envoys, which have what was rendered and unsealed. */
import { check, type Layer } from './check.ts'
import type { ToolName } from './tools.ts'
import { enterNamespace, type Namespace } from './traffic/namespace.ts'
import { SCENARIOS } from './traffic/scenarios.ts'
import type { Workbench } from './workbench.ts'

const NEEDS: readonly ToolName[] = ['unshare', 'kubeseal', 'coredns', 'envoy', 'pilot-agent', 'pilot-discovery']

export const traffic: Layer = {
  name: 'traffic',
  checks: SCENARIOS.map(({ name }) => check(name, NEEDS, async (bench) => (await namespaceOf(bench)).run(name))),
  end: async () => {
    const namespace = await entering?.catch(() => undefined)
    await namespace?.leave()
  },
}

let entering: Promise<Namespace> | undefined

/** Entered by the first check; what goes wrong then fails all of them. */
function namespaceOf(bench: Workbench): Promise<Namespace> {
  entering ??= enterNamespace(bench)
  return entering
}
