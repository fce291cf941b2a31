import { parse } from 'yaml'
import { parseCorefile } from '../../src/dns/corefile.ts'
import { coreDnsConfigMap } from '../../src/dns/providers/coredns.ts'
import { recordsOf } from '../../src/dns/records.ts'
import { emitYaml } from '../../src/kubernetes/emit.ts'
import { describe, equal, is, throws } from '../suite.ts'
import { corefiles } from './corefiles.ts'
import { found, over, records, root, value } from './overlay.ts'

/** The block that is added to a file, without its mark. */
const added = (source: string) => value(over(source)).slice(source.length).split('\n').slice(1)

describe('coredns overlay', (test) => {
  test('the block of a kubeadm cluster', () => {
    const kubeadm = corefiles['kubeadm'] ?? ''
    is(
      value(over(kubeadm)),
      `${kubeadm}# managed by meshwright: global of mesh shop (edits are overwritten)
global:53 {
    errors
    cache 30
    hosts {
        240.16.17.4 ratings.bookinfo.global
        240.16.93.201 reviews.bookinfo.global
        ttl 30
        no_reverse
        fallthrough
    }
    forward . /etc/resolv.conf {
        max_concurrent 1000
    }
}
`,
    )
    equal(found(kubeadm), [])
  })

  test('port and bind are those of the root block', () => {
    const head = (name: string) =>
      added(corefiles[name] ?? '')
        .slice(0, 5)
        .map((line) => line.trim())
    equal(head('no port').slice(0, 2), ['global:53 {', 'errors'])
    is(head('Gardener-like, port 8053')[0], 'global:8053 {')
    is(head('OpenShift-like')[0], 'global:5353 {')
    is(head('https and grpc roots')[0], 'global:1053 {')
    is(head('TLS root beside the plain one')[0], 'global:53 {')
    is(head('TLS root in the same block')[0], 'global:53 {')
    equal(head('address from the environment').slice(0, 2), ['global:5353 {', 'bind {$POD_IP}'])
    is(head('node-local cache')[1], 'bind __PILLAR__LOCAL__DNS__ __PILLAR__DNS__SERVER__')
    is(head('snippets')[1], 'bind 10.96.0.10')
    equal(head('several bind lines with an exception').slice(1, 5), [
      'bind eth0 lo {',
      'except 127.0.0.1',
      '}',
      'bind 10.96.0.10',
    ])
  })

  test('forwarding is that of the root block, as far as it concerns the suffix', () => {
    const tail = (text: string) => {
      const lines = added(text)
      return lines.slice(lines.indexOf('        fallthrough') + 2, lines.indexOf('}')).map((line) => line.trim())
    }
    equal(tail(corefiles['no forward at all'] ?? ''), ['forward . /etc/resolv.conf'])
    equal(tail(corefiles['snippets'] ?? ''), ['forward . 10.0.0.53 10.0.0.54 {', 'policy sequential', '}'])
    equal(tail(corefiles['stub domains after the root'] ?? ''), ['forward . "/etc/resolv.conf"'])
    equal(tail(corefiles['node-local cache'] ?? ''), ['forward . __PILLAR__UPSTREAM__SERVERS__'])
    equal(tail(corefiles['comments at every place'] ?? '').slice(0, 3), ['forward . 10.0.0.53 {', 'max_fails 0', '}'])
    equal(tail(corefiles['rewrite rules and several forwards'] ?? ''), [
      'forward global 10.2.0.1',
      'forward bar.global 10.3.0.1',
      'forward . tls://9.9.9.9 {',
      'tls_servername dns.quad9.net',
      'health_check 5s',
      '}',
    ])
    equal(tail(root('    forward corp.example 10.0.0.1\n    forward bar.global 10.0.0.2\n')), [
      'forward bar.global 10.0.0.2',
      'forward . /etc/resolv.conf',
    ])
    equal(tail(root('    forward . 10.0.0.1 {\n        import options\n        tls_servername "a b"\n    }\n')), [
      'forward . 10.0.0.1 {',
      'import options',
      'tls_servername "a b"',
      '}',
    ])
  })

  test('fallthrough is the last line of hosts, whatever the order of the records', () => {
    const lines = added(corefiles['no port'] ?? '')
    is(lines[lines.indexOf('        fallthrough') + 1], '    }')
    is(value(over(corefiles['no port'] ?? '', records.toReversed())), value(over(corefiles['no port'] ?? '')))
  })

  for (const [name, source] of Object.entries(corefiles)) {
    test(`overlay: ${name}`, () => {
      const once = value(over(source))
      is(once.startsWith(source), true)
      is(value(over(once)), once)
      is(value(over(once, [])), source)
      is(value(over(source, [])), source)
      equal(Object.fromEntries(recordsOf(once, 'global') ?? []), {
        'ratings.bookinfo.global': '240.16.17.4',
        'reviews.bookinfo.global': '240.16.93.201',
      })
      const [block, ...others] = parseCorefile(once).blocks.toReversed()
      equal(
        block?.directives.map((d) => d.name).filter((n) => n !== 'bind' && n !== 'forward'),
        ['errors', 'cache', 'hosts'],
      )
      equal(others.length, parseCorefile(source).blocks.length)
    })
  }

  test('without records a file that takes no block stays as it is', () => {
    for (const source of ['', '.:53\nwhoami\n', 'global:53 {\n}\n', '{$ZONE} {\n}\n', 'example.org {\n}\n']) {
      equal(over(source, []), { ok: true, value: source, diagnostics: [] }, source)
    }
  })

  test('a record that is none is a bug of ours', () => {
    throws(() => over(root(''), [{ host: 'a.b.example', address: '240.0.0.1' }]))
    throws(() => over(root(''), [{ host: 'a.b.global', address: '240.0.0.256' }]))
  })
})

describe('coredns config map', (test) => {
  test('only our field, and nobody prunes it', () => {
    equal(coreDnsConfigMap('shop', '.:53 {\n}\n'), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'coredns',
        namespace: 'kube-system',
        labels: {
          'app.kubernetes.io/managed-by': 'meshwright',
          'app.kubernetes.io/part-of': 'shop',
          'app.kubernetes.io/component': 'dns',
        },
        annotations: {
          'argocd.argoproj.io/sync-options': 'ServerSideApply=true,Prune=false,Delete=false',
          'argocd.argoproj.io/sync-wave': '20',
          'kustomize.toolkit.fluxcd.io/ssa': 'Merge',
          'kustomize.toolkit.fluxcd.io/prune': 'Disabled',
          'kustomize.toolkit.fluxcd.io/substitute': 'disabled',
        },
      },
      data: { Corefile: '.:53 {\n}\n' },
    })
  })

  test('every Corefile survives YAML of either version', () => {
    for (const [name, source] of Object.entries(corefiles)) {
      const text = value(over(source))
      const yaml = emitYaml(coreDnsConfigMap('shop', text))
      for (const version of ['1.1', '1.2'] as const) {
        const read = parse(yaml, { version }) as { data: { Corefile: string } }
        is(read.data.Corefile, text, name)
      }
    }
  })
})
