import type { Loose } from '../rendering.ts'
import type { Mutation, World } from './mutation.ts'

/** A place in an object: what holds it, under which key, and its path without numbers. */
interface Place {
  readonly holder: Record<string, unknown>
  readonly key: string
  readonly path: string
}

/** Changes that nobody thought of: some field of some object of Istio. */
export const CHAOS: readonly Mutation[] = [
  {
    name: 'chaos: less',
    apply: (world) => {
      const place = anywhere(world)
      if (place === undefined) return false
      const { holder, key, path } = place
      if (Array.isArray(holder)) holder.splice(Number(key), 1)
      else delete holder[key]
      return path
    },
  },
  {
    name: 'chaos: twice',
    apply: (world) => {
      const place = anywhere(world, ({ holder }) => Array.isArray(holder))
      if (place === undefined || !Array.isArray(place.holder)) return false
      place.holder.push(structuredClone(place.holder[Number(place.key)]))
      return place.path
    },
  },
  {
    name: 'chaos: from elsewhere',
    apply: (world) => {
      const place = anywhere(world, ({ holder, key }) => typeof holder[key] !== 'object')
      if (place === undefined) return false
      const { holder, key, path } = place
      const others = objectsOf(world)
        .flatMap((object) => [...placesOf(object)])
        .filter((other) => other.path === path && other.holder[other.key] !== holder[key])
      if (others.length === 0) return false
      const other = world.random.pick(others)
      holder[key] = other.holder[other.key]
      return path
    },
  },
]

function objectsOf({ rendering }: World): Loose[] {
  const kinds = ['ServiceEntry', 'DestinationRule', 'Gateway', 'AuthorizationPolicy', 'PeerAuthentication']
  return kinds.flatMap((kind) => rendering.all(kind))
}

function anywhere(world: World, fits: (place: Place) => boolean = () => true): Place | undefined {
  const objects = objectsOf(world)
  if (objects.length === 0) return undefined
  const places = [...placesOf(world.random.pick(objects))].filter(fits)
  return places.length === 0 ? undefined : world.random.pick(places)
}

function* placesOf({ kind, spec, metadata }: Loose): Generator<Place> {
  const root = { spec, name: metadata.name, namespace: metadata.namespace }
  yield* below(root, kind)
}

function* below(holder: Record<string, unknown>, path: string): Generator<Place> {
  for (const [key, value] of Object.entries(holder)) {
    const here = Array.isArray(holder) ? `${path}[]` : `${path}.${key}`
    if (here.split('.').length > 2) yield { holder, key, path: here }
    if (typeof value === 'object' && value !== null) yield* below(value as Record<string, unknown>, here)
  }
}
