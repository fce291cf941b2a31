/** MESH-E77N: gateways that are installed from a rendered output. */
import type { Entries } from '../entry.ts'

export interface VerifyGatewayArgs {
  'MESH-E770': { readonly object: string; readonly detail: string }
  'MESH-E771': { readonly field: string; readonly detail: string }
}

const again = (): string => 'put back what was generated: meshwright generate, or git checkout -- FILE'

export const verifyGatewayCodes: Entries<VerifyGatewayArgs> = {
  'MESH-E770': {
    title: 'a gateway that istiod would make otherwise, or not at all',
    message: (a) => `${a.object}: ${a.detail}`,
    help: again,
  },
  'MESH-E771': {
    title: 'values by which the chart would install another gateway',
    message: (a) => `istio/gateway-values.yaml, ${a.field}: ${a.detail}`,
    help: again,
  },
}
