/** What the ports of a service mean for those who run and call it. */
import { diagnose } from '../diagnostics/diagnostic.ts'
import type { Service } from '../mesh/mesh.ts'
import type { Complaints } from './complaints.ts'
import type { Locate } from './entry.ts'
import type { Service as ServiceIntent } from './schema.gen.ts'

type Called = Pick<Service, 'key' | 'providers' | 'consumers' | 'ports' | 'headless'>

/** Its own copy is dialled under the Service's name, and a headless Service turns no port into another. */
export function judgeHeadlessCalls(
  { key, providers, consumers, ports, headless }: Called,
  at: Locate,
  complaints: Complaints,
): void {
  const odd = ports.find(({ port, targetPort }) => targetPort !== port)
  if (headless !== true || odd === undefined) return
  for (const { cluster } of providers) {
    const index = consumers.findIndex((consumer) => consumer.cluster === cluster)
    if (index < 0) continue
    complaints.add(diagnose('MESH-E229', { service: key, cluster, port: odd.port }, at('consumers')))
  }
}

/** It is the Service's own port that decides, which is what the intent repeats. */
export function judgeMongo(
  { ports }: ServiceIntent,
  { key, providers }: Called,
  at: Locate,
  complaints: Complaints,
): void {
  const clusters = providers.map(({ cluster }) => cluster)
  for (const [i, { port, protocol }] of (ports ?? []).entries()) {
    if (protocol !== 'Mongo') continue
    complaints.add(diagnose('MESH-W232', { service: key, port, clusters }, at('ports', i, 'protocol')))
  }
}
