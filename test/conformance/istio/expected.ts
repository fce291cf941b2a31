/** The paths that a mesh promises, by its intent alone, and what a verdict says about them. */
import { clusterNamed, importsOf, servingOf, type Caller, type Mesh, type Service } from '../../../src/mesh/mesh.ts'
import { trustDomainsOf } from '../../../src/mesh/trust-domains.ts'
import { placeText } from '../../../src/mesh/ip.ts'
import { dialledPort } from '../../../src/mesh/ports.ts'
import { present } from '../check.ts'
import type { Apps, SidecarPod } from './apps.ts'
import type { Path, Verdict } from './meshcheck.ts'
import { settingsOf, textOf, wayOf } from './settings.ts'
import { sharesOf } from './shares.ts'
import { targetsIn, type Target } from './targets.ts'

/** What a path must be, by the name it has in a verdict. */
export interface PathPromise {
  readonly subjectAltNames: readonly string[]
  /** Sorted by address. */
  readonly endpoints: readonly EndpointPromise[]
  /** As meshcheck writes them. */
  readonly settings: Readonly<Record<string, string>>
  /** Of the provider's Service. */
  readonly port: number
  /** Whether sidecars see requests. */
  readonly by: Path['by']
  /** Whether the service lets the caller in; else the path must end at its pods, for that reason alone. */
  readonly letIn: boolean
  /** How that begins what a gateway must lead to, which is the SNI that it is asked for; the domain of a cluster follows. */
  readonly upstream: string
}

/** By each provider: who may call locally is of the provider's trust domain, which other clusters may share. */
function isLetIn(mesh: Mesh, service: Service, cluster: string, { namespace, account }: SidecarPod): boolean {
  const { authorization } = service
  if (authorization === undefined) return true
  const domainsOf = (name: string): readonly string[] => trustDomainsOf(mesh, [name])
  const own = clusterNamed(mesh, cluster)?.trustDomain ?? ''
  const meant = ({ namespaces, serviceAccounts }: Caller): boolean =>
    namespaces.includes(namespace) && serviceAccounts?.includes(account) !== false
  const byName = authorization.from.some(
    (caller) => meant(caller) && (caller.cluster === undefined || domainsOf(caller.cluster).includes(own)),
  )
  return servingOf(service).every(
    (provider) => byName || (authorization.local.some(meant) && domainsOf(provider.cluster).includes(own)),
  )
}

export interface EndpointPromise {
  /** `address:port` */
  readonly address: string
  /** 0 is called first. */
  readonly priority: number
  /** Of all calls, where the intent says so; not rounded. */
  readonly percent?: number
}

/** @param apps what the clusters have; their pods call */
export function promised(mesh: Mesh, apps: readonly Apps[]): Map<string, PathPromise> {
  const all = new Map<string, PathPromise>()
  for (const { cluster, pods } of apps) {
    for (const service of importsOf(mesh, cluster)) {
      const consumer = present(
        service.consumers.find((c) => c.cluster === cluster),
        'consumer',
      )
      const { namespace, serviceAccounts } = service
      const domains = mesh.clusters
        .filter(({ name }) => servingOf(service).some((provider) => provider.cluster === name))
        .flatMap(({ trustDomain, trustDomainAliases }) => [trustDomain, ...trustDomainAliases])
      // Istio adds the former domains of the calling cluster, whosever the identity is (istio: pkg/spiffe/spiffe.go).
      domains.push(...(clusterNamed(mesh, cluster)?.trustDomainAliases ?? []))
      const subjectAltNames = [...new Set(domains)]
        .flatMap((domain) => serviceAccounts.map((account) => `spiffe://${domain}/ns/${namespace}/sa/${account}`))
        .sort()
      for (const pod of pods) {
        if (consumer.namespaces !== undefined && !consumer.namespaces.includes(pod.namespace)) continue
        for (const port of service.ports) {
          for (const target of targetsIn(service)) {
            const path = `${pod.namespace}/${pod.name} -> ${service.host}:${dialledPort(port)}${subsetText(target.name)}`
            all.set(`${cluster} ${path}`, {
              subjectAltNames,
              endpoints: endpointsOf(mesh, target.service, port.port, { cluster, zone: pod.zone }),
              settings: settingsOf(service, port),
              port: port.port,
              by: wayOf(port),
              letIn: isLetIn(mesh, service, cluster, pod),
              upstream: upstreamOf(service, port.port, target),
            })
          }
        }
      }
    }
  }
  return all
}

function upstreamOf({ key }: Service, port: number, { subset }: Target): string {
  return `outbound_.${port}_.${subset}_.${key}.svc.`
}

function endpointsOf(
  mesh: Mesh,
  service: Service,
  port: number,
  caller: { readonly cluster: string; readonly zone: string },
): EndpointPromise[] {
  const shares = sharesOf(mesh, service, caller)
  return servingOf(service)
    .flatMap(({ cluster: name }) => {
      const { gateway, domain } = present(clusterNamed(mesh, name), name)
      const { key } = service
      const own = [placeText(`${key}.svc.${domain}`, port)]
      const places = name === caller.cluster ? own : gateway.addresses.map((a) => placeText(a, gateway.port))
      return places.map((address) => ({ address, ...present(shares.get(name), `share of ${name}`) }))
    })
    .sort((a, b) => (a.address < b.address ? -1 : 1))
}

export function nameOfPath({ cluster, namespace, pod, host, port, subset }: Path): string {
  return `${cluster} ${namespace}/${pod} -> ${host}:${port}${subsetText(subset)}`
}

function subsetText(subset: string): string {
  return subset === '' ? '' : ` subset ${subset}`
}

const NOT_ALLOWED = 'caller-not-allowed'

/** The path that a failure is about. */
function nameIn(where: string): string {
  return where.replace(/: .*/, '')
}

/** All that is wrong, a line each; empty when exactly what is promised is proven. */
export function problemsOf(verdict: Verdict, promises: ReadonlyMap<string, PathPromise>): string[] {
  const proven = new Map(verdict.paths.map((path) => [nameOfPath(path), path]))
  const ended = new Set(verdict.failures.map(({ where }) => nameIn(where)))
  const asPromised = (where: string): boolean => promises.get(nameIn(where))?.letIn === false
  const problems = verdict.failures
    .filter(({ code, where }) => code !== NOT_ALLOWED || !asPromised(where))
    .map(({ code, where, detail }) => `${code}: ${where}: ${detail}`)
  for (const [name, promise] of promises) {
    const path = proven.get(name)
    if (!promise.letIn) {
      // What ends it before it comes to the pods is told already.
      if (path !== undefined) problems.push(`not-refused: ${name}`)
      else if (!ended.has(name)) problems.push(`missing-path: ${name}`)
    } else if (path === undefined) {
      problems.push(`missing-path: ${name}`)
    } else {
      problems.push(...pathProblems(name, path, promise))
    }
  }
  for (const name of proven.keys()) if (!promises.has(name)) problems.push(`unpromised-path: ${name}`)
  return problems
}

function* pathProblems(
  name: string,
  path: Path,
  { subjectAltNames, endpoints, settings, port, by, upstream }: PathPromise,
): Generator<string> {
  if (!path.sni.startsWith(`outbound_.${port}_.`)) yield `other-port: ${name} asks for ${path.sni}`
  if (path.by !== by) yield `other-way: ${name} is by ${path.by}`
  if (textOf(path.settings) !== textOf(settings)) {
    yield `other-settings: ${name} has ${textOf(path.settings)}, not ${textOf(settings)}`
  }
  const names = [...path.subjectAltNames].sort().join(' ')
  if (names !== subjectAltNames.join(' ')) yield `other-names: ${name} accepts ${names || 'anybody'}`
  const found = [...path.endpoints].sort((a, b) => (a.address < b.address ? -1 : 1))
  if (found.map(({ address }) => address).join(' ') !== endpoints.map(({ address }) => address).join(' ')) {
    yield `other-endpoints: ${name} leads to ${found.map(({ address }) => address).join(' ')}`
    return
  }
  const stray = found.find((hop) => !hop.own && hop.upstream?.startsWith(upstream) !== true)
  if (stray !== undefined) yield `other-upstream: ${name} leads to ${stray.upstream} behind ${stray.address}`
  if (found.some(({ priority }, i) => priority !== endpoints[i]?.priority)) {
    yield `other-priorities: ${name} has ${found.map((hop) => `${hop.address} at ${hop.priority}`).join(', ')}`
  }
  // Whole numbers stand for shares that are none.
  const isFar = (weight: number, percent: number): boolean => Math.abs(weight - percent) >= 1
  if (found.some(({ localityWeight }, i) => isFar(localityWeight, endpoints[i]?.percent ?? localityWeight))) {
    yield `other-weights: ${name} has ${found.map((hop) => `${hop.address} with ${hop.localityWeight}`).join(', ')}`
  }
}
