/** Serves bare repositories on loopback over HTTP, for reading and writing, through git's own `http-backend` (CGI). */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { devNull } from 'node:os'

export interface GitServer {
  /** Where the repositories of the folder are, without a slash at the end. */
  readonly url: string
  readonly stop: () => Promise<void>
}

/** Of every bare repository below `folder`. */
export async function serveGit(git: string, folder: string): Promise<GitServer> {
  const server = createServer((request, response) => {
    answer(git, folder, request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function answer(git: string, folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
  const { headers } = request
  const child = spawn(git, ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      // Nothing that whoever runs the checks has set up.
      GIT_CONFIG_GLOBAL: devNull,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      REMOTE_ADDR: '127.0.0.1',
      REMOTE_USER: 'conformance',
      CONTENT_TYPE: headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      ...(headers['content-length'] !== undefined && { CONTENT_LENGTH: headers['content-length'] }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  // It may end before it has read all that it is sent.
  const sent = pipeline(request, child.stdin).catch(() => undefined)
  let head = Buffer.alloc(0)
  for await (const part of child.stdout) {
    if (response.headersSent) {
      if (!response.write(part)) await once(response, 'drain')
      continue
    }
    head = Buffer.concat([head, part as Buffer])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) continue
    const { status, fields } = parsedHead(head.subarray(0, end).toString('latin1'))
    response.writeHead(status, fields)
    response.write(head.subarray(end + 4))
  }
  if (!response.headersSent) response.writeHead(500)
  response.end()
  await sent
}

/** The header of a CGI answer (RFC 3875, 6.3), in which the status is a field. */
function parsedHead(text: string): { readonly status: number; readonly fields: Record<string, string> } {
  let status = 200
  const fields: Record<string, string> = {}
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()]
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10)
    else fields[name] = value
  }
  return { status, fields }
}
