/** What is told of changes of ports and of settings of connections. */
import { plan } from '../../src/plan/plan.ts'
import { render } from '../../src/plan/render.ts'
import { review } from '../../src/review/review.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { gather } from '../../src/shell/workspace.ts'
import type { FileTree } from '../../src/tree/file-tree.ts'
import { NOW, portsAndProtocols } from '../fixture.ts'
import { describe, equal, ok } from '../suite.ts'

const files = portsAndProtocols()
const text = String(files.get('mesh.yaml'))

async function rendered(mesh: string): Promise<{ output: FileTree; lock: ReturnType<typeof plan>['lock'] }> {
  const { checked } = await gather(memorySources(new Map(files).set('mesh.yaml', Buffer.from(mesh))), 'mesh.yaml')
  if (!checked.ok) throw new Error(checked.diagnostics.map(({ code }) => code).join())
  const planned = plan({ ...checked.value, now: NOW })
  return { output: render(planned, planned.lock), lock: planned.lock }
}

async function told(from: string, to: string): Promise<string[]> {
  ok(text.includes(from), `there is ${from}`)
  const [before, after] = [await rendered(text), await rendered(text.replace(from, to))]
  const { consequences } = review({ mesh: 'shop', against: 'main', before, after, tasks: [] })
  return consequences.map(({ kind, subject, detail, clusters }) => [kind, subject, detail, clusters.join()].join('|'))
}

describe('review of ports and settings', (test) => {
  test('another number for consumers cuts off those who dial the old one', async () => {
    equal(await told('consumerPort: 443', 'consumerPort: 444'), [
      'port-removed|svc-2.bar.global|port 443|cluster-1',
      'port-added|svc-2.bar.global|port 444|cluster-1',
    ])
  })

  test('another protocol, and another port of the Service', async () => {
    equal(await told('9000, protocol: TCP', '9000, protocol: TLS'), [
      'port-changed|svc-2.bar.global|port 9000 from TCP to TLS|cluster-1',
    ])
    const moved = await told('port: 8443, consumerPort', 'port: 8444, consumerPort')
    ok(
      moved.includes('port-changed|svc-2.bar.global|port 443 from port 8443 of the Service to 8444|cluster-1'),
      String(moved),
    )
  })

  test('settings, each once for all ports', async () => {
    equal(await told('maxConnections: 200', 'maxConnections: 100'), [
      'settings-changed|svc-2.bar.global|tcp.maxConnections from 200 to 100|cluster-1',
    ])
    equal(await told('simple: ROUND_ROBIN', 'simple: RANDOM'), [
      'settings-changed|both.shop.global|simple from ROUND_ROBIN to RANDOM|cluster-1,cluster-2',
    ])
  })
})
