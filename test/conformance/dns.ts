/** CoreDNS loads the overlay, and answers the hosts of the mesh and everything else as it did before. */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { check, checkEach, mustRefuse, present, type Layer } from './check.ts'
import { freePort, whileServing, type CoreDns } from './coredns.ts'
import { assertUntouched, deriveCorefile } from './derived-corefile.ts'
import { ask, type Answer, type QueryType } from './dns-client.ts'
import { at, objectNamed, resourcesOf } from './manifests.ts'
import type { Subject } from './subjects.ts'
import type { Workbench } from './workbench.ts'

const VERSIONS: readonly (readonly [program: CoreDns, called: string])[] = [
  ['coredns', 'CoreDNS 1.15.0'],
  ['coredns-oldest', 'CoreDNS 1.9.4'],
]

export const dns: Layer = {
  name: 'dns',
  checks: [
    ...VERSIONS.flatMap(([program, called]) => [
      ...checkEach(`${called} answers every host of the mesh`, [program], (bench, subject) =>
        hostsAnswered(bench, program, subject),
      ),
      ...checkEach(`${called} answers other names as without our block`, [program], (bench, subject) =>
        othersUntouched(bench, program, subject),
      ),
      ...faults().map(([what, reason, fault]) =>
        check(`planted: ${what} (${called})`, [program], (bench) => planted(bench, program, reason, fault)),
      ),
    ]),
    check('planted: a derived Corefile with another change in our block', [], async (bench) => {
      const { text, suffix } = await sample(bench)
      const derivation = { suffix, port: 1, upstreamPort: 2, known: [] }
      const derived = deriveCorefile(text, derivation)
      assertUntouched(text, derived, suffix)
      await mustRefuse('a changed ttl', /our block was changed/, () =>
        assertUntouched(text, derived.replace('ttl 30', 'ttl 31'), suffix),
      )
      await mustRefuse('a real upstream', /would leave the machine/, () =>
        assertUntouched(text, derived.replace('. 127.0.0.1:2', '. /etc/resolv.conf'), suffix),
      )
    }),
  ],
}

type Row = readonly [what: string, reason: RegExp, fault: (corefile: string, suffix: string) => string]

function faults(): readonly Row[] {
  return [
    [
      'hosts twice in our block',
      /does not load/,
      (text, suffix) => text.replace(ownKey(suffix), (key) => `${key}\n    hosts {\n        fallthrough\n    }`),
    ],
    ['our block twice', /does not load/, (text, suffix) => `${text}\n${text.slice(text.search(ownKey(suffix)))}`],
    [
      'an address that is off by one',
      /A: NOERROR 240\./,
      (text) => text.replace(/^( +240\.\d+\.\d+\.)(\d+)/m, (_, head, last) => `${head}${Number(last) ^ 1}`),
    ],
    [
      'no fallthrough',
      /SERVFAIL/,
      (text, suffix) => {
        const own = text.search(ownKey(suffix))
        return text.slice(0, own) + text.slice(own).replace(/^ +fallthrough\n/m, '')
      },
    ],
  ]
}

interface Imported {
  readonly host: string
  readonly address: string
}

interface Overlay {
  readonly cluster: string
  readonly corefile: string
  readonly suffix: string
  readonly imports: readonly Imported[]
}

function overlayOf({ mesh, output }: Subject, cluster: string): Overlay {
  const folder = join(output, 'clusters', cluster)
  const configMap = objectNamed(resourcesOf(join(folder, 'dns')), 'ConfigMap', 'coredns')
  const intent = parse(readFileSync(join(mesh, 'mesh.yaml'), 'utf8')) as { readonly hostSuffix?: string }
  const imports = resourcesOf(join(folder, 'services'))
    .filter(({ kind }) => kind === 'ServiceEntry')
    .map((entry) => ({
      host: String(at(entry, 'spec', 'hosts', 0)),
      address: String(at(entry, 'spec', 'addresses', 0)),
    }))
  const corefile = String(at(configMap, 'data', 'Corefile'))
  return { cluster, corefile, suffix: intent.hostSuffix ?? 'global', imports }
}

/** Of the clusters that call others; there is one at least. */
function overlaysOf(subject: Subject): Overlay[] {
  const all = subject.clusters.map((cluster) => overlayOf(subject, cluster)).filter(({ imports }) => imports.length > 0)
  ok(all.length > 0, 'no cluster imports anything')
  return all
}

/** Derives, proves that only what is documented was changed, and serves. */
async function serving(
  bench: Workbench,
  program: CoreDns,
  corefile: string,
  suffix: string,
  use: (port: number) => Promise<void>,
): Promise<void> {
  const [port, upstreamPort] = [await freePort(), await freePort()]
  const known = ['public.example', 'intranet.corp.example', `www.${suffix}`]
  const derived = deriveCorefile(corefile, { suffix, port, upstreamPort, known })
  assertUntouched(corefile, derived, suffix)
  await whileServing(bench, program, derived, port, () => use(port))
}

async function hostsAnswered(bench: Workbench, program: CoreDns, subject: Subject): Promise<void> {
  for (const overlay of overlaysOf(subject)) await judge(bench, program, overlay)
}

async function judge(
  bench: Workbench,
  program: CoreDns,
  { corefile, suffix, imports }: Omit<Overlay, 'cluster'>,
): Promise<void> {
  await serving(bench, program, corefile, suffix, async (port) => {
    for (const { host, address } of imports) {
      const mixed = host
        .split('')
        .map((letter, i) => (i % 2 === 0 ? letter.toUpperCase() : letter))
        .join('')
      await expect(port, host, 'A', 'NOERROR', [address])
      await expect(port, mixed, 'A', 'NOERROR', [address])
      // Anything but an empty answer here makes musl's resolver fail the whole name.
      for (const type of ['AAAA', 'HTTPS', 'TXT'] as const) await expect(port, host, type, 'NOERROR', [])
      const { records } = await ask(port, host, 'A')
      ok(
        records.every(({ ttl }) => ttl > 0 && ttl <= 30),
        `${host}: kept for ${records[0]?.ttl} s`,
      )
    }
    // A namespace alone is no host either.
    for (const name of [`nobody.nowhere.${suffix}`, present(imports[0], 'import').host.replace(/^[^.]+\./, '')]) {
      for (const type of ['A', 'AAAA'] as const) await expect(port, name, type, 'NXDOMAIN', [])
    }
    await expect(port, `www.${suffix}`, 'A', 'NOERROR', ['192.0.2.1'])
  })
}

async function expect(
  port: number,
  name: string,
  type: QueryType,
  rcode: string,
  data: readonly string[],
): Promise<void> {
  const answer = await ask(port, name, type)
  deepStrictEqual(
    { rcode: answer.rcode, data: answer.records.map((record) => record.data) },
    { rcode, data },
    `${name} ${type}: ${answer.rcode} ${answer.records.map((record) => record.data).join(' ')}`,
  )
}

async function othersUntouched(bench: Workbench, program: CoreDns, subject: Subject): Promise<void> {
  for (const { cluster, corefile, suffix, imports } of overlaysOf(subject)) {
    const reverse = present(imports[0], 'import').address.split('.').reverse().join('.')
    const questions: readonly (readonly [string, QueryType])[] = [
      ['public.example', 'A'],
      ['public.example', 'AAAA'],
      ['other.example', 'A'],
      ['intranet.corp.example', 'A'],
      ['other.corp.example', 'A'],
      ['a.template.example', 'A'],
      ['kubernetes.default.svc.cluster.local', 'A'],
      [`x${suffix}`, 'A'],
      [`${reverse}.in-addr.arpa`, 'PTR'],
    ]
    const answers = async (text: string): Promise<Answer[]> => {
      const got: Answer[] = []
      await serving(bench, program, text, suffix, async (port) => {
        for (const [name, type] of questions) got.push(await ask(port, name, type))
      })
      return got
    }
    const base = readFileSync(join(subject.mesh, 'corefiles', `${cluster}.Corefile`), 'utf8')
    const [before, after] = [await answers(base), await answers(corefile)]
    for (const [i, [name, type]] of questions.entries()) deepStrictEqual(after[i], before[i], `${name} ${type}`)
    const [first] = after
    deepStrictEqual(
      first?.records.map(({ data }) => data),
      ['192.0.2.1'],
      'public.example',
    )
  }
}

async function planted(bench: Workbench, program: CoreDns, reason: Row[1], fault: Row[2]): Promise<void> {
  const { text, suffix, imports } = await sample(bench)
  const corefile = fault(text, suffix)
  ok(corefile !== text, 'nothing was changed')
  await mustRefuse('the fault', reason, () => judge(bench, program, { corefile, suffix, imports }))
}

async function sample(bench: Workbench): Promise<{ text: string; suffix: string; imports: readonly Imported[] }> {
  const subject = await bench.subject('output')
  const { corefile, suffix, imports } = present(overlaysOf(subject)[0], 'overlay')
  return { text: corefile, suffix, imports }
}

function ownKey(suffix: string): RegExp {
  return new RegExp(`^${suffix.replaceAll('.', '\\.')}:53 \\{$`, 'm')
}
