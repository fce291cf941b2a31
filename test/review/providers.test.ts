/** What is told of changes of who serves a host, and of what may fail on the way. */
import { noPaint } from '../../src/diagnostics/paint.ts'
import { plan } from '../../src/plan/plan.ts'
import { render } from '../../src/plan/render.ts'
import { review, type Review, type State } from '../../src/review/review.ts'
import { textReview } from '../../src/review/text.ts'
import { gather } from '../../src/shell/workspace.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { NOW, severalProviders } from '../fixture.ts'
import { describe, equal, ok } from '../suite.ts'

const files = severalProviders()
const text = files.get('mesh.yaml')?.toString('utf8') ?? ''

interface Given extends State {
  readonly text: string
}

/** The mesh after an edit of its text, with what the lock is then. */
async function changed(
  { text: before, lock }: Given,
  from: string | RegExp,
  to: string,
  release: readonly string[] = [],
): Promise<Given> {
  const after = before.replace(from, to)
  ok(from === '' || after !== before, `there is ${String(from)}`)
  const { checked } = await gather(memorySources(new Map(files).set('mesh.yaml', Buffer.from(after))), 'mesh.yaml')
  if (!checked.ok) throw new Error(checked.diagnostics.map(({ code }) => code).join())
  const planned = plan({ ...checked.value, now: NOW, ...(lock.hosts.size > 0 && { lock }), release })
  return { text: after, output: render(planned, planned.lock), lock: planned.lock }
}

const none: Given = { text, output: new Map(), lock: { roots: new Map(), clusters: new Map(), hosts: new Map() } }
const start = await changed(none, '', '')

function reviewed(before: State, after: State): Review {
  return review({ mesh: 'shop', against: 'main', before, after, tasks: [] })
}

/** `gap mail.web.global cluster-3 from cluster-1`, without what the locks and the DNS say. */
const told = (before: State, after: State): string[] =>
  reviewed(before, after).consequences.map(({ kind, subject, detail, clusters }) =>
    [kind, subject, detail, ...(clusters.length > 0 ? ['from', clusters.join()] : [])].filter(Boolean).join(' '),
  )

const MAIL = '- { name: cluster-1, state: draining }\n      - cluster-2\n      - { name: cluster-3, state: exposed }'

describe('review of providers', (test) => {
  test('one that was exposed before joins without a gap', async () => {
    const after = await changed(start, '{ name: cluster-3, state: exposed }', 'cluster-3')
    equal(told(start, after), [
      'sharing-changed mail.web.global one cluster to the nearest cluster from cluster-1',
      'sharing-changed mail.web.global one cluster to clusters in order from cluster-3',
      'provider-joined mail.web.global cluster-3 from cluster-1,cluster-3',
    ])
  })

  test('one that was not is a gap, for those that go through its gateway', async () => {
    const before = await changed(start, MAIL, '- cluster-2')
    const released = await changed(before, '', '', ['mail.web'])
    const after = await changed(released, '- cluster-2\n    ports', '- cluster-2\n      - cluster-3\n    ports')
    equal(told(released, after), [
      'sharing-changed mail.web.global one cluster to the nearest cluster from cluster-1',
      'sharing-changed mail.web.global one cluster to clusters in order from cluster-3',
      'gap mail.web.global cluster-3 from cluster-1',
      'exposure-added mail.web.svc.cluster.local from cluster-3',
      'provider-joined mail.web.global cluster-3 from cluster-1,cluster-3',
    ])
  })

  test('one that leaves and is released in what is compared is a gap at the end', async () => {
    const left = await changed(start, '    clusters: [cluster-1, cluster-3]', '    clusters: [cluster-1]')
    equal(told(start, left), [
      'sharing-changed images.web.global all clusters alike to one cluster from cluster-2',
      'import-added images.web.global all namespaces from cluster-3',
      'provider-left images.web.global cluster-3 from cluster-2',
    ])
    const released = await changed(left, '', '', ['images.web'])
    ok(told(start, released).includes('gap-at-the-end images.web.global cluster-3 from cluster-2'))
    equal(told(left, released), ['exposure-removed images.web.svc.cluster.local from cluster-3'])
  })

  test('draining a cluster by one field', async () => {
    const after = await changed(start, 'name: cluster-3\n', 'name: cluster-3\n    state: draining\n')
    const kinds = new Set(reviewed(start, after).consequences.map(({ kind }) => kind))
    equal([...kinds].sort(), ['provider-left', 'sharing-changed'])
    const list = told(start, after)
    ok(list.includes('provider-left search.shop.global cluster-3 from cluster-1,cluster-3'))
    ok(list.includes('provider-left ledger.books.global cluster-3 from cluster-1'))
  })

  test('weights, ports and addresses of a gateway that change', async () => {
    equal(told(start, await changed(start, 'weight: 20', 'weight: 30')), [
      'sharing-changed checkout.web.global cluster-2 80 %, cluster-3 20 % to cluster-2 70 %, cluster-3 30 % from cluster-1,cluster-3',
    ])
    const port = await changed(start, 'port: 8025', 'port: 8026')
    equal(told(start, port), [
      'port-removed mail.web.global port 8025 from cluster-1,cluster-3',
      'port-added mail.web.global port 8026 from cluster-1,cluster-3',
    ])
    const moved = told(start, await changed(start, '2001:db8::7', '2001:db8::8'))
    equal(moved, ['gateway-moved cluster-3 [2001:db8::7]:31443 becomes [2001:db8::8]:31443 from cluster-1,cluster-2'])
  })

  test('a person reads what may fail', async () => {
    const before = await changed(await changed(start, MAIL, '- cluster-2'), '', '', ['mail.web'])
    const after = await changed(before, '- cluster-2\n    ports', '- cluster-3\n    ports')
    const report = textReview(reviewed(before, after), noPaint)
    ok(
      report.includes(
        'gaps\n  calls of mail.web.global from cluster-1 that go to cluster-3 are refused until its gateway has synced\n',
      ),
      report,
    )
  })
})
