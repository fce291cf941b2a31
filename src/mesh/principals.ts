/**
 * Callers as Istio's policies name them: `<trust domain>/ns/<namespace>/sa/<account>`, the SPIFFE ID without its scheme
 * (istio: pilot/pkg/security/authz/model/generator.go). A `*` in place of the account stands for every account.
 */
import type { Authorization, Caller, Mesh } from './mesh.ts'
import { trustDomainsOf } from './trust-domains.ts'
import { isDnsLabel, isDnsName } from './names.ts'

/** Identities that may call a service run by `provider`; sorted, each once. */
export function principalsFor(mesh: Mesh, { from, local }: Authorization, provider: string): string[] {
  const everywhere = mesh.clusters.map(({ name }) => name)
  const all = [
    ...from.flatMap((caller) =>
      principalsOf(mesh, caller, caller.cluster === undefined ? everywhere : [caller.cluster]),
    ),
    ...local.flatMap((caller) => principalsOf(mesh, caller, [provider])),
  ]
  return [...new Set(all)].sort()
}

function principalsOf(mesh: Mesh, { namespaces, serviceAccounts }: Caller, clusters: readonly string[]): string[] {
  return trustDomainsOf(mesh, clusters).flatMap((trustDomain) =>
    namespaces.flatMap((namespace) =>
      (serviceAccounts ?? ['*']).map((account) => `${trustDomain}/ns/${namespace}/sa/${account}`),
    ),
  )
}

export function isPrincipal(text: string): boolean {
  const [trustDomain = '', ns, namespace = '', sa, account = '', ...rest] = text.split('/')
  return (
    isDnsName(trustDomain) &&
    ns === 'ns' &&
    isDnsLabel(namespace) &&
    sa === 'sa' &&
    (account === '*' || isDnsName(account)) &&
    rest.length === 0
  )
}
