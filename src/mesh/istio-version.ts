/**
 * Which Istio versions the objects of profile `modern` are for. `networking.istio.io/v1` is served from 1.22
 * (istio: manifests/charts/base/files/crd-all.gen.yaml of that release).
 */
export type IstioSupport =
  /** Run against Istio's own code. */
  | { readonly kind: 'proven' }
  /** Checked against the sources only. */
  | { readonly kind: 'read' }
  | { readonly kind: 'refused'; readonly reason: string }

const PROVEN: ReadonlySet<number> = new Set([30, 31])
const FIRST_MINOR = 22

export function istioSupport(version: string): IstioSupport {
  const match = /^1\.(\d{1,2})(\.\d+)?$/.exec(version)
  if (!match) return { kind: 'refused', reason: 'it is not a version such as "1.30"' }
  const minor = Number(match[1])
  if (PROVEN.has(minor)) return { kind: 'proven' }
  if (minor >= FIRST_MINOR) return { kind: 'read' }
  if (minor === 6 || minor === 7) {
    return {
      kind: 'refused',
      reason: 'its gateways rewrite *.global by an EnvoyFilter, a profile that is not there yet',
    }
  }
  return {
    kind: 'refused',
    reason:
      'before 1.22 the API networking.istio.io/v1 is not served, and from 1.8 on the *.global gateway of 1.6 is gone',
  }
}
