/** The outer ends of the connections that a program in a network namespace of its own makes. */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'

export interface Relay {
  readonly stop: () => Promise<void>
}

/** For each port, connects whoever comes to the Unix socket `folder/port` with that port of 127.0.0.1. */
export async function relayPorts(folder: string, ports: readonly number[]): Promise<Relay> {
  const open = new Set<Socket>()
  const servers = await Promise.all(ports.map((port) => relayPort(join(folder, String(port)), port, open)))
  return {
    stop: async () => {
      for (const socket of open) socket.destroy()
      await Promise.all(servers.map((server) => once(server.close(), 'close')))
    },
  }
}

async function relayPort(path: string, port: number, open: Set<Socket>): Promise<Server> {
  const server = createServer((inner) => {
    const outer = connect(port, '127.0.0.1')
    for (const [one, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      open.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  })
  server.listen(path)
  await once(server, 'listening')
  return server
}
