/** Where a consumer's sidecars send the requests for a host, for how long and how often. */
import type { Manifest } from '../kubernetes/manifest.ts'
import { sorted } from '../kubernetes/manifest.ts'
import type { Mesh, Service } from '../mesh/mesh.ts'
import { targetName, type Destination, type Match, type Routing } from '../mesh/routing.ts'
import { exportTo, importedMetadata, type Sides } from './imported.ts'

/**
 * Undefined where the host is called as it is. It belongs to the caller's side: the VirtualServices of a provider are not
 * asked by its gateway. Its routes hold for every port with requests, since none is named; other ports have no part in it.
 */
export function virtualService(mesh: Mesh, service: Service, { into, consumer }: Sides): Manifest | undefined {
  const { host, routing } = service
  if (routing === undefined) return undefined
  const routes = routing.routes.length > 0 ? routing.routes : [{ match: [], to: [{ weight: 100 }] }]
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: importedMetadata(mesh, service, into),
    spec: {
      hosts: [host],
      http: routes.map(({ match, to }) => ({
        ...(match.length > 0 && { match: match.map(matchFields) }),
        route: to.map((destination) => routeTo(host, destination, to.length > 1)),
        ...effort(routing),
      })),
      exportTo: exportTo(consumer),
    },
  }
}

function matchFields({ headers, uri, method }: Match): object {
  return { ...(uri && { uri }), ...(method && { method }), ...(headers && { headers: sorted(headers) }) }
}

function routeTo(host: string, destination: Destination, weighted: boolean): object {
  const subset = targetName(destination)
  return {
    destination: { host, ...(subset !== '' && { subset }) },
    ...(weighted && { weight: destination.weight }),
  }
}

function effort({ timeout, retries }: Routing): object {
  return {
    ...(timeout !== undefined && { timeout }),
    ...(retries && {
      retries: {
        attempts: retries.attempts,
        ...(retries.perTryTimeout !== undefined && { perTryTimeout: retries.perTryTimeout }),
        ...(retries.retryOn && { retryOn: retries.retryOn.join(',') }),
      },
    }),
  }
}
