/** Runs a real CoreDNS on loopback. */
import { once } from 'node:events'
import { createSocket } from 'node:dgram'
import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from './dns-client.ts'
import type { Workbench } from './workbench.ts'

const START_MS = 20_000

/** The newest, and the oldest that a Go of today builds. */
export type CoreDns = 'coredns' | 'coredns-oldest'

/** Serves `corefile` while `use` runs, and ends the server whatever happens. Fails when it does not load. */
export async function whileServing(
  bench: Workbench,
  program: CoreDns,
  corefile: string,
  port: number,
  use: () => Promise<void>,
): Promise<void> {
  const folder = bench.scratch('coredns')
  writeFileSync(join(folder, 'Corefile'), corefile)
  const server = bench.start(bench.tool(program), ['-conf', 'Corefile'], { cwd: folder })
  try {
    await answers(server, port)
    await use()
  } finally {
    await server.stop()
  }
}

async function answers(server: ReturnType<Workbench['start']>, port: number): Promise<void> {
  const until = performance.now() + START_MS
  while (performance.now() < until) {
    if (server.child.pid === undefined || server.child.exitCode !== null) {
      throw new Error(`CoreDNS does not load the Corefile:\n${server.log()}`)
    }
    try {
      await ask(port, 'ready.example', 'A')
      return
    } catch {
      await sleep(50)
    }
  }
  throw new Error(`CoreDNS does not answer after ${START_MS / 1000} s:\n${server.log()}`)
}

/** A port of 127.0.0.1 that is free for UDP and TCP. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const tcp = createServer().listen(0, '127.0.0.1')
    await once(tcp, 'listening')
    const { port } = tcp.address() as AddressInfo
    const udp = createSocket('udp4')
    try {
      udp.bind(port, '127.0.0.1')
      await once(udp, 'listening')
      return port
    } catch {
      // Taken by somebody for UDP: the next one.
    } finally {
      udp.close()
      tcp.close()
    }
  }
  throw new Error('there is no free port')
}
