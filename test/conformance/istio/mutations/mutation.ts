import type { Mesh } from '../../../../src/mesh/mesh.ts'
import type { Random } from '../random.ts'
import type { Loose, Rendering } from '../rendering.ts'

export interface World {
  readonly rendering: Rendering
  readonly mesh: Mesh
  readonly random: Random
}

export interface Mutation {
  readonly name: string
  /** @returns what was changed, or false when there is nothing to change; then nothing may be changed */
  readonly apply: (world: World) => boolean | string
}

/** One host as one cluster knows it. */
export interface Pair {
  readonly cluster: string
  readonly entry: Loose
  readonly rule: Loose
}

export type Fields = Record<string, unknown>

/** Changes one import, picked at random. @param change returns false when it does not apply */
export function one(name: string, change: (pair: Pair, world: World) => boolean | void): Mutation {
  return {
    name,
    apply: (world) => {
      const pairs = pairsOf(world)
      return pairs.length > 0 && change(world.random.pick(pairs), world) !== false
    },
  }
}

/** Changes all imports of one host alike, so that nobody disagrees. */
export function every(name: string, change: (pair: Pair, world: World) => boolean | void): Mutation {
  return {
    name: `${name}, everywhere`,
    apply: (world) => {
      const pairs = pairsOf(world)
      if (pairs.length === 0) return false
      const host = hostOf(world.random.pick(pairs))
      return pairs.filter((pair) => hostOf(pair) === host).every((pair) => change(pair, world) !== false)
    },
  }
}

export function pairsOf({ rendering }: World): Pair[] {
  const rules = rendering.all('DestinationRule')
  return rendering.all('ServiceEntry').flatMap((entry): Pair[] => {
    const cluster = rendering.clusterOf(entry)
    const rule = rules.find((r) => rendering.clusterOf(r) === cluster && r.metadata.name === entry.metadata.name)
    return rule === undefined ? [] : [{ cluster, entry, rule }]
  })
}

export function hostOf({ rule }: Pair): string {
  return String(rule.spec['host'])
}

export function fields(value: unknown): Fields {
  return value as Fields
}

export function list(value: unknown): Fields[] {
  return value as Fields[]
}

/** The settings of a rule, one for each port. */
export function settingsOf({ rule }: Pair): Fields[] {
  return list(fields(rule.spec['trafficPolicy'])['portLevelSettings'])
}

export function firstSetting(pair: Pair): { readonly setting: Fields; readonly port: Fields; readonly tls: Fields } {
  const [setting = {}] = settingsOf(pair)
  return { setting, port: fields(setting['port']), tls: fields(setting['tls']) }
}

export function endpointsOf({ entry }: Pair): Fields[] {
  return list(entry.spec['endpoints'])
}

export function portsOf({ entry }: Pair): Fields[] {
  return list(entry.spec['ports'])
}
