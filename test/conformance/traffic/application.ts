/** The application in a pod: it answers HTTP, gRPC and TCP, and tells what it has seen. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createHttp2Server, type Http2Server, type Http2Session } from 'node:http2'
import { createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServer as createTlsServer } from 'node:tls'
import { makeControllerKey } from '../../trust/controller-certificate.ts'
import { applicationPort, type ClusterName } from './addresses.ts'
import { GRPC_MESSAGE, grpcFrame } from './grpc.ts'

export interface Application {
  readonly stop: () => Promise<void>
}

/** Body of an answer over HTTP. */
export interface Seen {
  /** Where it was answered. */
  readonly cluster: ClusterName
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

export async function startApplication(cluster: ClusterName): Promise<Application> {
  const listen = async <T extends Server | Http2Server | TcpServer>(server: T, podPort: number): Promise<T> => {
    await once(server.listen(applicationPort(cluster, podPort), '127.0.0.1'), 'listening')
    return server
  }
  const http = await listen(httpServer(cluster), 8080)
  const open = new Set<Socket | Http2Session>()
  const keep = (connection: Socket | Http2Session): void => {
    open.add(connection)
    connection.on('close', () => open.delete(connection))
    connection.on('error', () => undefined)
  }
  const grpc = await listen(grpcServer().on('session', keep), 9090)
  const tcp = await listen(tcpServer(cluster).on('connection', keep), 9000)
  const tls = await listen(tlsServer(cluster).on('connection', keep), 8443)
  const mongo = await listen(tcpServer(cluster).on('connection', keep), 27_017)
  const mysql = await listen(greeter(cluster).on('connection', keep), 3306)
  const servers = [http, grpc, tcp, tls, mongo, mysql]
  return {
    stop: async () => {
      const ended = servers.map((server) => once(server, 'close'))
      for (const server of servers) server.close()
      http.closeAllConnections()
      for (const connection of open) connection.destroy()
      await Promise.all(ended)
    },
  }
}

/** Answers after the milliseconds at the end of the path, if there are any. */
function httpServer(cluster: ClusterName): Server {
  return createServer((request, response) => {
    const path = request.url ?? ''
    const seen: Seen = { cluster, path, headers: request.headers as Record<string, string> }
    void sleep(Number(/\d+$/.exec(path)?.[0] ?? 0)).then(() => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(seen))
    })
  })
}

/** A unary method whose answer is the caller's certificate as Envoy describes it. */
function grpcServer(): Http2Server {
  return createHttp2Server().on('stream', (stream, headers) => {
    const chunks: Buffer[] = []
    stream.on('error', () => undefined)
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      const good = Buffer.concat(chunks).equals(grpcFrame(GRPC_MESSAGE))
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': good ? '0' : '3' }))
      stream.end(grpcFrame(String(headers['x-forwarded-client-cert'] ?? '')))
    })
  })
}

function tcpServer(cluster: ClusterName): TcpServer {
  return createTcpServer((socket) => {
    socket.on('data', (data) => socket.end(`${cluster} got ${data.toString('utf8')}`))
  })
}

/** In the certificate that an application has for itself. */
export const OWN_NAME = 'application'

/** TLS of its own, with a certificate that has nothing to do with the mesh; it tells which name it was asked for. */
function tlsServer(cluster: ClusterName): TcpServer {
  const { certificate, privateKey } = makeControllerKey({
    now: new Date(Date.now() - 3_600_000),
    bits: 2048,
    commonName: OWN_NAME,
  })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' })
  return createTlsServer({ cert: certificate, key }, (socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (data) => socket.end(`${cluster} got ${data.toString('utf8')} as ${String(socket.servername)}`))
  })
}

/** Speaks first, as MySQL does, and waits for nothing. */
function greeter(cluster: ClusterName): TcpServer {
  return createTcpServer((socket) => socket.end(`${cluster} greets`))
}
