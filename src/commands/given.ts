/** Clusters, services and consumers as they are given on the command line. */
import { exit, Failure } from '../diagnostics/failure.ts'
import type { NewCluster, NewService } from '../intent/item.ts'

export const CURRENT = ['none', 'self-signed', 'cacerts'] as const
export const INSTALL = ['none', 'gateway-api', 'helm-values'] as const

/** `cluster-1=gw.example.com` */
export function clusterOf(text: string): Pick<NewCluster, 'name' | 'address'> {
  const [, name, address] = /^([^=]+)=(.+)$/.exec(text) ?? []
  if (name === undefined || address === undefined) throw notOfForm(text, 'NAME=ADDRESS', 'cluster-1=gw.example.com')
  return { name, address }
}

/** `svc-2.bar@cluster-2:8000/HTTP` */
export function serviceOf(text: string): NewService {
  const [, name, namespace, cluster, port, protocol = 'HTTP'] =
    /^([^.@]+)\.([^.@]+)@([^:]+):(\d+)(?:\/([\w-]+))?$/.exec(text) ?? []
  if (name === undefined || namespace === undefined || cluster === undefined) {
    throw notOfForm(text, 'NAME.NAMESPACE@CLUSTER:PORT[/PROTOCOL]', 'svc-2.bar@cluster-2:8000/HTTP')
  }
  return { name, namespace, cluster, port: Number(port), protocol: canonical(protocol) }
}

/** As the schema writes it, whatever the case; what is no protocol is left for the schema to refuse. */
function canonical(protocol: string): string {
  const mixed = ['GRPC-Web', 'Mongo', 'MySQL', 'Redis']
  return mixed.find((name) => name.toUpperCase() === protocol.toUpperCase()) ?? protocol.toUpperCase()
}

/** `cluster-1` or `cluster-1/foo`; namespaces of the same cluster are put together. */
export function consumersOf(texts: readonly string[]): NonNullable<NewService['consumers']> {
  const byCluster = new Map<string, string[] | undefined>()
  for (const text of texts) {
    const [, cluster, namespace] = /^([^/]+)(?:\/([^/]+))?$/.exec(text) ?? []
    if (cluster === undefined) throw notOfForm(text, 'CLUSTER[/NAMESPACE]', 'cluster-1/foo')
    const before = byCluster.get(cluster)
    const everywhere = namespace === undefined || (byCluster.has(cluster) && before === undefined)
    byCluster.set(cluster, everywhere ? undefined : [...(before ?? []), namespace])
  }
  return [...byCluster].map(([cluster, namespaces]) => ({ cluster, ...(namespaces !== undefined && { namespaces }) }))
}

function notOfForm(text: string, form: string, example: string): Failure {
  return new Failure(`${text} is not ${form}`, { exitCode: exit.invalid, hints: [`such as ${example}`] })
}
