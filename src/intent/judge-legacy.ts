/** What a cluster with Istio 1.6 or 1.7 cannot be told, and what only such a one can. */
import { diagnose } from '../diagnostics/diagnostic.ts'
import { isLegacy, parseRelease, supports } from '../mesh/capabilities.ts'
import { parseIpv4 } from '../mesh/cidr.ts'
import type { Complaints } from './complaints.ts'
import type { ValuePath } from './document.ts'
import type { Locate } from './entry.ts'
import type { Cluster } from './schema.gen.ts'

type Refuse = (path: ValuePath, reason: string, advice: string) => void

export function judgeLegacy(cluster: Cluster, at: Locate, complaints: Complaints): void {
  const { name, istio, dns } = cluster
  const version = istio?.version ?? '1.30'
  if (parseRelease(version) === undefined) return
  const refuse: Refuse = (path, reason, advice) => {
    const args = { cluster: name, version, field: path.join('.'), reason, advice }
    complaints.add(diagnose('MESH-E932', args, at(...path)))
  }
  if (istio?.egressGateway === true && !supports('egress-view', version)) {
    const since17 = isLegacy(version)
    refuse(
      ['istio', 'egressGateway'],
      since17
        ? 'its sidecars see all networks, so that half of the calls would go past the egress gateway'
        : 'only Istio 1.6 has sidecars that see nothing but the egress gateway',
      'leave it out',
    )
  }
  const address = dns?.istiocoredns
  if (!isLegacy(version)) {
    if (address !== undefined)
      refuse(['dns', 'istiocoredns'], 'only Istio 1.6 and 1.7 bring that DNS server', 'leave it out')
    return
  }
  if (address !== undefined && parseIpv4(address) === undefined) {
    complaints.add(diagnose('MESH-E934', { cluster: name, address }, at('dns', 'istiocoredns')))
  }
  judgeInstall(cluster, refuse)
}

/** The installer makes gateway and istiod in one way only. */
function judgeInstall({ istio = {}, gateway = {} }: Cluster, refuse: Refuse): void {
  const OWN = 'istioctl installs the gateway of this version, for all services'
  if (gateway.install !== undefined && gateway.install !== 'none') {
    refuse(['gateway', 'install'], OWN, 'write install: none')
  }
  if (gateway.selector !== undefined) refuse(['gateway', 'selector'], OWN, 'leave it out')
  const elsewhere = 'what its installer makes was read for istio-system only'
  if ((gateway.namespace ?? 'istio-system') !== 'istio-system')
    refuse(['gateway', 'namespace'], elsewhere, 'leave it out')
  if ((istio.namespace ?? 'istio-system') !== 'istio-system') refuse(['istio', 'namespace'], elsewhere, 'leave it out')
  if ((istio.rootNamespace ?? 'istio-system') !== 'istio-system') {
    refuse(['istio', 'rootNamespace'], elsewhere, 'leave it out')
  }
  for (const field of ['revision', 'tag'] as const) {
    if (istio[field] === undefined) continue
    refuse(['istio', field], 'revisions were not read for this version', 'leave it out')
  }
}
