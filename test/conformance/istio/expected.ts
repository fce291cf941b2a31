/** The paths that a mesh promises, by its intent alone, and what a verdict says about them. */
import { clusterNamed, importsOf, type Mesh, type Service } from '../../../src/mesh/mesh.ts'
import { present } from '../check.ts'
import type { Apps, SidecarPod } from './apps.ts'
import type { Path, Verdict } from './meshcheck.ts'

/** What a path must be, by the name it has in a verdict. */
export interface PathPromise {
  readonly subjectAltNames: readonly string[]
  /** `address:port` of each endpoint, sorted. */
  readonly endpoints: readonly string[]
  /** Whether the service lets the caller in; else the path must end at its pods, for that reason alone. */
  readonly letIn: boolean
}

/** Every cluster of a mesh is in one trust domain, so where a caller is makes no difference. */
function isLetIn({ authorization }: Service, { namespace, account }: SidecarPod): boolean {
  if (authorization === undefined) return true
  return [...authorization.from, ...authorization.local].some(
    ({ namespaces, serviceAccounts }) => namespaces.includes(namespace) && serviceAccounts?.includes(account) !== false,
  )
}

export function promised(mesh: Mesh, apps: readonly Apps[]): Map<string, PathPromise> {
  const all = new Map<string, PathPromise>()
  for (const { cluster, pods } of apps) {
    for (const service of importsOf(mesh, cluster)) {
      const consumer = present(
        service.consumers.find((c) => c.cluster === cluster),
        'consumer',
      )
      const { gateway } = present(clusterNamed(mesh, service.provider), service.provider)
      const { namespace, serviceAccounts } = service
      const what = {
        subjectAltNames: serviceAccounts.map((sa) => `spiffe://${mesh.trustDomain}/ns/${namespace}/sa/${sa}`).sort(),
        endpoints: gateway.addresses.map((address) => `${address}:${gateway.port}`).sort(),
      }
      for (const pod of pods) {
        if (consumer.namespaces !== undefined && !consumer.namespaces.includes(pod.namespace)) continue
        for (const { port } of service.ports) {
          const letIn = isLetIn(service, pod)
          all.set(`${cluster} ${pod.namespace}/${pod.name} -> ${service.host}:${port}`, { ...what, letIn })
        }
      }
    }
  }
  return all
}

export function nameOfPath({ cluster, namespace, pod, host, port, subset }: Path): string {
  return `${cluster} ${namespace}/${pod} -> ${host}:${port}${subset === '' ? '' : ` subset ${subset}`}`
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
  for (const [name, { subjectAltNames, endpoints, letIn }] of promises) {
    const path = proven.get(name)
    if (!letIn) {
      // What ends it before it comes to the pods is told already.
      if (path !== undefined) problems.push(`not-refused: ${name}`)
      else if (!ended.has(name)) problems.push(`missing-path: ${name}`)
      continue
    }
    if (path === undefined) {
      problems.push(`missing-path: ${name}`)
      continue
    }
    const names = [...path.subjectAltNames].sort().join(' ')
    if (names !== subjectAltNames.join(' ')) problems.push(`other-names: ${name} accepts ${names || 'anybody'}`)
    const found = path.endpoints.map(({ address }) => address).sort()
    if (found.join(' ') !== endpoints.join(' ')) problems.push(`other-endpoints: ${name} leads to ${found.join(' ')}`)
  }
  for (const name of proven.keys()) if (!promises.has(name)) problems.push(`unpromised-path: ${name}`)
  return problems
}
