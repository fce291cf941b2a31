/** What the process makes of a disk that is full, and of signals. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, equal, is, ok } from '../suite.ts'
import { repository } from './repository.ts'
import { MAIN, sandbox, type Sandbox } from './sandbox.ts'

interface Ended {
  readonly code: number | null
  readonly err: string
}

function start(box: Sandbox, args: readonly string[], stdout: number | 'ignore'): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { cwd: box.mesh, env: box.env, stdio: ['ignore', stdout, 'pipe'] })
}

async function ended(child: ChildProcess): Promise<Ended> {
  let err = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text))
  const limit = setTimeout(() => child.kill('SIGKILL'), 30_000)
  await once(child, 'close')
  clearTimeout(limit)
  return { code: child.exitCode, err }
}

/** Whether a process other than this one runs in the environment of a sandbox. */
function runsIn(box: Sandbox, except?: number): boolean {
  return readdirSync('/proc').some((name) => {
    try {
      const isOther = /^\d+$/.test(name) && Number(name) !== except
      return isOther && readFileSync(`/proc/${name}/environ`, 'utf8').includes(`HOME=${box.root}\0`)
    } catch {
      return false
    }
  })
}

describe('the process', (test) => {
  if (existsSync('/dev/full')) {
    test('a full disk behind stdout is told in one line', async () => {
      const box = sandbox('two-clusters')
      const full = openSync('/dev/full', 'w')
      for (const args of [
        ['explain', 'MESH-E308'],
        ['validate', '--format', 'sarif'],
        ['plan', '--format', 'json'],
      ]) {
        equal(await ended(start(box, args, full)), {
          code: 3,
          err: 'meshwright: error: cannot write to stdout: the disk is full\n',
        })
      }
      closeSync(full)
      box.done()
    })

    test('a full disk behind stderr does not change the exit code', async () => {
      const box = sandbox('two-clusters')
      const full = openSync('/dev/full', 'w')
      const child = spawn(process.execPath, [MAIN, 'explain', 'nothing'], {
        cwd: box.mesh,
        env: box.env,
        stdio: ['ignore', 'ignore', full],
      })
      is((await ended(child)).code, box.meshwright('explain', 'nothing').code)
      closeSync(full)
      box.done()
    })
  }

  if (existsSync('/proc/self/stat')) {
    for (const scheme of ['git', 'http']) {
      test(`a signal to us alone ends git too: ${scheme}`, async () => {
        const box = repository()
        const sockets: Socket[] = []
        const server = createServer((socket) => sockets.push(socket.on('error', () => undefined)))
        server.listen(0, '127.0.0.1')
        await once(server, 'listening')
        const address = `127.0.0.1:${String((server.address() as AddressInfo).port)}/x.git`
        box.run('remote', 'set-url', 'origin', `${scheme}://${address}`)
        try {
          for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
            const connected = once(server, 'connection')
            const child = start(box, ['publish'], 'ignore')
            const end = ended(child)
            await Promise.race([connected, end])
            ok(runsIn(box, child.pid), 'git waits for the remote')
            child.kill(signal)
            equal(await end, { code: 130, err: '' }, signal)
            ok(!runsIn(box), `left behind after ${signal}`)
          }
        } finally {
          for (const socket of sockets) socket.destroy()
          server.close()
        }
        is(box.run('status', '--porcelain'), '')
        ok(!existsSync(join(box.mesh, '.git/index.lock')))
        box.done()
      })
    }
  }
})
