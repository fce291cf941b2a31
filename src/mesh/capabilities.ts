/**
 * What which Istio can do: the one place that output, refusals, warnings and messages take it from, and docs/istio-versions.md too.
 * A version is `1.30`, or `1.30.2` where the patch decides.
 */

/** How a provider's gateway knows a service, and so what a consumer must send as SNI. */
export type SniDialect = 'local' | 'suffix'

/** Parts of Istio that are used from one version on, or up to one. */
export type Feature =
  | 'networking-v1'
  | 'sni-local'
  | 'sni-suffix'
  | 'istiocoredns'
  | 'egress-view'
  | 'gateway-api'
  | 'gateway-tag'
  | 'gateway-customization'
  | 'gateway-chart-schema'
  | 'dns-failover'
  | 'live-roots'
  | 'ca-crl'

export interface Capability {
  /** What it is, as part of a sentence. */
  readonly what: string
  readonly since: Release
  /** First patch of earlier minor versions that a fix was carried back to. */
  readonly backports?: Readonly<Record<number, number>>
  /** Last minor version that has it. */
  readonly until?: number
  /** Where it stands: a file of Istio's repository, an issue or the change notes of a release. */
  readonly source: string
  /** Whether the conformance checks run Istio's own code through it, in the versions of PROVEN; else it was read only. */
  readonly evidence: 'proven' | 'read'
}

/** The part of a version behind `1.` */
export interface Release {
  readonly minor: number
  readonly patch?: number
}

/** Minor versions that the conformance checks run. */
export const PROVEN: readonly number[] = [30, 31]

export const CAPABILITIES: Readonly<Record<Feature, Capability>> = {
  'networking-v1': {
    what: 'the API networking.istio.io/v1',
    since: { minor: 22 },
    source: 'manifests/charts/base/files/crd-all.gen.yaml',
    evidence: 'proven',
  },
  'sni-local': {
    what: 'gateways that know a service by its name inside the cluster',
    since: { minor: 10 },
    backports: { 8: 6, 9: 5 },
    source: 'ISTIO-SECURITY-2021-006, pilot/pkg/networking/core/gateway.go',
    evidence: 'proven',
  },
  'sni-suffix': {
    what: 'gateways that rewrite the suffix of the hosts',
    since: { minor: 6 },
    until: 7,
    source: 'manifests/charts/gateways/istio-ingress/templates/preconfigured.yaml of 1.6',
    evidence: 'read',
  },
  istiocoredns: {
    what: 'a DNS server that istioctl installs for the suffix',
    since: { minor: 6 },
    until: 7,
    source: 'manifests/charts/istiocoredns of 1.6; deprecated in 1.8 and gone in 1.9',
    evidence: 'read',
  },
  'egress-view': {
    what: 'sidecars that see only the egress gateway on the way to another cluster (istio.egressGateway)',
    since: { minor: 6 },
    until: 6,
    source: 'pilot/pkg/model/context.go of 1.6; from 1.7 on they see all networks',
    evidence: 'read',
  },
  'gateway-api': {
    what: 'gateways installed by istiod for the Kubernetes Gateway API',
    since: { minor: 22 },
    source: 'pilot/pkg/serviceregistry/kube/conversion.go, IsAutoPassthrough',
    evidence: 'proven',
  },
  'gateway-tag': {
    what: 'a revision tag (istio.tag) on a Gateway of the Kubernetes Gateway API',
    since: { minor: 24, patch: 3 },
    source: 'istio#54458, change notes of 1.24.3',
    evidence: 'read',
  },
  'gateway-customization': {
    what: 'replicas, spreading, resources or a Service of its own kind for gateways that istiod installs',
    since: { minor: 26 },
    source: 'change notes of 1.26.0',
    evidence: 'proven',
  },
  'gateway-chart-schema': {
    what: 'a gateway chart that Helm 3.18.5 and later take',
    since: { minor: 27, patch: 1 },
    backports: { 25: 5, 26: 4 },
    source: 'istio#57354, change notes of 1.25.5 and 1.27.1',
    evidence: 'proven',
  },
  'dns-failover': {
    what: 'priorities by label (failoverPriority) among gateways with DNS names',
    since: { minor: 30 },
    source: 'releasenotes/notes/dns-failover-priority.yaml',
    evidence: 'proven',
  },
  'live-roots': {
    what: 'several roots, and a change of them, taken by istiod while it runs',
    since: { minor: 20 },
    source: 'pilot/pkg/features/pilot.go, ISTIO_MULTIROOT_MESH; change notes of 1.20',
    evidence: 'read',
  },
  'ca-crl': {
    what: 'revocation lists in cacerts (ca-crl.pem)',
    since: { minor: 27 },
    source: 'security/pkg/pki/util/keycertbundle.go, change notes of 1.27.0',
    evidence: 'proven',
  },
}

/** `1.30` or `1.30.2`; undefined for anything else. */
export function parseRelease(version: string): Release | undefined {
  const match = /^1\.(0|[1-9]\d?)(?:\.(0|[1-9]\d{0,2}))?$/.exec(version)
  if (!match) return undefined
  const patch = match[2]
  return { minor: Number(match[1]), ...(patch !== undefined && { patch: Number(patch) }) }
}

export type Verdict =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no' }
  /** Only the patch version tells, and none is said. */
  | { readonly kind: 'ask'; readonly patch: number }

/** Whether a version has a feature. What is no version has none. */
export function judge(feature: Feature, version: string): Verdict {
  const release = parseRelease(version)
  const patch = release === undefined ? undefined : firstPatch(CAPABILITIES[feature], release.minor)
  if (release === undefined || patch === undefined) return { kind: 'no' }
  if (patch === 0) return { kind: 'yes' }
  if (release.patch === undefined) return { kind: 'ask', patch }
  return { kind: release.patch >= patch ? 'yes' : 'no' }
}

export function supports(feature: Feature, version: string): boolean {
  return judge(feature, version).kind === 'yes'
}

/** First patch of a minor version with it. */
function firstPatch({ since, backports, until }: Capability, minor: number): number | undefined {
  if (until !== undefined && minor > until) return undefined
  if (minor > since.minor) return 0
  return minor === since.minor ? (since.patch ?? 0) : backports?.[minor]
}

/** `1.24.3` */
export function sinceText({ since: { minor, patch } }: Capability): string {
  return `1.${minor}${patch === undefined ? '' : `.${patch}`}`
}

/** What its gateways know; between 1.8 and 1.10 a patch decided, and none of those is supported. */
export function dialectOf(version: string): SniDialect {
  return supports('sni-suffix', version) ? 'suffix' : 'local'
}

/**
 * Whether a cluster has the stack of replicated control planes: an IstioOperator that makes gateway and rewriting by
 * itself, istiocoredns, and older versions of the APIs.
 */
export function isLegacy(version: string): boolean {
  return dialectOf(version) === 'suffix'
}

/** Versions in which the kinds of a group are rendered for an Istio. */
export function apiVersions(version: string): { readonly networking: string; readonly security: string } {
  // 1.6 serves networking v1beta1, too; v1alpha3 is what its own installer writes.
  return isLegacy(version)
    ? { networking: 'networking.istio.io/v1alpha3', security: 'security.istio.io/v1beta1' }
    : { networking: 'networking.istio.io/v1', security: 'security.istio.io/v1' }
}

export type IstioSupport =
  | { readonly kind: 'proven' }
  /** Checked against the sources only. */
  | { readonly kind: 'read' }
  | { readonly kind: 'refused'; readonly reason: string }

/** Whether objects can be rendered for a version at all. */
export function istioSupport(version: string): IstioSupport {
  const release = parseRelease(version)
  if (release === undefined) return { kind: 'refused', reason: 'it is not a version such as "1.30" or "1.30.2"' }
  if (supports('networking-v1', version)) return { kind: PROVEN.includes(release.minor) ? 'proven' : 'read' }
  if (isLegacy(version)) return { kind: 'read' }
  return {
    kind: 'refused',
    reason:
      'before 1.22 the API networking.istio.io/v1 is not served, and from 1.8 on the *.global gateway of 1.6 is gone',
  }
}
