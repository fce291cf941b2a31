/** Clients that send a text, or nothing, and read to the end. */
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'

const TIMEOUT_MS = 10_000

export async function callTcp(host: string, port: number, message: string): Promise<string> {
  const socket = connect({ host, port, signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (message !== '') socket.write(message)
  const got = await text(socket)
  if (got === '') throw new Error('the connection ended without an answer')
  return got
}

/** The same in TLS of the application's own. @returns the answer, and who issued the certificate that was shown */
export async function callTls(
  { host, port, servername }: { readonly host: string; readonly port: number; readonly servername: string },
  message: string,
): Promise<{ readonly got: string; readonly issuer: string }> {
  const socket = connectTls({ host, port, servername, rejectUnauthorized: false })
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer')))
  socket.write(message)
  let issuer = ''
  socket.on('secureConnect', () => (issuer = JSON.stringify(socket.getPeerX509Certificate()?.issuer ?? '')))
  return { got: await text(socket), issuer }
}
