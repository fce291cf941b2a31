/** The ports of a ServiceEntry. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { fieldAt, listOf, shown, textOf } from './fields.ts'
import type { FoundObject } from './objects.ts'

export interface Ports {
  /** What consumers dial. */
  readonly numbers: readonly number[]
  readonly names: readonly string[]
  /** Port of the provider's Service by name, of those that have both. */
  readonly byName: ReadonlyMap<string, number>
  /** Port of the provider's Service by what consumers dial. */
  readonly served: ReadonlyMap<number, number>
  /** What is spoken, by what consumers dial. */
  readonly protocols: ReadonlyMap<number, string>
}

export function readPorts({ fields, at }: FoundObject, host: string): { ports: Ports; diagnostics: Diagnostic[] } {
  const numbers: number[] = []
  const names: string[] = []
  const byName = new Map<string, number>()
  const served = new Map<number, number>()
  const protocols = new Map<number, string>()
  const diagnostics: Diagnostic[] = []
  const wrong = (detail: string, ...path: readonly number[]): number =>
    diagnostics.push(diagnose('MESH-E745', { host, detail }, at('spec', 'ports', ...path)))
  const ports = listOf(fieldAt(fields, 'spec', 'ports'))
  if (ports.length === 0) wrong('it has no ports')
  for (const [i, port] of ports.entries()) {
    const number = fieldAt(port, 'number')
    const name = textOf(fieldAt(port, 'name'))
    if (!isPort(number)) wrong(`${shown(number)} is no port`, i)
    else if (numbers.includes(number)) wrong(`port ${number} is there twice`, i)
    else numbers.push(number)
    if (name === '') wrong('a port has no name', i)
    else if (names.includes(name)) wrong(`port name ${shown(name)} is there twice`, i)
    else names.push(name)
    const target = fieldAt(port, 'targetPort') ?? number
    if (!isPort(target)) wrong(`targetPort ${shown(target)} is no port`, i)
    if (isPort(target) && name !== '') byName.set(name, target)
    if (isPort(target) && isPort(number)) served.set(number, target)
    const protocol = textOf(fieldAt(port, 'protocol'))
    if (protocol === '') wrong('a port has no protocol', i)
    if (isPort(number)) protocols.set(number, protocol)
  }
  return { ports: { numbers, names, byName, served, protocols }, diagnostics }
}

export function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536
}
