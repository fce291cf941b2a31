/** The closed catalogue of codes; each room of the house has its own page in codes/. */
import { addressCodes, type AddressArgs } from './codes/addresses.ts'
import { crlCodes, type CrlArgs } from './codes/crl.ts'
import { adoptCodes, type AdoptArgs } from './codes/adopt.ts'
import { deliveryCodes, type DeliveryArgs } from './codes/delivery.ts'
import { dnsCodes, type DnsArgs } from './codes/dns.ts'
import { gatewayCodes, type GatewayArgs } from './codes/gateway.ts'
import { intentCodes, type IntentArgs } from './codes/intent.ts'
import { legacyCodes, type LegacyArgs } from './codes/legacy.ts'
import { lockCodes, type LockArgs } from './codes/lock.ts'
import { meshCodes, type MeshArgs } from './codes/mesh.ts'
import { planCodes, type PlanArgs } from './codes/plan.ts'
import { portCodes, type PortArgs } from './codes/ports.ts'
import { providerCodes, type ProviderArgs } from './codes/providers.ts'
import { safetyCodes, type SafetyArgs } from './codes/safety.ts'
import { rotationCodes, type RotationArgs } from './codes/rotation.ts'
import { sealingCodes, type SealingArgs } from './codes/sealing.ts'
import { routingCodes, type RoutingArgs } from './codes/routing.ts'
import { trustCodes, type TrustArgs } from './codes/trust.ts'
import { verifyCodes, type VerifyArgs } from './codes/verify.ts'
import type { Entries, Severity } from './entry.ts'

export interface CodeArgs
  extends
    IntentArgs,
    MeshArgs,
    ProviderArgs,
    PortArgs,
    RoutingArgs,
    GatewayArgs,
    LegacyArgs,
    DeliveryArgs,
    AddressArgs,
    TrustArgs,
    SealingArgs,
    AdoptArgs,
    DnsArgs,
    LockArgs,
    PlanArgs,
    CrlArgs,
    VerifyArgs,
    SafetyArgs,
    RotationArgs {}

export type Code = keyof CodeArgs

export const catalogue: Entries<CodeArgs> = {
  ...intentCodes,
  ...meshCodes,
  ...providerCodes,
  ...portCodes,
  ...routingCodes,
  ...gatewayCodes,
  ...legacyCodes,
  ...deliveryCodes,
  ...addressCodes,
  ...trustCodes,
  ...sealingCodes,
  ...adoptCodes,
  ...dnsCodes,
  ...lockCodes,
  ...planCodes,
  ...rotationCodes,
  ...crlCodes,
  ...verifyCodes,
  ...safetyCodes,
}

/** The letter in the code says it, so that a reader of a log knows it as well. */
export function severityOf(code: Code): Severity {
  return code.startsWith('MESH-E') ? 'error' : 'warning'
}
