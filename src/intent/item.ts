/** One cluster or service as it is written into a mesh.yaml. */

export type ItemValue = string | number | readonly ItemValue[] | Item
export interface Item {
  readonly [key: string]: ItemValue
}

export interface NewCluster {
  readonly name: string
  readonly address: string
  readonly currentTrust?: string
  readonly gatewayInstall?: string
}

export interface NewService {
  readonly name: string
  readonly namespace: string
  readonly cluster: string
  readonly port: number
  readonly protocol: string
  /** Default: the name of the service, as most have it. */
  readonly serviceAccounts?: readonly string[]
  /** Default: everybody, as the schema says. */
  readonly consumers?: readonly { readonly cluster: string; readonly namespaces?: readonly string[] }[]
}

export function clusterItem({ name, address, currentTrust, gatewayInstall }: NewCluster): Item {
  return {
    name,
    ...(currentTrust !== undefined && { trust: { current: currentTrust } }),
    gateway: { addresses: [address], ...(gatewayInstall !== undefined && { install: gatewayInstall }) },
  }
}

export function serviceItem(service: NewService): Item {
  const { name, namespace, cluster, port, protocol, serviceAccounts = [name], consumers } = service
  return {
    name,
    namespace,
    clusters: [cluster],
    ports: [{ name: protocol.toLowerCase(), port, protocol }],
    serviceAccounts,
    ...(consumers !== undefined && {
      consumers: consumers.map((c) => ({ cluster: c.cluster, ...(c.namespaces && { namespaces: c.namespaces }) })),
    }),
  }
}

/** How the items of a list are written. */
export interface ItemStyle {
  /** Columns from the dash to the first key. */
  readonly gap: number
  /** Columns by which a nested map is indented. */
  readonly step: number
  /** Nested maps are in braces. */
  readonly braces: boolean
}

export const USUAL_STYLE: ItemStyle = { gap: 2, step: 2, braces: false }

/** The item's lines from its dash on, without the indentation of the dash. */
export function blockItem(item: Item, { gap, step, braces }: ItemStyle = USUAL_STYLE): string[] {
  return mapLines(item, step, braces).map((line, i) => `${(i === 0 ? '-' : '').padEnd(gap)}${line}`)
}

function mapLines(map: Item, step: number, braces: boolean): string[] {
  return Object.entries(map).flatMap(([key, value]) =>
    isMap(value) && !braces
      ? [`${key}:`, ...mapLines(value, step, braces).map((line) => ' '.repeat(step) + line)]
      : [`${key}: ${flowItem(value)}`],
  )
}

/** On one line; with `json` as JSON has it. */
export function flowItem(value: ItemValue, json: boolean = false): string {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return json ? JSON.stringify(value) : quote(value)
  if (!isMap(value)) return `[${value.map((v) => flowItem(v, json)).join(', ')}]`
  const pairs = Object.entries(value).map(([k, v]) => `${json ? JSON.stringify(k) : k}: ${flowItem(v, json)}`)
  return `{ ${pairs.join(', ')} }`
}

function isMap(value: ItemValue): value is Item {
  return typeof value === 'object' && !Array.isArray(value)
}

/** Plain where it is plain to everybody, else in double quotes; what is wrong with it is told by the validation. */
export function quote(text: string): string {
  return /^[A-Za-z][A-Za-z0-9.-]*[A-Za-z0-9]$|^\d+\.\d+\.\d+\.\d+$/.test(text) &&
    !/^(true|false|null|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text)
}
