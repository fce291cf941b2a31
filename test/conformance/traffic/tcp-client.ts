/** Sends a text and reads to the end. */
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

const TIMEOUT_MS = 10_000

export async function callTcp(host: string, port: number, message: string): Promise<string> {
  const socket = connect({ host, port, signal: AbortSignal.timeout(TIMEOUT_MS) })
  socket.write(message)
  const got = await text(socket)
  if (got === '') throw new Error('the connection ended without an answer')
  return got
}
