import type { Loose } from '../rendering.ts'
import { fields, list, type Fields, type Mutation, type World } from './mutation.ts'

/** Changes the Gateway of one cluster. */
function gateway(name: string, change: (gateway: Loose, server: Fields, world: World) => boolean | void): Mutation {
  return {
    name: `Gateway: ${name}`,
    apply: (world) => {
      const gateways = world.rendering.all('Gateway')
      if (gateways.length === 0) return false
      const picked = world.random.pick(gateways)
      const [server = {}] = list(picked.spec['servers'])
      return change(picked, server, world) !== false
    },
  }
}

function hosts(server: Fields): string[] {
  return server['hosts'] as string[]
}

export const GATEWAYS: readonly Mutation[] = [
  gateway('a host less', (_, server, { random }) => {
    if (hosts(server).length < 2) return false
    hosts(server).splice(random.between(0, hosts(server).length - 1), 1)
    return true
  }),
  gateway('no hosts', (_, server) => void (server['hosts'] = [])),
  gateway('another host', (_, server) => void (hosts(server)[0] = `x${hosts(server)[0]}`)),
  gateway('a host more', (_, server) => void hosts(server).push('more.bar.svc.cluster.local')),
  gateway('a host twice', (_, server) => void hosts(server).push(hosts(server)[0] ?? '')),
  gateway('a host in capitals', (_, server) => void (hosts(server)[0] = hosts(server)[0]?.toUpperCase() ?? '')),
  gateway('a host with its namespace', (_, server) => void (hosts(server)[0] = `*/${hosts(server)[0]}`)),
  gateway('a wildcard', (_, server) => void (server['hosts'] = ['*.local', '*.example'])),
  gateway('every host', (_, server) => void (server['hosts'] = ['*'])),
  gateway('a short name', (_, server) => void (hosts(server)[0] = 'svc-1')),
  gateway('another port', (_, server) => void (fields(server['port'])['number'] = 443)),
  gateway('another protocol', (_, server) => void (fields(server['port'])['protocol'] = 'HTTPS')),
  gateway('no protocol', (_, server) => void delete fields(server['port'])['protocol']),
  gateway('a port without name', (_, server) => void delete fields(server['port'])['name']),
  gateway('a port with a target', (_, server) => void (fields(server['port'])['targetPort'] = 15_443)),
  gateway('mode PASSTHROUGH', (_, server) => void (fields(server['tls'])['mode'] = 'PASSTHROUGH')),
  gateway('mode SIMPLE', (_, server) => void (fields(server['tls'])['mode'] = 'SIMPLE')),
  gateway('no mode', (_, server) => void delete server['tls']),
  gateway('a redirect', (_, server) => void (fields(server['tls'])['httpsRedirect'] = true)),
  gateway('bound to an address', (_, server) => void (server['bind'] = '127.0.0.1')),
  gateway('a name that is none for its server', (_, server) => void (server['name'] = 'A b')),
  gateway('a server more on its port', ({ spec }, server) => {
    list(spec['servers']).push({
      ...server,
      port: { number: 15_443, name: 'more', protocol: 'TLS' },
      hosts: ['*.local'],
    })
  }),
  gateway('a server more with its hosts', ({ spec }, server) => {
    list(spec['servers']).push({ ...server, port: { number: 15_443, name: 'more', protocol: 'TLS' } })
  }),
  gateway('no servers', ({ spec }) => void (spec['servers'] = [])),
  gateway('another selector', ({ spec }) => void (spec['selector'] = { istio: 'nobody' })),
  gateway('no selector', ({ spec }) => void delete spec['selector']),
  gateway('in another namespace', ({ metadata }) => void (metadata.namespace = 'elsewhere')),
  gateway('another name', ({ metadata }) => void (metadata.name = 'renamed')),
  gateway('a name that is none', ({ metadata }) => void (metadata.name = 'A_b')),
  gateway('a version that is none', (object) => void (object.apiVersion = 'networking.istio.io/v2')),
  gateway('a field that is none', ({ spec }) => void (spec['selectors'] = {})),
  gateway('none at all', (object, _, { rendering }) => rendering.remove(object)),
  gateway('a second one', (object, _, { rendering }) => {
    const second = structuredClone(object)
    second.metadata.name = 'a-second'
    rendering.addBeside(object, second)
  }),
]
