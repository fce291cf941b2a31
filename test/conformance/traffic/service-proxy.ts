/** What kube-proxy does for a Service: connections to its address and port go to the pod, as long as there is one. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { serviceAddress } from './addresses.ts'
import type { Pod } from './pods.ts'

export interface ServiceProxy {
  /** The Service has no pod any more; a second time does nothing. */
  readonly stop: () => Promise<void>
}

export async function startServiceProxy({ cluster, address, ports }: Pod): Promise<ServiceProxy> {
  const open = new Set<Socket>()
  const servers = ports.map(({ port, podPort }) =>
    createServer((from) => {
      const to = connect(podPort, address)
      for (const [one, other] of [
        [from, to],
        [to, from],
      ] as const) {
        open.add(one)
        one.pipe(other)
        one.on('error', () => other.destroy())
        one.on('close', () => {
          open.delete(one)
          other.destroy()
        })
      }
    }).listen(port, serviceAddress(cluster)),
  )
  await Promise.all(servers.map((server) => once(server, 'listening')))
  return {
    stop: async () => {
      const closed = servers.splice(0).map(async (server) => {
        await once(server.close(), 'close')
      })
      for (const socket of open) socket.destroy()
      await Promise.all(closed)
    },
  }
}
