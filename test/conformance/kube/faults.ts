/** Objects of ours with one fault each, and the words with which an API server refuses it. */
import { at, type KubernetesObject } from '../manifests.ts'

export interface Fault {
  readonly what: string
  /** Kind and name of the object of cluster-1 in which it is planted. */
  readonly kind: string
  readonly name: string
  readonly reason: RegExp
  readonly plant: (object: KubernetesObject) => KubernetesObject
}

type Step = string | number

/** The same object with another value at a place. */
function set(path: readonly Step[], value: unknown): Fault['plant'] {
  return (object) => {
    const copy = structuredClone(object)
    const parent = at(copy, ...path.slice(0, -1)) as Record<Step, unknown>
    const last = path.at(-1) ?? ''
    if (value === undefined) delete parent[last]
    else parent[last] = value
    return copy
  }
}

/** The same object without what is at a place. */
function without(path: readonly Step[]): Fault['plant'] {
  return set(path, undefined)
}

const ENTRY = { kind: 'ServiceEntry', name: 'svc-2.bar' } as const
const RULE = { kind: 'DestinationRule', name: 'svc-2.bar' } as const
const GATEWAY = { kind: 'Gateway', name: 'meshwright-exports' } as const
const SEALED = { kind: 'SealedSecret', name: 'cacerts' } as const
const CONFIG = { kind: 'ConfigMap', name: 'coredns' } as const

const TWO_PORTS = [
  { number: 8000, name: 'http', protocol: 'HTTP' },
  { number: 8000, name: 'http-2', protocol: 'HTTP' },
]

export const FAULTS: readonly Fault[] = [
  {
    what: 'an unknown field',
    ...ENTRY,
    plant: set(['spec', 'resolutions'], 'DNS'),
    reason: /\.spec\.resolutions: field not declared in schema/,
  },
  {
    what: 'an unknown field in a list',
    ...GATEWAY,
    plant: set(['spec', 'servers', 0, 'host'], 'a'),
    reason: /\.spec\.servers\[0\]\.host: field not declared in schema/,
  },
  {
    what: 'a text for a number',
    ...ENTRY,
    plant: set(['spec', 'ports', 0, 'number'], '8000'),
    reason: /\.number: expected numeric .* got string/,
  },
  {
    what: 'a number for a text',
    ...CONFIG,
    plant: set(['data', 'Corefile'], 8),
    reason: /\.data\.Corefile: expected string/,
  },
  {
    what: 'a port beyond the last one',
    ...ENTRY,
    plant: set(['spec', 'ports', 0, 'number'], 99_999),
    reason: /number: .*port must be between 1-65535/,
  },
  {
    what: 'a port twice',
    ...ENTRY,
    plant: set(['spec', 'ports'], TWO_PORTS),
    reason: /spec\.ports: .*port number cannot be duplicated/,
  },
  {
    what: 'endpoints without resolution',
    ...ENTRY,
    plant: set(['spec', 'resolution'], 'NONE'),
    reason: /NONE mode cannot set endpoints/,
  },
  {
    what: 'a range of addresses to be resolved',
    ...ENTRY,
    plant: (object) => set(['spec', 'addresses'], ['240.0.0.0/16'])(set(['spec', 'resolution'], 'DNS')(object)),
    reason: /CIDR addresses are allowed only for NONE\/STATIC resolution types/,
  },
  { what: 'no host', ...ENTRY, plant: without(['spec', 'hosts']), reason: /spec\.hosts: Required value/ },
  { what: 'a rule for no host', ...RULE, plant: without(['spec', 'host']), reason: /spec\.host: Required value/ },
  {
    what: 'a TLS mode that there is not',
    ...RULE,
    plant: set(['spec', 'trafficPolicy', 'portLevelSettings', 0, 'tls', 'mode'], 'ISTIO_MUTUALLY'),
    reason: /tls\.mode: Unsupported value: "ISTIO_MUTUALLY"/,
  },
  {
    what: 'a sealed item that is no text',
    ...SEALED,
    plant: set(['spec', 'encryptedData', 'x'], [1]),
    reason: /\.spec\.encryptedData\.x: expected string/,
  },
  {
    what: 'no sealed items',
    ...SEALED,
    plant: without(['spec', 'encryptedData']),
    reason: /spec\.encryptedData: Required value/,
  },
  {
    what: 'an illegal label',
    ...GATEWAY,
    plant: set(['metadata', 'labels', 'a'], 'a b'),
    reason: /metadata\.labels: Invalid value: "a b"/,
  },
  {
    what: 'an annotation that is no text',
    ...CONFIG,
    plant: set(['metadata', 'annotations', 'a'], 1),
    reason: /\.metadata\.annotations\.a: expected string/,
  },
  {
    what: 'an illegal name',
    ...ENTRY,
    plant: set(['metadata', 'name'], 'svc_2.bar'),
    reason: /metadata\.name: Invalid value: "svc_2\.bar"/,
  },
  {
    what: 'a namespace that is not there',
    ...ENTRY,
    plant: set(['metadata', 'namespace'], 'nowhere'),
    reason: /namespaces "nowhere" not found/,
  },
  {
    what: 'a version that there is not',
    ...ENTRY,
    plant: set(['apiVersion'], 'networking.istio.io/v9'),
    reason: /no matches for kind "ServiceEntry" in version "networking\.istio\.io\/v9"/,
  },
]
