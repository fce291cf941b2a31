/** What a cluster lets the others call: one Gateway with one server that passes TLS through by its SNI. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { fieldAt, isMap, listOf, shown, textsOf } from './fields.ts'
import { listenedHosts } from './managed-gateway.ts'
import { ofKind, titleOf, type FoundObject } from './objects.ts'
import type { ClusterOutput } from './read.ts'
import { GATEWAY_API, NETWORKING } from './shapes.ts'

const PASSTHROUGH_PORT = 15_443

/** The names that the cluster's gateway knows. */
export function readExports({ objects, settings, legacy }: ClusterOutput): {
  hosts: ReadonlySet<string>
  diagnostics: Diagnostic[]
} {
  // Its installer makes a Gateway for all services; any other one is told already.
  if (legacy !== undefined) return { hosts: new Set(), diagnostics: [] }
  const [managed] = ofKind(objects, GATEWAY_API, 'Gateway')
  const [gateway, second] = ofKind(objects, NETWORKING, 'Gateway')
  if (gateway === undefined) return { hosts: new Set(managed ? listenedHosts(managed) : []), diagnostics: [] }
  const diagnostics = [...judgeGateway(gateway, settings.clusterDomain)].map(([detail, ...path]) =>
    diagnose('MESH-E744', { object: titleOf(gateway), detail }, gateway.at('spec', ...path)),
  )
  if (second) {
    // A second server on the port is skipped, or makes Envoy refuse the listener.
    const detail = 'it is the second Gateway of this cluster'
    diagnostics.push(diagnose('MESH-E744', { object: titleOf(second), detail }, second.at('metadata', 'name')))
  }
  return { hosts: new Set(hostsOf(gateway)), diagnostics }
}

function hostsOf({ fields }: FoundObject): readonly string[] {
  return textsOf(fieldAt(listOf(fieldAt(fields, 'spec', 'servers'))[0], 'hosts')) ?? []
}

/** What is wrong, and where below `spec`. */
function* judgeGateway(
  gateway: FoundObject,
  clusterDomain: string | undefined,
): Generator<readonly [string, ...(string | number)[]]> {
  const selector = fieldAt(gateway.fields, 'spec', 'selector')
  if (!isMap(selector) || Object.keys(selector).length === 0) {
    yield ['its selector is empty, so every gateway of the cluster would take it', 'selector']
  }
  const servers = listOf(fieldAt(gateway.fields, 'spec', 'servers'))
  if (servers.length !== 1) yield [`it has ${servers.length} servers`, 'servers']
  const [server] = servers
  const port = fieldAt(server, 'port')
  const number = fieldAt(port, 'number')
  if (number !== PASSTHROUGH_PORT || fieldAt(port, 'protocol') !== 'TLS') {
    yield [
      `its port is ${shown(number)} ${shown(fieldAt(port, 'protocol'))}, not ${PASSTHROUGH_PORT} TLS`,
      'servers',
      0,
      'port',
    ]
  }
  const mode = fieldAt(server, 'tls', 'mode')
  if (mode !== 'AUTO_PASSTHROUGH') yield [`its TLS mode is ${shown(mode)}, not AUTO_PASSTHROUGH`, 'servers', 0, 'tls']
  const hosts = hostsOf(gateway)
  if (hosts.length === 0) yield ['it has no hosts', 'servers', 0, 'hosts']
  for (const [i, host] of hosts.entries()) {
    const place = ['servers', 0, 'hosts', i] as const
    if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host)) yield [`${shown(host)} is no exact host`, ...place]
    else if (hosts.indexOf(host) < i) yield [`${host} is there twice`, ...place]
    else if (clusterDomain !== undefined && !host.endsWith(`.svc.${clusterDomain}`)) {
      yield [`${host} is no service of the cluster domain ${clusterDomain}`, ...place]
    }
  }
}
