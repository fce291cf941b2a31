import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { describe, equal, is, ok, rejected } from '../../suite.ts'
import { Failure } from '../../../src/diagnostics/failure.ts'
import { publish } from '../../../src/shell/git/publish.ts'
import { openRepository } from '../../../src/shell/git/repository.ts'
import { publishFrom, rendered, requestFor, sandboxed, type Sandbox } from './sandbox.ts'

const tree = (body: string) => rendered({ 'clusters/east/x.yaml': `${body}\n` })

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A `git daemon` that takes pushes to all below the sandbox; ended by its process id. */
async function withDaemon(box: Sandbox, use: (port: number) => Promise<void>): Promise<void> {
  // A port that was free a moment ago may be taken by now.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const probe = createServer()
    const port = await listening(probe)
    probe.close()
    await once(probe, 'close')
    const flags = ['--export-all', '--enable=receive-pack', '--listen=127.0.0.1', `--port=${String(port)}`]
    const program = join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-daemon')
    const daemon = spawn(program, ['--verbose', ...flags, `--base-path=${box.folder}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const ended = once(daemon, 'exit')
    let said = ''
    const ready = new Promise<boolean>((resolve) => {
      daemon.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        if (said.includes('Ready to rumble')) resolve(true)
      })
      ended.then(
        () => resolve(false),
        () => resolve(false),
      )
    })
    if (!(await ready)) continue
    try {
      await use(port)
    } finally {
      daemon.kill('SIGTERM')
      await ended
    }
    return
  }
  throw new Error('git daemon does not start')
}

/** Command lines of all processes that mention a text; empty where the system does not tell. */
function processesWith(text: string): string[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
      .flatMap((pid) => {
        try {
          const line = readFileSync(join('/proc', pid, 'cmdline'), 'utf8').replaceAll('\0', ' ')
          return line.includes(text) ? [line] : []
        } catch {
          return []
        }
      })
  } catch {
    return []
  }
}

async function publishTo(clone: string, remote: string, remoteTimeout: number): Promise<Failure> {
  const repository = await openRepository(clone, { interactive: false, remoteTimeout })
  const error = await rejected(publish(repository, await requestFor(repository, { remote })))
  if (!(error instanceof Failure)) throw error
  is(error.exitCode, 3)
  return error
}

describe('remotes', (test) => {
  test('by path, by file:// and through a git daemon it is the same', () =>
    sandboxed(async (box) => {
      const { clone, remote } = box.pair()
      const sources = ['1', '2', '3', '4', '5'].map((n) => box.commit('clone', 'n', n))
      await withDaemon(box, async (port) => {
        const addresses = [remote, `file://${remote}`, `git://127.0.0.1:${String(port)}/remote.git`]
        for (const [i, address] of addresses.entries()) {
          const [source = '', older = ''] = [sources[i + 1], sources[i]]
          const body = tree(`n: ${String(i)}`)
          is((await publishFrom(clone, { remote: address, source, tree: body })).kind, 'published', address)
          is((await publishFrom(clone, { remote: address, source, tree: body })).kind, 'unchanged', address)
          is((await publishFrom(clone, { remote: address, source: older, tree: tree('old') })).kind, 'superseded')
        }
        const daemon = addresses[2] ?? ''
        is(
          (await publishFrom(clone, { remote: daemon, source: sources[4] ?? '', tree: tree('n: 2') })).kind,
          'recorded',
        )
      })
      is(box.git('remote.git', 'rev-list', '--count', 'live'), '3')
      is(box.git('remote.git', 'rev-list', '--count', 'refs/notes/meshwright/shop/live'), '4')
    }))

  test('a server that takes the connection and says nothing is given up, and nothing of it is left', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      const sockets: { destroy: () => void }[] = []
      const server = createServer((socket) => void sockets.push(socket))
      const port = await listening(server)
      try {
        for (const scheme of ['git', 'http']) {
          const started = performance.now()
          const error = await publishTo(clone, `${scheme}://127.0.0.1:${String(port)}/x.git`, 0.5)
          is(error.message, 'the remote did not answer for 0.5 seconds')
          ok(error.hints.some((hint) => hint.includes('--timeout')))
          ok(performance.now() - started < 15_000)
          for (let i = 0; i < 200 && processesWith(`:${String(port)}/x.git`).length > 0; i += 1) {
            await new Promise((resolve) => setTimeout(resolve, 50))
          }
          equal(processesWith(`:${String(port)}/x.git`), [])
        }
      } finally {
        for (const socket of sockets) socket.destroy()
        server.close()
      }
      is(box.git('clone', 'for-each-ref', 'refs/meshwright'), '')
    }))

  test('a remote that wants a password is told, and nobody is asked for one', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      const server = createHttpServer((_request, response) => {
        response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end()
      })
      const port = await listening(server)
      try {
        const error = await publishTo(clone, `http://127.0.0.1:${String(port)}/x.git`, 20)
        is(error.message, 'the remote does not let us in')
        // One that is given by a program, as in CI, is used; here it is a wrong one.
        box.write('ask', `#!/bin/sh\necho "$1" >> "${box.folder}/asked"\necho wrong\n`, 0o755)
        box.env('GIT_ASKPASS', join(box.folder, 'ask'))
        const again = await publishTo(clone, `http://127.0.0.1:${String(port)}/x.git`, 20)
        is(again.message, 'the remote does not let us in')
        ok(readFileSync(join(box.folder, 'asked'), 'utf8').startsWith('Username'))
      } finally {
        server.close()
      }
    }))

  test('a server that refuses, and one that is gone, are told apart from a silent one', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      const server = createServer((socket) => socket.destroy())
      const port = await listening(server)
      const reset = await publishTo(clone, `git://127.0.0.1:${String(port)}/x.git`, 20).finally(() => server.close())
      is(reset.message, 'the remote cannot be reached', reset.hints.join('\n'))
      is((await publishTo(clone, `git://127.0.0.1:${String(port)}/x.git`, 20)).message, 'the remote cannot be reached')
    }))
})
