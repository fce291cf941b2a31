/** One unary call over HTTP/2 without TLS (gRPC over HTTP2, "Length-Prefixed-Message"). */
import { connect } from 'node:http2'

export const GRPC_MESSAGE = 'hello'

const TIMEOUT_MS = 10_000

export interface GrpcAnswer {
  readonly httpStatus: number
  /** 0 is OK; absent when the answer came from no gRPC server. */
  readonly grpcStatus: number | undefined
  readonly message: string
}

/** A message that is not compressed. */
export function grpcFrame(message: string): Buffer {
  const bytes = Buffer.from(message)
  const head = Buffer.alloc(5)
  head.writeUInt32BE(bytes.length, 1)
  return Buffer.concat([head, bytes])
}

export function callGrpc(address: string, port: number, authority: string): Promise<GrpcAnswer> {
  const session = connect(`http://${address}:${port}`)
  return new Promise<GrpcAnswer>((resolve, reject) => {
    session.on('error', reject)
    const stream = session.request({
      ':method': 'POST',
      ':path': '/meshwright.Probe/Say',
      ':authority': authority,
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    let [httpStatus, grpcStatus]: [number, number | undefined] = [0, undefined]
    const note = (headers: Readonly<Record<string, unknown>>): void => {
      if (headers['grpc-status'] !== undefined) grpcStatus = Number(headers['grpc-status'])
    }
    stream.on('response', (headers) => {
      httpStatus = headers[':status'] ?? 0
      note(headers)
    })
    stream.on('trailers', note)
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () =>
      resolve({ httpStatus, grpcStatus, message: Buffer.concat(chunks).subarray(5).toString('utf8') }),
    )
    stream.on('error', reject)
    stream.setTimeout(TIMEOUT_MS, () => stream.destroy(new Error(`no answer from ${authority}`)))
    stream.end(grpcFrame(GRPC_MESSAGE))
  }).finally(() => session.destroy())
}
