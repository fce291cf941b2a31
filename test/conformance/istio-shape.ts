/** Every Istio object has a shape that was proven with Istio itself, and its parts fit each other. */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { join } from 'node:path'
import { check, checkEach, mustRefuse, present, type Check, type Layer } from './check.ts'
import { at, nameOf, resourcesOf, type KubernetesObject } from './manifests.ts'
import { PROVEN_SHAPES, type ValueKind } from './proven-shapes.ts'
import type { Subject } from './subjects.ts'
import type { Workbench } from './workbench.ts'

export const istioShape: Layer = {
  name: 'istio-shape',
  checks: [
    ...checkEach('every Istio object has a proven shape', [], proven),
    ...checkEach('what a consumer dials is what a provider lets in', [], sidesFit),
    ...(['gateways', 'ports'] as const).flatMap((which) => [
      check(`every Istio object has a proven shape (${which})`, [], async (bench) =>
        proven(bench, await bench.subject(which)),
      ),
      check(`what a consumer dials is what a provider lets in (${which})`, [], async (bench) =>
        sidesFit(bench, await bench.subject(which)),
      ),
    ]),
    planted('no sni', /portLevelSettings\[\]\.tls\.sni is missing/, ({ rule }) => {
      delete portSettings(rule).tls['sni']
    }),
    planted('sni under the top-level tls', /trafficPolicy\.tls\.mode is in no proven shape/, ({ rule }) => {
      const policy = at(rule, 'spec', 'trafficPolicy') as Record<string, unknown>
      policy['tls'] = portSettings(rule).tls
    }),
    planted('an sni for another port', /svc-2\.bar.*8001/s, ({ rule }) => {
      const { tls } = portSettings(rule)
      tls['sni'] = String(tls['sni']).replace('8000', '8001')
    }),
    planted('an endpoint with the key of another port', /endpoints.*http2/s, ({ entry }) => {
      const endpoint = at(entry, 'spec', 'endpoints', 0) as Record<string, unknown>
      endpoint['ports'] = { http2: 15_443 }
    }),
    planted('an endpoint without tlsMode', /tlsMode is missing/, ({ entry }) => {
      delete (at(entry, 'spec', 'endpoints', 0, 'labels') as Record<string, unknown>)['security.istio.io/tlsMode']
    }),
    planted('a field that is not known', /spec\.subjectAltName\[\] is in no proven shape/, ({ entry }) => {
      const spec = entry['spec'] as Record<string, unknown>
      spec['subjectAltName'] = spec['subjectAltNames']
    }),
    planted('a gateway that ends TLS', /servers\[\]\.tls\.mode is SIMPLE/, ({ gateway }) => {
      ;(at(gateway, 'spec', 'servers', 0, 'tls') as Record<string, unknown>)['mode'] = 'SIMPLE'
    }),
    planted('a gateway without the host', /nobody lets it in/, ({ gateway }) => {
      ;(at(gateway, 'spec', 'servers', 0) as Record<string, unknown>)['hosts'] = ['svc-3.bar.svc.cluster.local']
    }),
    planted('a kind that nobody proved', /no proven shape for Sidecar/, ({ rule }) => {
      Object.assign(rule, { kind: 'Sidecar' })
    }),
  ],
}

type ByCluster = ReadonlyMap<string, readonly KubernetesObject[]>

function istioObjects({ output, clusters }: Subject): ByCluster {
  return new Map(
    clusters.map((cluster) => [
      cluster,
      resourcesOf(join(output, 'clusters', cluster)).filter(({ apiVersion }) => /istio\.io|gateway\./.test(apiVersion)),
    ]),
  )
}

function proven(_bench: Workbench, subject: Subject): void {
  assertProven(istioObjects(subject))
}

function sidesFit(_bench: Workbench, subject: Subject): void {
  assertSidesFit(istioObjects(subject))
}

function assertProven(byCluster: ByCluster): void {
  for (const [cluster, objects] of byCluster) {
    ok(objects.length > 0, `${cluster} has no Istio object`)
    for (const object of objects) {
      const problems = [...shapeProblems(object)]
      if (problems.length > 0) throw new Error(`${cluster}, ${nameOf(object)}:\n${problems.join('\n')}`)
    }
  }
}

function shapeNameOf(object: KubernetesObject): string {
  if (object.apiVersion.startsWith('gateway.')) return `Kubernetes ${object.kind}`
  return isExported(object) ? `Exported ${object.kind}` : object.kind
}

/** Whether a rule is for the gateway of the cluster, and not for an import. */
function isExported({ metadata }: KubernetesObject): boolean {
  return metadata.name.startsWith('meshwright-exports.')
}

function* shapeProblems(object: KubernetesObject): Generator<string> {
  const shape = PROVEN_SHAPES[shapeNameOf(object)]
  if (shape === undefined) {
    yield `there is no proven shape for ${object.kind}`
    return
  }
  const kinds: Readonly<Record<string, ValueKind>> = { ...shape.fields, ...shape.extras }
  const seen = new Set<string>()
  for (const [path, value] of leavesOf(object, '')) {
    const pattern = patternOf(path, kinds)
    const kind = kinds[pattern]
    seen.add(pattern)
    if (kind === undefined) yield `${path} is in no proven shape`
    else if (!fits(value, kind)) yield `${path} is ${String(value)}`
  }
  for (const path of Object.keys(shape.fields)) if (!seen.has(path)) yield `${path} is missing`
}

/** The path itself, or the one with a star for its last key or for the one before. */
function patternOf(path: string, kinds: Readonly<Record<string, ValueKind>>): string {
  const star = path.replace(/\.(\\.|[^.\\])+$/, '.*')
  const inner = path.replace(/\.(\\.|[^.\\])+(\.[^.\\]+)$/, '.*$2')
  return [path, star, inner].find((pattern) => pattern in kinds) ?? path
}

/** Every value that is no list or map, with its path; elements of lists share a path, dots in keys are escaped. */
function* leavesOf(value: unknown, path: string): Generator<readonly [path: string, value: unknown]> {
  if (Array.isArray(value)) {
    if (value.length === 0) yield [`${path}[]`, undefined]
    for (const element of value) yield* leavesOf(element, `${path}[]`)
  } else if (typeof value === 'object' && value !== null) {
    if (Object.keys(value).length === 0) yield [path, undefined]
    for (const [key, inner] of Object.entries(value)) {
      yield* leavesOf(inner, `${path}${path === '' ? '' : '.'}${key.replaceAll('.', '\\.')}`)
    }
  } else {
    yield [path, value]
  }
}

function fits(value: unknown, kind: ValueKind): boolean {
  if ('matches' in kind) return typeof value === 'string' && kind.matches.test(value)
  if ('oneOf' in kind) return typeof value === 'string' && kind.oneOf.includes(value)
  if (kind.is === 'port number') return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535
  if (kind.is === 'count') return Number.isInteger(value) && Number(value) >= 1
  if (kind.is === 'percent') return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 100
  if (kind.is === 'share') return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 100
  if (kind.is === 'boolean') return typeof value === 'boolean'
  return value === kind.is
}

/**
 * What no single object shows: a ServiceEntry and its DestinationRule are for the same host, ports and namespaces, each
 * endpoint has the ports of its ServiceEntry by name, and some cluster's Gateway has the host of each SNI.
 */
function assertSidesFit(byCluster: ByCluster): void {
  const all = [...byCluster.values()].flat()
  const exported = all.filter(({ kind }) => kind === 'Gateway').flatMap((gateway) => list(gateway, 'spec', 'servers'))
  const listeners = all
    .filter(({ kind }) => kind === 'Gateway')
    .flatMap((gateway) => list(gateway, 'spec', 'listeners'))
  const hosts = new Set([
    ...exported.flatMap((server) => list(server, 'hosts')),
    ...listeners.map((listener) => at(listener, 'hostname')),
  ])
  const entries = all.filter(({ kind }) => kind === 'ServiceEntry')
  ok(entries.length > 0, 'nobody imports anything')
  const subsets = new Set(
    all
      .filter((object) => object.kind === 'DestinationRule' && isExported(object))
      .flatMap((rule) =>
        list(rule, 'spec', 'subsets').map((s) => `${String(at(s, 'name'))} ${String(at(rule, 'spec', 'host'))}`),
      ),
  )
  for (const [cluster, objects] of byCluster) {
    const [imports, rules] = ['ServiceEntry', 'DestinationRule'].map((k) =>
      objects.filter((object) => object.kind === k && !isExported(object)),
    )
    for (const rule of rules ?? []) subsetsFit(rule, subsets)
    deepStrictEqual(imports?.map(identity), rules?.map(identity), `${cluster}: entries and rules are not pairs`)
    for (const [i, entry] of (imports ?? []).entries()) pairFits(entry, present(rules?.[i], 'rule'), hosts)
  }
}

function identity({ metadata, spec }: KubernetesObject): unknown {
  return [metadata.namespace, metadata.name, at(spec, 'exportTo')]
}

function pairFits(entry: KubernetesObject, rule: KubernetesObject, hosts: ReadonlySet<unknown>): void {
  const name = nameOf(entry)
  deepStrictEqual(list(entry, 'spec', 'hosts'), [at(rule, 'spec', 'host')], `${name}: another host`)
  const ports = list(entry, 'spec', 'ports')
  const names = ports.map((port) => String(at(port, 'name'))).sort()
  for (const endpoint of list(entry, 'spec', 'endpoints')) {
    const keys = Object.keys(at(endpoint, 'ports') as object).sort()
    ok(keys.join() === names.join(), `${name}: endpoints have the ports ${keys.join()}, not ${names.join()}`)
  }
  const settings = list(rule, 'spec', 'trafficPolicy', 'portLevelSettings')
  deepStrictEqual(
    settings.map((setting) => at(setting, 'port', 'number')),
    ports.map((port) => at(port, 'number')),
    `${name}: other ports in the rule`,
  )
  for (const [i, setting] of settings.entries()) {
    const sni = String(at(setting, 'tls', 'sni'))
    const [, port, host] = /^outbound_\.(\d+)_\._\.(.+)$/.exec(sni) ?? []
    const served = at(ports[i], 'targetPort') ?? at(ports[i], 'number')
    ok(port === String(served), `${name}: ${sni} names another port`)
    ok(hosts.has(host), `${name}: ${sni}, but nobody lets it in`)
    ok(host?.startsWith(`${entry.metadata.name}.svc.`), `${name}: ${sni} is for another service`)
  }
}

/** Some gateway knows each version that is asked for; an SNI without one leads to any. */
function subsetsFit(rule: KubernetesObject, known: ReadonlySet<string>): void {
  for (const subset of list(rule, 'spec', 'subsets')) {
    for (const setting of list(subset, 'trafficPolicy', 'portLevelSettings')) {
      const sni = String(at(setting, 'tls', 'sni'))
      const [, port, version = '', host] = /^outbound_\.(\d+)_\.([a-z0-9-]*)_\.(.+)$/.exec(sni) ?? []
      ok(port === String(at(setting, 'port', 'number')), `${nameOf(rule)}: ${sni} names another port`)
      ok(version === '' || known.has(`${version} ${host}`), `${nameOf(rule)}: ${sni}, but no gateway has the subset`)
    }
  }
}

function list(from: unknown, ...path: readonly string[]): unknown[] {
  const value = at(from, ...path)
  return Array.isArray(value) ? value : []
}

interface Sample {
  readonly gateway: KubernetesObject
  readonly entry: KubernetesObject
  readonly rule: KubernetesObject
}

/** Changes one thing in objects that are right without it. */
function planted(what: string, reason: RegExp, fault: (sample: Sample) => void): Check {
  return check(`planted: ${what}`, [], async (bench) => {
    const byCluster = istioObjects(await bench.subject('output'))
    const of = (cluster: string, kind: string): KubernetesObject =>
      present(
        byCluster.get(cluster)?.find((object) => object.kind === kind),
        `${kind} of ${cluster}`,
      )
    fault({
      gateway: of('cluster-2', 'Gateway'),
      entry: of('cluster-1', 'ServiceEntry'),
      rule: of('cluster-1', 'DestinationRule'),
    })
    await mustRefuse('it', reason, () => {
      assertProven(byCluster)
      assertSidesFit(byCluster)
    })
  })
}

function portSettings(rule: KubernetesObject): { readonly tls: Record<string, unknown> } {
  return at(rule, 'spec', 'trafficPolicy', 'portLevelSettings', 0) as { readonly tls: Record<string, unknown> }
}
