/**
 * Istio 1.6 and 1.7, of which no istiod runs here: the objects are held field by field against what is recorded of these
 * versions, today's istioctl holds them against schemas that still have their APIs, and CoreDNS hands the suffix on.
 */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { check, mustRefuse, present, type Layer } from './check.ts'
import { freePort, whileServing, type CoreDns } from './coredns.ts'
import { assertUntouched, deriveCorefile } from './derived-corefile.ts'
import { ask } from './dns-client.ts'
import { everyBuild } from './files/kubeconform.ts'
import { validate } from './istio/istioctl.ts'
import { at, objectNamed, resourcesOf, type KubernetesObject } from './manifests.ts'
import type { Subject } from './subjects.ts'
import type { Workbench } from './workbench.ts'

/** In cluster-2, which calls svc-1 of foo in cluster-1 without an egress gateway. */
const PLAIN = {
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'ServiceEntry',
  spec: {
    hosts: ['svc-1.foo.global'],
    location: 'MESH_INTERNAL',
    ports: [{ name: 'http', number: 8000, protocol: 'HTTP' }],
    resolution: 'DNS',
    endpoints: [{ address: 'cluster-1-gw.example.com', ports: { http: 15_443 }, labels: { cluster: 'cluster-1' } }],
    // Not in the record, and only where the intent names accounts.
    subjectAltNames: ['spiffe://cluster.local/ns/foo/sa/svc-1'],
  },
}

/** In cluster-1, by way of the egress gateway; nothing is in it that is not in the record. */
const BY_EGRESS = {
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'ServiceEntry',
  spec: {
    hosts: ['svc-2.bar.global'],
    location: 'MESH_INTERNAL',
    ports: [{ name: 'http1', number: 8000, protocol: 'HTTP' }],
    resolution: 'DNS',
    endpoints: [
      { address: '203.0.113.7', network: 'external', ports: { http1: 15_443 }, labels: { cluster: 'cluster-2' } },
      {
        address: 'istio-egressgateway.istio-system.svc.cluster.local',
        ports: { http1: 15_443 },
        labels: { cluster: 'cluster-2' },
      },
    ],
  },
}

const GLOBAL = {
  podDNSSearchNamespaces: ['global'],
  multiCluster: { enabled: true, globalDomainSuffix: 'global', includeEnvoyFilter: true },
  controlPlaneSecurityEnabled: true,
}

const OPERATORS: Readonly<Record<string, object>> = {
  'cluster-1': {
    apiVersion: 'install.istio.io/v1alpha1',
    kind: 'IstioOperator',
    spec: {
      addonComponents: { istiocoredns: { enabled: true } },
      components: { egressGateways: [{ name: 'istio-egressgateway', enabled: true }] },
      values: {
        global: GLOBAL,
        gateways: { 'istio-egressgateway': { env: { ISTIO_META_REQUESTED_NETWORK_VIEW: 'external' } } },
      },
    },
  },
  'cluster-2': {
    apiVersion: 'install.istio.io/v1alpha1',
    kind: 'IstioOperator',
    spec: { addonComponents: { istiocoredns: { enabled: true } }, values: { global: GLOBAL } },
  },
}

/** By cluster: older CoreDNS, and that of today. */
const BLOCKS: Readonly<Record<string, string>> = {
  'cluster-1': 'global:53 {\n    errors\n    cache 30\n    proxy . 10.96.83.12\n}',
  'cluster-2': 'global:53 {\n    errors\n    cache 30\n    forward . 10.97.0.53:53\n}',
}

export const legacy: Layer = {
  name: 'istio-1.6',
  checks: [
    check('ServiceEntries are as they are recorded, field by field', [], async (bench) => {
      const subject = await bench.subject('istio-1.6')
      assertRecorded(entryIn(subject, 'cluster-2'), PLAIN)
      assertRecorded(entryIn(subject, 'cluster-1'), BY_EGRESS)
    }),
    check(
      'the IstioOperator has the recorded values, and nothing else is given to the installer',
      [],
      async (bench) => {
        const { output, clusters } = await bench.subject('istio-1.6')
        for (const cluster of clusters) {
          const text = readFileSync(join(output, 'clusters', cluster, 'istio', 'istio-operator.yaml'), 'utf8')
          deepStrictEqual(parse(text), OPERATORS[cluster], cluster)
        }
      },
    ),
    check('nothing is rendered that the installer makes', [], async (bench) => {
      const { output, clusters } = await bench.subject('istio-1.6')
      for (const cluster of clusters) {
        const kinds = new Set(resourcesOf(join(output, 'clusters', cluster)).map(({ kind }) => kind))
        for (const kind of ['Gateway', 'EnvoyFilter', 'DestinationRule', 'IstioOperator']) ok(!kinds.has(kind), kind)
      }
    }),
    check("the block for the suffix is the documentation's, in the user's own Corefile", [], async (bench) => {
      const subject = await bench.subject('istio-1.6')
      for (const cluster of subject.clusters) {
        const [base, edited] = [baseOf(subject, cluster), corefileOf(subject, cluster)]
        ok(edited.startsWith(base), `${cluster}: the Corefile is not what it was`)
        const added = edited.slice(base.length).trim()
        deepStrictEqual(added.replace(/^# managed by meshwright.*\n/, ''), BLOCKS[cluster], cluster)
      }
    }),
    check('kubeconform finds what kustomize gives in order', ['kubeconform', 'kustomize', 'go'], async (bench) => {
      everyBuild(bench, await bench.subject('istio-1.6'))
    }),
    ...(['istioctl', 'istioctl-1.30'] as const).map((istioctl) =>
      check(`${istioctl} validate takes the older APIs`, [istioctl], async (bench) => {
        const { output, clusters } = await bench.subject('istio-1.6')
        for (const cluster of clusters) {
          validate(bench, istioctl, join(output, 'clusters', cluster, 'services'))
        }
        validate(bench, istioctl, join(output, 'clusters', 'cluster-1', 'gateway'))
      }),
    ),
    ...(['coredns', 'coredns-oldest'] as const).map((program) =>
      check(`${program} hands the suffix on, and nothing else`, [program], async (bench) => {
        const subject = await bench.subject('istio-1.6')
        await handsOn(bench, program, corefileOf(subject, 'cluster-2'))
      }),
    ),
    check('planted: objects that are not as recorded', [], async (bench) => {
      const subject = await bench.subject('istio-1.6')
      const faults: readonly (readonly [string, (entry: KubernetesObject) => void])[] = [
        ['a later API', (entry) => Object.assign(entry, { apiVersion: 'networking.istio.io/v1' })],
        ['a network of a single address', (entry) => (specOf(entry)['addresses'] = ['240.0.0.2/32'])],
        ['exportTo', (entry) => (specOf(entry)['exportTo'] = ['.'])],
        ['STATIC', (entry) => (specOf(entry)['resolution'] = 'STATIC')],
        ['one endpoint', (entry) => (at(entry, 'spec', 'endpoints') as unknown[]).pop()],
      ]
      for (const [what, plant] of faults) {
        const entry = structuredClone(entryIn(subject, 'cluster-1'))
        plant(entry)
        await mustRefuse(what, /strictly deep-equal|no bare address/, () => assertRecorded(entry, BY_EGRESS))
      }
    }),
    check('planted: a suffix that is not handed on', ['coredns'], async (bench) => {
      const subject = await bench.subject('istio-1.6')
      const text = corefileOf(subject, 'cluster-2')
      const cut = text.slice(0, text.indexOf('# managed by meshwright'))
      await mustRefuse('no block', /svc-1\.foo\.global: NXDOMAIN/, () => handsOn(bench, 'coredns', cut))
    }),
  ],
}

function entryIn({ output }: Subject, cluster: string): KubernetesObject {
  const entries = resourcesOf(join(output, 'clusters', cluster, 'services')).filter(
    ({ kind }) => kind === 'ServiceEntry',
  )
  ok(entries.length === 1, `${cluster} has ${entries.length} ServiceEntries`)
  return present(entries[0], 'ServiceEntry')
}

function specOf(object: KubernetesObject): Record<string, unknown> {
  return object['spec'] as Record<string, unknown>
}

/** All but name, namespace, labels and the address, which are each mesh's own: of that, that it is a bare IPv4 address. */
function assertRecorded(entry: KubernetesObject, recorded: object): void {
  const { addresses, ...spec } = specOf(entry)
  const [address, second] = addresses as readonly string[]
  ok(second === undefined && /^240(\.\d{1,3}){3}$/.test(address ?? ''), `no bare address: ${String(addresses)}`)
  deepStrictEqual({ apiVersion: entry.apiVersion, kind: entry.kind, spec }, recorded)
}

function baseOf({ mesh }: Subject, cluster: string): string {
  return readFileSync(join(mesh, 'corefiles', `${cluster}.Corefile`), 'utf8')
}

function corefileOf({ output }: Subject, cluster: string): string {
  const map = objectNamed(resourcesOf(join(output, 'clusters', cluster, 'dns')), 'ConfigMap', 'coredns')
  return String(at(map, 'data', 'Corefile'))
}

const HOST = 'svc-1.foo.global'

/** A second CoreDNS stands for istiocoredns: only it knows the host. */
async function handsOn(bench: Workbench, program: CoreDns, corefile: string): Promise<void> {
  const [port, upstreamPort, stubPort] = [await freePort(), await freePort(), await freePort()]
  const derivation = { suffix: 'global', port, upstreamPort, known: ['public.example'] }
  const derived = deriveCorefile(corefile, derivation)
  if (corefile.includes('# managed by meshwright')) assertUntouched(corefile, derived, 'global')
  const own = derived.indexOf('# managed by meshwright')
  const led =
    own < 0
      ? derived
      : derived.slice(0, own) + derived.slice(own).replace(`. 127.0.0.1:${upstreamPort}`, `. 127.0.0.1:${stubPort}`)
  const stub = `.:${stubPort} {
    bind 127.0.0.1
    template IN A . {
        match "^${HOST.replaceAll('.', '\\.')}\\.$"
        answer "{{ .Name }} 30 IN A 240.20.4.3"
        fallthrough
    }
    template ANY ANY {
        rcode NXDOMAIN
    }
}
`
  await whileServing(bench, program, stub, stubPort, () =>
    whileServing(bench, program, led, port, async () => {
      const found = await ask(port, HOST, 'A')
      deepStrictEqual(
        `${found.rcode} ${found.records.map(({ data }) => data).join(' ')}`,
        'NOERROR 240.20.4.3',
        `${HOST}: ${found.rcode}`,
      )
      const other = await ask(port, 'nobody.nowhere.global', 'A')
      deepStrictEqual(other.rcode, 'NXDOMAIN')
      const known = await ask(port, 'public.example', 'A')
      deepStrictEqual(
        known.records.map(({ data }) => data),
        ['192.0.2.1'],
      )
    }),
  )
}
