/** One thing of an output broken at a time, and the codes that must come of it. */
import { is } from '../suite.ts'
import { verifyOutput } from '../../src/verify/verify.ts'
import type { Lock } from '../../src/lock/lock.ts'
import { NOW } from '../trust/authority.ts'

export type Files = ReadonlyMap<string, string>
export type Mutate = (files: Files) => Files

/** Title, expected codes in order and without repetition, mutation. */
export type Mutation = readonly [title: string, codes: readonly string[], mutate: Mutate]

export function codesOf(files: Files, lock?: Lock): string[] {
  const { diagnostics } = verifyOutput(files, { now: NOW, ...(lock && { lock }) })
  return [...new Set(diagnostics.map((d) => d.code))].sort()
}

/** Replaces the first place; a mutation that changes nothing would prove nothing. */
export function edit(path: string, from: string | RegExp, to: string): Mutate {
  return (files) => {
    const text = files.get(path) ?? ''
    const edited = text.replace(from, () => to)
    is(edited === text, false, `${path} has ${String(from)}`)
    return new Map(files).set(path, edited)
  }
}

export function put(path: string, text: string): Mutate {
  return (files) => new Map(files).set(path, text)
}

export function append(path: string, text: string): Mutate {
  return (files) => new Map(files).set(path, (files.get(path) ?? '') + text)
}

export function remove(path: string): Mutate {
  return (files) => {
    is(files.has(path), true, `there is ${path}`)
    return new Map([...files].filter(([p]) => p !== path))
  }
}

export function both(...mutations: readonly Mutate[]): Mutate {
  return (files) => mutations.reduce((changed, mutate) => mutate(changed), files)
}

/** Everything of one cluster becomes another cluster as well. */
export function copyCluster(from: string, to: string): Mutate {
  return (files) =>
    new Map([
      ...files,
      ...[...files]
        .filter(([path]) => path.startsWith(`clusters/${from}/`))
        .map(([path, text]): [string, string] => [path.replace(from, to), text]),
    ])
}
