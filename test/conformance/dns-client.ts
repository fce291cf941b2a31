/** Asks a DNS server over UDP and shows what the resolver of Node hides: the response code and empty answers (RFC 1035). */
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'

export type QueryType = keyof typeof TYPES

const TYPES = { A: 1, PTR: 12, TXT: 16, AAAA: 28, HTTPS: 65 } as const
const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'] as const
const TIMEOUT_MS = 3000

export interface Answer {
  readonly rcode: string
  /** Addresses of A and AAAA records in hex digits or dotted decimal; of other types only that they are there. */
  readonly records: readonly { readonly type: number; readonly ttl: number; readonly data: string }[]
}

/** One question, to 127.0.0.1 if nobody else is named; fails when no answer comes in time. */
export function ask(port: number, name: string, type: QueryType, server: string = '127.0.0.1'): Promise<Answer> {
  const id = randomInt(0x1_00_00)
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  const header = Buffer.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
  const query = Buffer.concat([header, ...labels, Buffer.from([0, TYPES[type] >> 8, TYPES[type] & 255, 0, 1])])
  const socket = createSocket('udp4')
  return new Promise<Answer>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer for ${name} ${type} on port ${port}`)), TIMEOUT_MS)
    socket.on('error', reject)
    socket.on('message', (message) => {
      if (message.readUInt16BE(0) !== id) return
      clearTimeout(timer)
      try {
        resolve(readAnswer(message))
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    })
    // A closed port is told to a connected socket only, at once instead of after the time has passed.
    socket.connect(port, server, () => socket.send(query))
  }).finally(() => socket.close())
}

function readAnswer(message: Buffer): Answer {
  const code = message.readUInt16BE(2) & 15
  let offset = skipName(message, 12) + 4
  const records = Array.from({ length: message.readUInt16BE(6) }, () => {
    offset = skipName(message, offset)
    const [type, ttl, length] = [
      message.readUInt16BE(offset),
      message.readUInt32BE(offset + 4),
      message.readUInt16BE(offset + 8),
    ]
    const bytes = message.subarray(offset + 10, offset + 10 + length)
    offset += 10 + length
    return { type, ttl, data: type === TYPES.A ? bytes.join('.') : bytes.toString('hex') }
  })
  return { rcode: RCODES[code] ?? String(code), records }
}

/** Offset after a name, which ends with an empty label or with a pointer. */
function skipName(message: Buffer, from: number): number {
  let offset = from
  for (let length = message.readUInt8(offset); length !== 0; length = message.readUInt8(offset)) {
    if (length >= 0xc0) return offset + 2
    offset += length + 1
  }
  return offset + 1
}
