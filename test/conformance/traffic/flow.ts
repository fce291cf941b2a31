/** Requests at a steady rate, every one of which is accounted for. */
import { call, clientCertificate, seenBy, type Direction } from './calls.ts'

export interface Flow {
  readonly lost: () => readonly string[]
  /** SHA-256 of the caller's certificate, as the server has seen it last; in hex. */
  readonly lastCertificate: () => string
  /** Sends no more, waits for what is under way, and gives the number of requests. */
  readonly stop: () => Promise<number>
}

const EVERY_MS = 40

/** 25 a second, of different length, so that several connections are in use at any time. */
export function startFlow(direction: Direction, address: string): Flow {
  const lost: string[] = []
  const underWay = new Set<Promise<void>>()
  let [sent, lastCertificate] = [0, '']
  const send = async (number: number): Promise<void> => {
    try {
      const { headers } = seenBy(await call(direction, address, `/flow/${number}/${(number % 4) * 30}`))
      lastCertificate = clientCertificate(headers['x-forwarded-client-cert'] ?? '')['Hash'] ?? ''
    } catch (error) {
      lost.push(`request ${number}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const timer = setInterval(() => {
    sent += 1
    const request = send(sent).finally(() => underWay.delete(request))
    underWay.add(request)
  }, EVERY_MS)
  return {
    lost: () => lost,
    lastCertificate: () => lastCertificate,
    stop: async () => {
      clearInterval(timer)
      await Promise.all(underWay)
      return sent
    },
  }
}
