import type { Mesh } from '../../src/mesh/mesh.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { gather } from '../../src/shell/workspace.ts'
import { plan } from '../../src/plan/plan.ts'
import { render } from '../../src/plan/render.ts'
import { verifyOutput } from '../../src/verify/verify.ts'
import { edited, NOW, twoClusters } from '../fixture.ts'
import { describe, equal, is, ok } from '../suite.ts'

const files = twoClusters()
const SVC_2_RULES = `    workload: { labels: { app: svc-2 } }
    authorization: { from: [{ cluster: cluster-1, namespaces: [foo], serviceAccounts: [svc-1] }], local: [] }
`

/** The fixture with something said of each cluster, and rules for svc-2. */
async function outcome(
  said: Readonly<Record<string, string>>,
  rules = '',
): Promise<{ codes: string[]; tree: ReadonlyMap<string, string>; mesh: Mesh | undefined }> {
  const text = (files.get('mesh.yaml')?.toString('utf8') ?? '')
    .replaceAll(/ {2}- name: (cluster-\d)\n/g, (line, name: string) => `${line}${said[name] ?? ''}`)
    .concat(rules)
  const { checked } = await gather(memorySources(new Map([...files, ['mesh.yaml', Buffer.from(text)]])), 'mesh.yaml')
  if (!checked.ok) return { codes: checked.diagnostics.map((d) => d.code), tree: new Map(), mesh: undefined }
  const planned = plan({ ...checked.value, now: NOW })
  const codes = [...checked.diagnostics, ...planned.diagnostics].map((d) => d.code)
  return { codes, tree: render(planned, planned.lock), mesh: checked.value.mesh }
}

const APART = { 'cluster-1': '    trustDomain: one.example\n', 'cluster-2': '    trustDomain: two.example\n' }
const BAR = 'clusters/cluster-1/services/bar.yaml'
const values = (cluster: string): string => `clusters/${cluster}/istio/values.yaml`
const codesOf = (tree: ReadonlyMap<string, string>): string[] =>
  verifyOutput(tree, { now: NOW }).diagnostics.map(({ code }) => code)

describe('trust domains', (test) => {
  test('one for all needs nothing', async () => {
    const { tree } = await outcome({})
    is(
      [...tree.values()].some((text) => text.includes('caCertificates')),
      false,
    )
  })

  test('of its own: identities are those of who answers, and each istiod is told of the other', async () => {
    const { codes, tree } = await outcome(APART, SVC_2_RULES)
    equal(codes, [])
    ok(tree.get(BAR)?.includes('spiffe://two.example/ns/bar/sa/svc-2'), 'who answers')
    ok(
      /trustDomain: one\.example\n {2}caCertificates:\n(.*\n)+ {6}trustDomains:\n {8}- two\.example\n/.test(
        tree.get(values('cluster-1')) ?? '',
      ),
    )
    const policy = tree.get('clusters/cluster-2/gateway/policies-bar.yaml') ?? ''
    ok(policy.includes('one.example/ns/foo/sa/svc-1'), 'a cluster has a name of its own')
    equal(codesOf(tree), [])
  })

  test('a former one is still known, everywhere', async () => {
    const { codes, tree } = await outcome({
      'cluster-2': '    trustDomain: two.example\n    trustDomainAliases: [cluster.local]\n',
    })
    equal(codes, ['MESH-E259'])
    equal([...tree], [])
    const moved = await outcome(
      { ...APART, 'cluster-2': `${APART['cluster-2']}    trustDomainAliases: [was.example]\n` },
      SVC_2_RULES,
    )
    equal(moved.codes, [])
    ok(/spiffe:\/\/two\.example.*\n.*spiffe:\/\/was\.example/.test(moved.tree.get(BAR) ?? ''), 'both may answer')
    ok(/- two\.example\n +- was\.example/.test(moved.tree.get(values('cluster-1')) ?? ''), 'both may call')
    ok(/trustDomainAliases:\n +- was\.example/.test(moved.tree.get(values('cluster-2')) ?? ''), 'its own')
    equal(codesOf(moved.tree), [])
  })

  test('cluster.local is nobody in a policy of another domain', async () => {
    const { codes } = await outcome({ 'cluster-2': APART['cluster-2'] }, SVC_2_RULES)
    ok(codes.includes('MESH-E269'), codes.join())
  })

  test('verify sees an istiod that was not told, and an identity that nobody has', async () => {
    const { tree } = await outcome(APART, SVC_2_RULES)
    equal(codesOf(edited(tree, values('cluster-2'), /- one\.example/, '- three.example')), ['MESH-E762'])
    equal(codesOf(edited(tree, BAR, 'spiffe://two.example', 'spiffe://one.example')), ['MESH-E761'])
    const policies = 'clusters/cluster-2/gateway/policies-bar.yaml'
    equal(codesOf(edited(tree, policies, 'one.example/ns', 'cluster.local/ns')), ['MESH-E781'])
  })
})
