/** Intent and lock decide every byte: not the folder, the machine's settings, the version of Node, or the order of lists. */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cpSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { FIXTURES, PROJECT } from '../fixture.ts'
import { check, mustRefuse, type Check, type Layer } from './check.ts'
import { ALONE, MESHWRIGHT } from './subjects.ts'
import type { ToolName } from './tools.ts'
import type { Workbench } from './workbench.ts'

interface Circumstances {
  /** Name of the folder that the mesh lies in. */
  readonly folder?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly node?: ToolName
  readonly umask?: string
}

const PLACES: readonly (readonly [name: string, circumstances: Circumstances])[] = [
  ['here', {}],
  ['in another folder', { folder: 'Übung mit Leerzeichen' }],
  ['a second time in a third folder', { folder: 'z' }],
  ['on Kiritimati', { env: { TZ: 'Pacific/Kiritimati' } }],
  ['on Pago Pago, in winter or summer', { env: { TZ: 'Pacific/Pago_Pago' } }],
  ['in Turkish', { env: { LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', LANGUAGE: 'tr' } }],
  ['in no language', { env: { LC_ALL: 'C', LANG: undefined } }],
  ['with umask 077', { umask: '077' }],
  ['with umask 000', { umask: '000' }],
  ['in CI, in colour, with warnings', { env: { CI: 'true', FORCE_COLOR: '3', NODE_OPTIONS: '--trace-warnings' } }],
  ['with no home', { env: { HOME: undefined, USER: undefined, XDG_DATA_HOME: undefined } }],
  ['with Node 20', { node: 'node20' }],
  ['with Node 22', { node: 'node22' }],
  ['with Node 24', { node: 'node24' }],
]

export const determinism: Layer = {
  name: 'determinism',
  checks: [
    ...PLACES.map(([name, circumstances]) => sameAs(name, circumstances)),
    check('lists of the intent in another order', [], otherOrder),
    check('the same addresses in another order, without a lock of hosts', [], otherOrderOfNewHosts),
    check('planted: a tree with one byte, name or file changed', [], changedTree),
    check('planted: another intent', [], async (bench) => {
      const folder = copyOfTwoClusters(bench, 'mesh')
      edit(join(folder, 'mesh.yaml'), 'port: 8000', 'port: 8001')
      await mustRefuse('it', /differs/, () => {
        generate(bench, folder, {})
        assertSame(join(folder, 'output'), join(PROJECT, 'output'))
      })
    }),
  ],
}

function sameAs(name: string, circumstances: Circumstances): Check {
  const { node } = circumstances
  return check(`the committed output, ${name}`, node === undefined ? [] : [node], (bench) => {
    const folder = copyOfTwoClusters(bench, circumstances.folder ?? 'mesh')
    generate(bench, folder, circumstances)
    assertSame(join(folder, 'output'), join(PROJECT, 'output'))
    assertSame(join(folder, 'mesh.lock'), join(FIXTURES, 'two-clusters', 'mesh.lock'))
  })
}

function copyOfTwoClusters(bench: Workbench, name: string): string {
  const folder = join(bench.scratch('determinism'), name)
  cpSync(join(FIXTURES, 'two-clusters'), folder, { recursive: true })
  return folder
}

/** Needs no key, since the lock has everything. */
function generate(bench: Workbench, folder: string, { env, node, umask }: Circumstances): void {
  const program = node === undefined ? process.execPath : bench.tool(node)
  const command = [program, MESHWRIGHT, '-C', folder, 'generate']
  const options = { env: { ...ALONE, ...env } }
  if (umask === undefined) bench.run(program, command.slice(1), options)
  else bench.run('/bin/sh', ['-c', `umask ${umask} && exec "$@"`, 'sh', ...command], options)
}

/** Digests of all files by path. An executable file or anything that is no file is a difference too. */
function tree(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return new Map(
    paths.flatMap((path): [string, string][] => {
      const stats = lstatSync(join(folder, path))
      if (stats.isDirectory()) return []
      const kind = stats.isFile() && (stats.mode & 0o111) === 0 ? '' : 'not a plain file '
      return [
        [
          path,
          kind +
            createHash('sha256')
              .update(readFileSync(join(folder, path)))
              .digest('hex'),
        ],
      ]
    }),
  )
}

function assertSame(actual: string, expected: string): void {
  const [got, wanted] = [tree(actual), tree(expected)]
  const paths = [...new Set([...got.keys(), ...wanted.keys()])].sort()
  const different = paths.filter((path) => got.get(path) !== wanted.get(path))
  ok(different.length === 0, `${actual} differs from ${expected} in:\n${different.join('\n')}`)
  ok(paths.length > 0, `${expected} is empty`)
}

/** The mesh that has several of everything, with every list turned round and rotated. */
async function otherOrder(bench: Workbench): Promise<void> {
  const subject = await bench.subject('hostile')
  for (const order of [reversed, rotated]) {
    const folder = join(bench.scratch('order'), 'mesh')
    cpSync(subject.mesh, folder, { recursive: true })
    rmSync(join(folder, 'output'), { recursive: true })
    reorder(folder, order)
    generate(bench, folder, {})
    assertSame(join(folder, 'output'), subject.output)
    assertSame(join(folder, 'mesh.lock'), join(subject.mesh, 'mesh.lock'))
  }
}

async function otherOrderOfNewHosts(bench: Workbench): Promise<void> {
  const subject = await bench.subject('hostile')
  const addresses = [unchanged, reversed, rotated].map((order) => {
    const folder = join(bench.scratch('new-hosts'), 'mesh')
    cpSync(subject.mesh, folder, { recursive: true })
    rmSync(join(folder, 'mesh.lock', 'hosts'), { recursive: true })
    reorder(folder, order)
    generate(bench, folder, {})
    return tree(join(folder, 'mesh.lock', 'hosts'))
  })
  ok((addresses[0]?.size ?? 0) > 1, 'there are no hosts')
  for (const other of addresses) deepStrictEqual(other, addresses[0])
}

type Order = (list: readonly unknown[]) => readonly unknown[]

const unchanged: Order = (list) => list
const reversed: Order = (list) => [...list].reverse()
const rotated: Order = (list) => [...list.slice(1), ...list.slice(0, 1)]

/** Writes the intent again with all lists in another order, and keys of maps too. */
function reorder(folder: string, order: Order): void {
  const file = join(folder, 'mesh.yaml')
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return order(value.map(turned))
    if (typeof value !== 'object' || value === null) return value
    return new Map(order(Object.entries(value).map(([key, inner]) => [key, turned(inner)])) as [string, unknown][])
  }
  const before = readFileSync(file, 'utf8')
  const after = stringify(turned(parse(before)))
  ok(order === unchanged || after !== stringify(parse(before)), 'nothing was moved')
  writeFileSync(file, after)
}

async function changedTree(bench: Workbench): Promise<void> {
  const output = join(PROJECT, 'output')
  const faults: readonly ((folder: string) => void)[] = [
    (folder) => edit(join(folder, 'clusters', 'cluster-1', 'dns', 'coredns.yaml'), 'errors', 'Errors'),
    (folder) => edit(join(folder, 'clusters', 'cluster-1', 'kustomization.yaml'), '\n', '\r\n'),
    (folder) => writeFileSync(join(folder, 'clusters', 'more.yaml'), ''),
    (folder) => rmSync(join(folder, 'clusters', 'cluster-2', 'README.md')),
  ]
  for (const fault of faults) {
    const folder = join(bench.scratch('changed'), 'output')
    cpSync(output, folder, { recursive: true })
    assertSame(folder, output)
    fault(folder)
    await mustRefuse('it', /differs/, () => assertSame(folder, output))
  }
}

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8')
  ok(text.includes(from), `${file} has no ${from}`)
  writeFileSync(file, text.replace(from, to))
}
