import { noPaint } from '../../src/diagnostics/paint.ts'
import { emptyLock } from '../../src/lock/lock.ts'
import { jsonReview } from '../../src/review/json.ts'
import { MARKDOWN_BYTES_MAX, markdownReview } from '../../src/review/markdown.ts'
import { isNothing, review, type Review, type State } from '../../src/review/review.ts'
import { textReview } from '../../src/review/text.ts'
import type { FileTree } from '../../src/tree/file-tree.ts'
import { describe, equal, is, ok } from '../suite.ts'
import { makeSample } from '../verify/sample.ts'

const sample = await makeSample()
const whole: State = { output: sample.files, lock: sample.lock }
const reviewOf = (before: State, after: State): Review =>
  review({ mesh: 'shop', against: 'main', before, after, tasks: [] })

const edited = (path: string, from: string | RegExp, to: string): State => {
  const text = sample.files.get(path) ?? ''
  ok(text.replace(from, to) !== text, `${path} has ${String(from)}`)
  return { ...whole, output: new Map(sample.files).set(path, text.replace(from, to)) }
}
/** `visibility-narrowed svc-2.bar.global` */
const consequences = (before: State, after: State): string[] =>
  reviewOf(before, after).consequences.map(({ kind, subject }) => `${kind} ${subject}`)

const bar = 'clusters/cluster-3/services/bar.yaml'
const policy = (action: string, rules: string): FileTree =>
  new Map([
    [
      'clusters/c/services/a.yaml',
      `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: a, namespace: ns }\nspec: { action: ${action}, rules: ${rules} }\n`,
    ],
  ])

describe('review', (test) => {
  test('nothing changes against itself', () => {
    ok(isNothing(reviewOf(whole, whole)))
    ok(textReview(reviewOf(whole, whole), noPaint).includes('nothing changes'))
  })

  test('a gateway of another kind is another workload, with the same hosts; one host more is told as well', () => {
    const path = 'clusters/cluster-1/gateway/gateway.yaml'
    const hosts = (sample.files.get(path) ?? '').match(/\S+\.svc\.cluster\.local$/gm) ?? []
    const managed = (names: readonly string[]): State => {
      const listeners = ['nothing.invalid', ...names].map((hostname) => ({ hostname }))
      const spec = JSON.stringify({ listeners })
      const head =
        'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: g, namespace: istio-gateways }\n'
      return { ...whole, output: new Map(sample.files).set(path, `${head}spec: ${spec}\n`) }
    }
    equal(consequences(whole, managed(hosts)), ['gateway-replaced cluster-1'])
    equal(consequences(managed(hosts), whole), ['gateway-replaced cluster-1'])
    equal(consequences(whole, managed([...hosts, 'a.b.svc.cluster.local'])), [
      'gateway-replaced cluster-1',
      'exposure-added a.b.svc.cluster.local',
    ])
    equal(consequences(managed([]), managed(hosts.slice(0, 1))), [`exposure-added ${hosts[0] ?? ''}`])
    const values: State = {
      ...whole,
      output: new Map(sample.files).set('clusters/cluster-1/istio/gateway-values.yaml', 'a: b\n'),
    }
    const changed: State = {
      ...whole,
      output: new Map(values.output).set('clusters/cluster-1/istio/gateway-values.yaml', 'a: c\n'),
    }
    equal(consequences(values, changed), ['gateway-values-changed istio/gateway-values.yaml'])
  })

  test('exposure, visibility and identities, in both directions', () => {
    const visible = edited(bar, /exportTo:\n +- "\*"/g, 'exportTo:\n    - foo')
    equal(consequences(whole, visible), ['visibility-narrowed svc-2.bar.global'])
    equal(consequences(visible, whole), ['visibility-widened svc-2.bar.global'])
    const anybody = edited(bar, / {2}subjectAltNames:\n.*\n/, '')
    equal(consequences(whole, anybody), ['identity-widened svc-2.bar.global'])
    equal(consequences(anybody, whole), ['identity-narrowed svc-2.bar.global'])
    const gateway = edited('clusters/cluster-1/gateway/gateway.yaml', / +- svc-1.foo.svc.cluster.local\n/, '')
    equal(consequences(whole, gateway), ['exposure-removed svc-1.foo.svc.cluster.local'])
    equal(consequences(gateway, whole), ['exposure-added svc-1.foo.svc.cluster.local'])
    const gone = edited(bar, /^apiVersion[^]*/m, '')
    equal(consequences(whole, gone), ['import-removed svc-2.bar.global'])
    equal(consequences(gone, whole), ['import-added svc-2.bar.global'])
  })

  test('ports, hosts and gateways that callers lose or gain', () => {
    const port = edited(bar, '    - number: 9000', '    - number: 9001')
    equal(consequences(whole, port), ['port-removed svc-2.bar.global', 'port-added svc-2.bar.global'])
    const renamed = edited(bar, /svc-2\.bar\.global/g, 'svc-2.bar.mesh')
    equal(consequences(whole, renamed), ['import-removed svc-2.bar.global', 'import-added svc-2.bar.mesh'])
    const moved = reviewOf(whole, edited(bar, 'address: 203.0.113.7', 'address: 203.0.113.9')).consequences
    equal(
      moved.map(({ kind, subject, detail }) => [kind, subject, detail]),
      [['gateway-moved', 'cluster-2', '203.0.113.7:15443 becomes 203.0.113.9:15443']],
    )
  })

  test('what the engines are given: each cluster its own, destinations that move, sets that go', () => {
    const set = (destination: string): string =>
      `apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: { name: shop, namespace: argocd }\nspec: { generators: [{ list: { elements: [{ cluster: c1, destination: ${destination} }] } }] }\n`
    const flux = (path: string): string =>
      `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: shop-dns, namespace: flux-system }\nspec: { path: ${path} }\n`
    const state = (...files: readonly [string, string][]): State => ({ output: new Map(files), lock: emptyLock })
    const [old, now] = [state(['argocd/shop.yaml', set('a')]), state(['argocd/shop.yaml', set('b')])]
    equal(consequences(old, now), ['destination-moved c1'])
    equal(consequences(old, state()), ['engine-removed ApplicationSet argocd/shop'])
    const both = state(['flux/c1.yaml', flux('./c1')], ['flux/c2.yaml', flux('./c2')])
    const one = reviewOf(both, state(['flux/c1.yaml', flux('./c1')]))
    equal(
      one.difference.parts.map(({ cluster, objects }) => [cluster, objects.map(({ kind }) => kind)]),
      [['c2', ['removed']]],
    )
  })

  test('of a Corefile only records are shown', () => {
    const dns = 'clusters/cluster-3/dns/coredns.yaml'
    const changed = edited(
      dns,
      '        errors\n',
      '        errors\n        credentials root hunter2secret\n        240.20.1.1 x.foo.global\n',
    )
    const text = textReview(reviewOf(whole, changed), noPaint)
    ok(!text.includes('hunter2secret'))
    ok(text.includes('240.20.1.1 x.foo.global') && text.includes('1 new'))
  })

  test('a policy that lets more in', () => {
    const state = (output: FileTree): State => ({ output, lock: emptyLock })
    const kinds = (before: FileTree, after: FileTree): string[] => consequences(state(before), state(after))
    const [narrow, wide] = [policy('ALLOW', '[{from: [a]}]'), policy('ALLOW', '[{from: [a, b]}]')]
    const loosened = ['authorization-loosened AuthorizationPolicy ns/a']
    equal(kinds(narrow, wide), loosened)
    equal(kinds(wide, narrow), [])
    equal(kinds(policy('DENY', '[{from: [a, b]}]'), policy('DENY', '[{from: [a]}]')), loosened)
    equal(kinds(narrow, new Map([...narrow].map(([path]) => [path, '']))), loosened)
  })

  test('a policy of ours: who is let in, on which ports, for which pods', () => {
    const state = (...specs: string[]): State => ({
      lock: emptyLock,
      output: new Map([
        ['clusters/c/README.md', ''],
        ...specs.map((spec): [string, string] => [
          'clusters/c/gateway/a.yaml',
          `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: a, namespace: ns }\nspec: ${spec}\n`,
        ]),
      ]),
    })
    const spec = (principals: string, ports = '', app = 'x'): string =>
      `{ selector: { matchLabels: { app: ${app} } }, action: ALLOW, rules: [{ from: [{ source: { principals: [${principals}] } }]${
        ports === '' ? '' : `, to: [{ operation: { ports: [${ports}] } }]`
      } }] }`
    const told = (before: State, after: State): string[] =>
      reviewOf(before, after).consequences.map(({ kind, detail }) => `${kind}: ${detail}`)
    const [one, two] = [spec('a'), spec('a, b')]
    equal(told(state(), state(spec('a', '"80"'))), [
      'authorization-tightened: lets in only a on port 80; everybody else is cut off, within the cluster too',
    ])
    equal(told(state(one), state(two)), ['authorization-loosened: lets in b'])
    equal(told(state(two), state(one)), ['authorization-tightened: no longer lets in b'])
    equal(told(state(spec('a', '"80"')), state(one)), [
      'authorization-loosened: lets them in on every port of the pods',
    ])
    equal(told(state(one), state(spec('a', '', 'z'))), [
      'authorization-loosened: no longer holds for pods app=x',
      'authorization-tightened: holds for pods app=z',
    ])
    equal(told(state(one), state()), ['authorization-loosened: goes away, so everybody may call'])
    const peer = state('{ mtls: { mode: STRICT } }')
    const strict = {
      ...peer,
      output: new Map([...peer.output].map(([p, t]) => [p, t.replace(/Authorization\w+/, 'PeerAuthentication')])),
    }
    equal(told(state(), strict), ['authorization-tightened: callers without a sidecar are cut off'])
    equal(told(strict, state()), ['authorization-loosened: plain text is no longer refused'])
  })

  test('a cluster more and a cluster less, without everything in it', () => {
    const fewer: State = {
      ...whole,
      output: new Map([...sample.files].filter(([path]) => !path.startsWith('clusters/cluster-3/'))),
    }
    equal(consequences(whole, fewer), ['cluster-removed cluster-3'])
    is(reviewOf(whole, fewer).consent !== undefined, true)
    ok(consequences(fewer, whole).includes('cluster-added cluster-3'))
  })

  test('what the locks say: addresses, certificates, roots, hosts that go', () => {
    const lock = (changed: Partial<State['lock']>): State => ({ ...whole, lock: { ...sample.lock, ...changed } })
    const [first, ...others] = [...sample.lock.hosts]
    if (first === undefined) throw new Error('there is a host')
    const [key, host] = first
    const hosts = (changed: object): State => lock({ hosts: new Map([[key, { ...host, ...changed }], ...others]) })
    equal(consequences(hosts({ address: '240.16.0.1' }), whole), [`address-moved ${key}`])
    equal(consequences(whole, hosts({ removed: true })), [`host-removed ${key}`])
    equal(consequences(whole, lock({ hosts: new Map(others) })), [`address-released ${key}`])
    equal(consequences(lock({ hosts: new Map(others) }), whole), [`address-given ${key}`])
    ok(consequences(lock({ clusters: new Map() }), whole).includes('certificate-issued cluster-1'))
    equal(consequences(lock({ roots: new Map() }), whole), ['root-changed r1'])
  })

  test('one host in many clusters is one line', () => {
    const empty: State = { output: new Map(), lock: emptyLock }
    const imports = reviewOf(empty, whole).consequences.filter((c) => c.kind === 'import-added')
    is(new Set(imports.map(({ subject }) => subject)).size, imports.length)
    ok(imports.some(({ clusters }) => clusters.length > 1))
  })

  test('no format shows a ciphertext or a certificate', () => {
    const empty: State = { output: new Map(), lock: emptyLock }
    const other = edited('clusters/cluster-1/trust/cacerts.yaml', /(ca-key.pem: )./, '$1B')
    for (const found of [reviewOf(empty, whole), reviewOf(whole, empty), reviewOf(whole, other)]) {
      for (const text of [textReview(found, noPaint), markdownReview(found), jsonReview(found)]) {
        for (const { sealed } of sample.lock.clusters.values()) {
          if (sealed.backend !== 'sealed-secrets') throw new Error('all are sealed')
          for (const { ciphertext } of Object.values(sealed.items)) is(text.includes(ciphertext.slice(8, 40)), false)
        }
        is(text.includes('BEGIN'), false)
      }
    }
  })

  test('a cluster that leaves needs consent, also where no output lies', () => {
    const tasks = [{ kind: 'remove-cluster', cluster: 'west', until: '2030-01-01' }] as const
    const found = review({ mesh: 'shop', against: 'output', before: whole, after: whole, tasks })
    ok(found.consent?.includes('west'))
  })

  test('what no engine prunes is told to stay', () => {
    const fewer = new Map([...sample.files].filter(([path]) => !path.endsWith('cluster-3/services/_namespace.yaml')))
    const text = textReview(reviewOf(whole, { ...whole, output: fewer }), noPaint)
    ok(/- Namespace mesh-imports \(.*stays/.test(text), text)
    ok(/- ServiceEntry \S+$/m.test(textReview(reviewOf(whole, edited(bar, /^apiVersion[^]*/m, '')), noPaint)))
  })

  test('the JSON says its version', () => {
    const json = JSON.parse(jsonReview(reviewOf(whole, whole))) as Record<string, unknown>
    is(json['schemaVersion'], 1)
    is(json['needsAllowDelete'], null)
  })
})

describe('review in markdown', (test) => {
  const huge = (clusters: number, objects: number): State => ({
    lock: emptyLock,
    output: new Map(
      Array.from({ length: clusters }, (_, c) => [
        `clusters/c${c}/services/a.yaml`,
        Array.from(
          { length: objects },
          (__, i) =>
            `apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: { name: s${i}.n, namespace: ns }\nspec: { hosts: [s${i}.n.global] }\n`,
        ).join('---\n'),
      ]),
    ),
  })

  test('it fits into a comment, whatever the change, and says what is left out', () => {
    const empty: State = { output: new Map(), lock: emptyLock }
    for (const [clusters, objects] of [
      [1, 2000],
      [300, 10],
      [40, 60],
    ] as const) {
      const text = markdownReview(reviewOf(empty, huge(clusters, objects)))
      ok(Buffer.byteLength(text) <= MARKDOWN_BYTES_MAX, `${Buffer.byteLength(text)} bytes`)
      ok(/and \d+ (?:objects and files )?more/.test(text))
      ok(text.includes('**widens**'))
      is((text.match(/<details>/g) ?? []).length, (text.match(/<\/details>/g) ?? []).length)
    }
  })

  test('no kind of consequence is left out, whatever the number of the others', () => {
    const kinds = [
      'exposure-removed',
      'import-removed',
      'exposure-added',
      'visibility-widened',
      'address-given',
    ] as const
    const clusters = Array.from({ length: 300 }, (_, i) => `cluster-${i}`)
    const consequences = kinds.flatMap((kind) =>
      Array.from({ length: 400 }, (_, i) => ({ kind, subject: `svc-${i}.ns.global`, clusters, detail: 'x' })),
    )
    const text = markdownReview({ ...reviewOf(whole, whole), consequences })
    ok(Buffer.byteLength(text) <= MARKDOWN_BYTES_MAX)
    for (const kind of kinds) ok(new RegExp(`and \\d+ more: ${kind.replace('-', ' ')}`).test(text), kind)
    ok(/`cluster-2` and 297 more/.test(text) || /`cluster-4` and 295 more/.test(text), 'clusters are counted')
    const many = { ...reviewOf(whole, whole), consequences, consent: `the whole output of ${'|'.repeat(90_000)}` }
    ok(Buffer.byteLength(markdownReview(many)) <= MARKDOWN_BYTES_MAX)
  })

  test('the worst names are no way out, of a comment or of a terminal', () => {
    for (const name of [
      '`|||`\n\n| a |\n# @everyone <img src=x onerror=alert(1)> </details> ```',
      '`'.repeat(500),
      '世'.repeat(500),
      '\u202Eevil\u0000\u001b[31m',
    ]) {
      const at = (value: string): State => ({
        lock: emptyLock,
        output: new Map(
          Array.from({ length: 30 }, (_, i) => [
            `clusters/${name}/services/${i}.yaml`,
            `apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: ${JSON.stringify({ name: `${name}${i}` })}\nspec: ${JSON.stringify({ hosts: [name + i], [name]: value, exportTo: [name] })}\n`,
          ]),
        ),
      })
      const empty: State = { output: new Map(), lock: emptyLock }
      const found = [reviewOf(empty, at('a')), reviewOf(at('a'), empty), reviewOf(at('a'), at(name))]
      for (const one of found.map((r) => ({ ...r, against: name }))) {
        const text = markdownReview(one)
        ok(Buffer.byteLength(text) <= MARKDOWN_BYTES_MAX)
        const controls = /[\u202e\u001b]|\u0000/
        is(controls.test(text + textReview(one, noPaint)), false)
        is(
          textReview(one, noPaint)
            .split('\n')
            .some((line) => line.startsWith('# @')),
          false,
        )
        // Outside of code, nothing of the name is left that is read as markup or calls anybody.
        const outside = text
          .replaceAll(/^(`{3,})diff\n[^]*?^\1$/gm, '')
          .replaceAll(/(`+)(?!`)[^\n]*?[^`\n]\1(?!`)/g, '')
          .replaceAll(/<summary>.*<\/summary>/g, '')
        is(/(?<!\\)<img|@everyone|^ *\||^# @/m.test(outside), false, outside)
        for (const [summary] of text.matchAll(/<summary>.*<\/summary>/g)) {
          is(/<img|<\/details|@/.test(summary), false, summary)
        }
      }
    }
  })

  test('a name is no markup', () => {
    const hostile = '`@team</details>|# x'
    const state: State = {
      lock: emptyLock,
      output: new Map([
        [
          'clusters/c/services/a.yaml',
          `apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: { name: a, namespace: ns }\nspec: { hosts: ${JSON.stringify([hostile])}, x: "\`\`\`@b" }\n`,
        ],
      ]),
    }
    const empty: State = { output: new Map(), lock: emptyLock }
    const text = markdownReview(reviewOf(empty, state))
    ok(text.includes('`` `@team</details>|# x ``'))
    const changed = markdownReview(
      reviewOf(state, { ...state, output: new Map([...state.output].map(([p, t]) => [p, t.replace('@b', '@c')])) }),
    )
    ok(changed.includes('````diff'), 'the fence is longer than what is in it')
  })
})
