/** HTTP over a connection of its own, as a program does that keeps none. */
import { request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface HttpRequest {
  /** Address that is dialled. */
  readonly host: string
  readonly port: number
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: 'GET' | 'POST'
}

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}

const TIMEOUT_MS = 10_000

export function httpGet({ host, port, path, headers = {}, method = 'GET' }: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    request({ host, port, path, headers, method, agent: false, signal }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject)
    })
      .on('error', reject)
      .end()
  })
}
