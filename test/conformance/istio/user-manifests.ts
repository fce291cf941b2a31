/**
 * The rules about the user's own objects, against Istio's own code: what a rule refuses must break calls, and a twin that it
 * lets pass must break none.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { check, mustRefuse, present, type Check } from '../check.ts'
import { gather } from '../../../src/shell/workspace.ts'
import { memorySources } from '../../../src/shell/memory-sources.ts'
import { readTree, twoClusters } from '../../fixture.ts'
import type { Workbench } from '../workbench.ts'
import { appsOf } from './apps.ts'
import { add } from './change.ts'
import { problemsOf, promised } from './expected.ts'
import type { Meshcheck } from './faults.ts'
import { meshIn } from './mesh-in.ts'
import { judge, textsOf, writeInput } from './meshcheck.ts'

interface Trial {
  readonly name: string
  readonly code: string
  readonly cluster: string
  /** What the control planes must say. */
  readonly reason: RegExp
  readonly breaks: string
  /** The same with one thing otherwise, so that nothing breaks. */
  readonly works: string
}

const object = (
  kind: string,
  group: string,
  namespace: string,
  spec: string,
): string => `apiVersion: ${group}.istio.io/v1
kind: ${kind}
metadata: { name: added, namespace: ${namespace} }
spec: ${spec}
`
const networking = (kind: string, namespace: string, spec: string): string =>
  object(kind, 'networking', namespace, spec)
const MUTUAL = 'trafficPolicy: { tls: { mode: ISTIO_MUTUAL } }'
const gateway = (host: string): string =>
  networking(
    'Gateway',
    'istio-system',
    `{ selector: { istio: eastwestgateway }, servers: [{ port: { number: 15443, name: tls, protocol: TLS }, tls: { mode: AUTO_PASSTHROUGH }, hosts: ["${host}"] }] }`,
  )

const TRIALS: readonly Trial[] = [
  {
    name: 'a wildcard rule of the calling namespace',
    code: 'MESH-E901',
    cluster: 'cluster-1',
    reason: /^no-filter-chain: .*SNI "outbound_\.8000_\._\.svc-2\.bar\.global"/m,
    breaks: networking('DestinationRule', 'foo', `{ host: "*", ${MUTUAL} }`),
    works: networking('DestinationRule', 'istio-system', `{ host: "*", ${MUTUAL} }`),
  },
  {
    name: 'a wildcard rule for its own namespace alone',
    code: 'MESH-E901',
    cluster: 'cluster-1',
    reason: /^no-filter-chain: /m,
    breaks: networking('DestinationRule', 'foo', `{ host: "*.bar.global", ${MUTUAL}, exportTo: ["."] }`),
    works: networking('DestinationRule', 'foo', `{ host: "*.bar.global", ${MUTUAL}, exportTo: [other] }`),
  },
  {
    name: 'another Gateway with an overlapping host',
    code: 'MESH-E905',
    cluster: 'cluster-2',
    reason: /^duplicate-chain: /m,
    breaks: gateway('*.local'),
    works: gateway('*.other.svc.cluster.local'),
  },
  {
    name: 'a Sidecar without the import namespace',
    code: 'MESH-E906',
    cluster: 'cluster-1',
    reason: /^not-visible: cluster-1 foo\//m,
    breaks: networking('Sidecar', 'foo', '{ egress: [{ hosts: ["./*", "istio-system/*"] }] }'),
    works: networking('Sidecar', 'foo', '{ egress: [{ hosts: ["./*", "mesh-imports/*"] }] }'),
  },
  {
    name: 'a default Sidecar without the import namespace',
    code: 'MESH-E906',
    cluster: 'cluster-1',
    reason: /^not-visible: cluster-1 foo\//m,
    breaks: networking('Sidecar', 'istio-system', '{ egress: [{ hosts: ["./*"] }] }'),
    works: networking('Sidecar', 'istio-system', '{ egress: [{ hosts: ["./*", "*/svc-2.bar.global"] }] }'),
  },
  {
    name: 'plain text in the namespace of a provider',
    code: 'MESH-E909',
    cluster: 'cluster-2',
    reason: /^no-upstream: /m,
    breaks: object('PeerAuthentication', 'security', 'bar', '{ mtls: { mode: DISABLE } }'),
    works: object('PeerAuthentication', 'security', 'bar', '{ mtls: { mode: PERMISSIVE } }'),
  },
  {
    name: 'a rule with plain text at a provider',
    code: 'MESH-E910',
    cluster: 'cluster-2',
    reason: /^no-upstream: /m,
    breaks: networking(
      'DestinationRule',
      'bar',
      '{ host: svc-2.bar.svc.cluster.local, trafficPolicy: { tls: { mode: DISABLE } } }',
    ),
    works: networking(
      'DestinationRule',
      'bar',
      '{ host: svc-2.bar.svc.cluster.local, trafficPolicy: { tls: { mode: DISABLE } }, exportTo: ["."] }',
    ),
  },
  {
    name: 'a wildcard rule with plain text in the root namespace',
    code: 'MESH-E910',
    cluster: 'cluster-2',
    reason: /^no-upstream: /m,
    breaks: networking(
      'DestinationRule',
      'istio-system',
      '{ host: "*.local", trafficPolicy: { tls: { mode: DISABLE } } }',
    ),
    works: networking(
      'DestinationRule',
      'istio-system',
      '{ host: "*.local", trafficPolicy: { tls: { mode: ISTIO_MUTUAL } } }',
    ),
  },
]

export function userManifests(program: Meshcheck): Check[] {
  return TRIALS.flatMap((trial) => [
    check(`planted for ${program}: ${trial.name}`, [program], async (bench) => {
      deepStrictEqual(await toldOf(trial, trial.breaks), [trial.code])
      await mustRefuse('it', trial.reason, () => followed(bench, program, trial, trial.breaks))
    }),
    check(`as good for ${program}: the twin of ${trial.name}`, [program], async (bench) => {
      deepStrictEqual(await toldOf(trial, trial.works), [])
      await followed(bench, program, trial, trial.works)
    }),
  ])
}

/** Codes of the rules about the user's own objects. */
async function toldOf({ cluster }: Trial, text: string): Promise<string[]> {
  const given = new Map([[cluster, new Map([['added.yaml', Buffer.from(text)]])]])
  const { checked } = await gather(memorySources(twoClusters()), 'mesh.yaml', given)
  return checked.diagnostics.map(({ code }) => code).filter((code) => code.startsWith('MESH-E9'))
}

async function followed(bench: Workbench, program: Meshcheck, { cluster }: Trial, text: string): Promise<void> {
  const subject = await bench.subject('output')
  const mesh = meshIn(subject.mesh)
  const apps = appsOf(mesh)
  const files = [...readTree(subject.output)].map(([path, bytes]): [string, string] => [path, bytes.toString('utf8')])
  const written = add(`clusters/${cluster}/services`, text)({ files: new Map(files), apps: textsOf(apps) })
  const [verdict] = await judge(bench.tool(program), [
    writeInput(bench.scratch('changed'), 'changed', written.files, written.apps),
  ])
  const problems = problemsOf(present(verdict, 'verdict'), promised(mesh, apps))
  if (problems.length > 0) throw new Error(problems.join('\n'))
}
