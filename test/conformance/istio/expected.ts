/** The paths that a mesh promises, by its intent alone, and what a verdict says about them. */
import { clusterNamed, importsOf, type Mesh } from '../../../src/mesh/mesh.ts'
import { present } from '../check.ts'
import type { Apps } from './apps.ts'
import type { Path, Verdict } from './meshcheck.ts'

/** What a path must be, by the name it has in a verdict. */
export interface PathPromise {
  readonly subjectAltNames: readonly string[]
  /** `address:port` of each endpoint, sorted. */
  readonly endpoints: readonly string[]
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
          all.set(`${cluster} ${pod.namespace}/${pod.name} -> ${service.host}:${port}`, what)
        }
      }
    }
  }
  return all
}

export function nameOfPath({ cluster, namespace, pod, host, port, subset }: Path): string {
  return `${cluster} ${namespace}/${pod} -> ${host}:${port}${subset === '' ? '' : ` subset ${subset}`}`
}

/** All that is wrong, a line each; empty when exactly what is promised is proven. */
export function problemsOf(verdict: Verdict, promises: ReadonlyMap<string, PathPromise>): string[] {
  const proven = new Map(verdict.paths.map((path) => [nameOfPath(path), path]))
  const problems = verdict.failures.map(({ code, where, detail }) => `${code}: ${where}: ${detail}`)
  for (const [name, { subjectAltNames, endpoints }] of promises) {
    const path = proven.get(name)
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
