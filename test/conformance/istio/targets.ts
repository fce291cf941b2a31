/** What of a service is called in parts, by the intent: written apart from what is rendered. */
import type { Service } from '../../../src/mesh/mesh.ts'

export interface Target {
  /** Of the caller's subset; empty: the whole service. */
  readonly name: string
  /** Of the gateway's subset; empty: any pod. */
  readonly subset: string
  /** The service with those of its clusters only that the target has. */
  readonly service: Service
}

export function targetsIn(service: Service): Target[] {
  const { subsets, routing, providers } = service
  const all = [
    { subset: '', cluster: '' },
    ...subsets.map(({ name }) => ({ subset: name, cluster: '' })),
    ...(routing?.routes ?? []).flatMap(({ to }) => to).map(({ subset = '', cluster = '' }) => ({ subset, cluster })),
  ]
  const targets = all.map(({ subset, cluster }): Target => {
    const among = providers.filter(
      (provider) =>
        (cluster === '' || cluster === provider.cluster) &&
        (subset === '' || provider.subsets === undefined || provider.subsets.includes(subset)),
    )
    return { name: nameOf(subset, cluster), subset, service: { ...service, providers: among } }
  })
  const served = targets.filter((target) => target.service.providers.some(({ state }) => state === 'serving'))
  return [...new Map(served.map((target) => [target.name, target])).values()]
}

export function nameOf(subset = '', cluster = ''): string {
  const at = cluster === '' ? '' : `at-${cluster}`
  return subset === '' || at === '' ? subset + at : `${subset}-${at}`
}
