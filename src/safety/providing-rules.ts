/** The user's own objects at the pods that other clusters call. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { UserObject } from '../intent/user-objects.ts'
import { localName } from '../istio/sni.ts'
import type { Service } from '../mesh/mesh.ts'
import { portOf } from './consuming-rules.ts'
import { covers, isShownTo, list, ofKind, picks, record, titleOf, type Subject } from './subject.ts'

type Placed = UserObject & { readonly namespace: string }

/** The one that holds for the pods: that for themselves, that of their namespace, that of the root namespace. */
export function plainProviders(subject: Subject): Diagnostic[] {
  const { cluster, provided } = subject
  const policies = ofKind(subject, 'security.istio.io', 'PeerAuthentication')
  const selectorOf = ({ spec }: Placed): object => record(record(spec['selector'])['matchLabels'])
  const whole = (namespace: string): Placed[] =>
    policies.filter((policy) => policy.namespace === namespace && Object.keys(selectorOf(policy)).length === 0)
  return provided.flatMap((service) => {
    const { namespace, workload, ports } = service
    const labels = workload?.labels
    // What is rendered for the pods is the policy of these pods.
    if (workload?.strict === true) return []
    const own = policies.filter(
      (policy) =>
        policy.namespace === namespace &&
        Object.keys(selectorOf(policy)).length > 0 &&
        labels !== undefined &&
        picks(selectorOf(policy), labels),
    )
    const policy = [...own, ...whole(namespace), ...whole(cluster.istio.rootNamespace)].find(
      ({ spec }) => modeOf(spec['mtls']) !== undefined || spec['portLevelMtls'] !== undefined,
    )
    if (policy === undefined) return []
    const owned = { cluster: cluster.name, object: titleOf(policy), service: service.key }
    const byPort = own.includes(policy) ? record(policy.spec['portLevelMtls']) : {}
    const targets = ports.flatMap(({ targetPort }) => targetPort ?? [])
    const off = targets.filter((port) => modeOf(byPort[String(port)]) === 'DISABLE')
    if (off.length > 0) return [diagnose('MESH-E909', { ...owned, ports: off }, policy.at('spec', 'portLevelMtls'))]
    const said = targets.length === ports.length && targets.every((port) => modeOf(byPort[String(port)]) !== undefined)
    if (said || modeOf(policy.spec['mtls']) !== 'DISABLE') return []
    return [diagnose('MESH-E909', { ...owned, ports: [] }, policy.at('spec', 'mtls', 'mode'))]
  })
}

function modeOf(mtls: unknown): string | undefined {
  const { mode } = record(mtls)
  return typeof mode === 'string' && mode !== 'UNSET' ? mode : undefined
}

/** The rule that the gateway finds for a service, as a sidecar in its namespace would. */
export function plainRules(subject: Subject): Diagnostic[] {
  const { cluster, provided } = subject
  const rules = ofKind(subject, 'networking.istio.io', 'DestinationRule').filter(
    ({ spec }) => spec['workloadSelector'] === undefined,
  )
  const gatewayNamespace = cluster.gateway.namespace
  const root = cluster.istio.rootNamespace
  return provided.flatMap((service) => {
    const name = localName(service, cluster)
    const places = gatewayNamespace === root ? [service.namespace, root] : [gatewayNamespace, service.namespace, root]
    for (const place of places) {
      const [rule] = rules
        .filter(
          (each) =>
            each.namespace === place && isShownTo(each, gatewayNamespace) && covers(hostOf(each, cluster.domain), name),
        )
        .sort((a, b) => specificity(hostOf(b, cluster.domain)) - specificity(hostOf(a, cluster.domain)))
      if (rule === undefined) continue
      return [...tlsProblem(subject, service, rule), ...subsetProblems(subject, service, rule)]
    }
    return []
  })
}

/** Short names are of the rule's own namespace. */
function hostOf({ spec, namespace }: Placed, domain: string): string {
  const host = typeof spec['host'] === 'string' ? spec['host'] : ''
  return host.includes('.') || host.startsWith('*') || host === '' ? host : `${host}.${namespace}.svc.${domain}`
}

function specificity(host: string): number {
  return host.startsWith('*') ? host.length : 1_000
}

function tlsProblem({ cluster }: Subject, service: Service, rule: Placed): Diagnostic[] {
  const policy = record(rule.spec['trafficPolicy'])
  for (const { port } of service.ports) {
    const index = list(policy['portLevelSettings']).findIndex((each) => portOf(record(each)['port']) === port)
    const ofPort = record(list(policy['portLevelSettings'])[index])
    const { mode } = record(ofPort['tls'] ?? (index < 0 ? policy['tls'] : undefined))
    if (typeof mode !== 'string' || mode === 'ISTIO_MUTUAL') continue
    const path = index < 0 ? [] : ['portLevelSettings', index]
    const args = { cluster: cluster.name, object: titleOf(rule), service: service.key, port, mode }
    return [diagnose('MESH-E910', args, rule.at('spec', 'trafficPolicy', ...path, 'tls', 'mode'))]
  }
  return []
}

/** That it has the subsets which are said to be in it, and is not beside the one that has those from here. */
function subsetProblems({ cluster }: Subject, service: Service, rule: Placed): Diagnostic[] {
  const owned = { cluster: cluster.name, object: titleOf(rule), service: service.key }
  const has = new Set(list(rule.spec['subsets']).map((subset) => record(subset)['name']))
  const missing = service.subsets.filter(({ name, labels }) => labels === undefined && !has.has(name))
  if (missing.length > 0) {
    return [diagnose('MESH-E922', { ...owned, subsets: missing.map(({ name }) => name) }, rule.at('spec'))]
  }
  const rendered = service.subsets.some(({ labels }) => labels !== undefined)
  if (!rendered || rule.namespace !== cluster.gateway.namespace) return []
  return [diagnose('MESH-E923', owned, rule.at('spec', 'host'))]
}

/** An ALLOW policy without rules, and none beside it that could allow. */
export function shutProviders(subject: Subject): Diagnostic[] {
  const { cluster, provided } = subject
  const policies = ofKind(subject, 'security.istio.io', 'AuthorizationPolicy')
  return provided.flatMap((service) => {
    if (service.authorization !== undefined) return []
    const near = policies.filter(({ namespace }) =>
      [service.namespace, cluster.istio.rootNamespace].includes(namespace),
    )
    const allowing = near.filter(({ spec }) => (spec['action'] ?? 'ALLOW') === 'ALLOW')
    const [first] = allowing
    if (first === undefined || allowing.some(({ spec }) => list(spec['rules']).length > 0)) return []
    const shut = allowing.find(({ spec }) =>
      picks(record(spec['selector'])['matchLabels'], service.workload?.labels ?? {}),
    )
    if (shut === undefined) return []
    const args = { cluster: cluster.name, object: titleOf(shut), service: service.key }
    return [diagnose('MESH-W911', args, shut.at('metadata', 'name'))]
  })
}

/** The Service itself, where it is among the manifests. */
export function otherServices(subject: Subject): Diagnostic[] {
  const { cluster, provided } = subject
  const services = ofKind(subject, '', 'Service')
  return provided.flatMap(({ key, name, namespace, ports }) => {
    const found = services.find((each) => each.name === name && each.namespace === namespace)
    if (found === undefined) return []
    const owned = { cluster: cluster.name, object: titleOf(found), service: key }
    const { type, selector } = found.spec
    if (type === 'ExternalName') {
      const problem = 'is of type ExternalName, without pods'
      return [diagnose('MESH-E912', { ...owned, problem }, found.at('spec', 'type'))]
    }
    const has = new Set(list(found.spec['ports']).map((each) => record(each)['port']))
    const missing = ports.map(({ port }) => port).filter((port) => !has.has(port))
    if (missing.length > 0) {
      const problem = `has no port ${missing.join(', ')}`
      return [diagnose('MESH-E912', { ...owned, problem }, found.at('spec', 'ports'))]
    }
    if (Object.keys(record(selector)).length > 0) return []
    return [diagnose('MESH-W913', owned, found.at('metadata', 'name'))]
  })
}
