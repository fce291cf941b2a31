import { exit, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { day } from '../trust/days.ts'
import { keyTypeText } from '../trust/key-type.ts'
import { knownRoot, readRoots } from './roots.ts'

/** In the lock, or only in the intent so far. */
interface Row {
  readonly id: string
  readonly state: string
  readonly subject?: string
  readonly key?: string
  readonly fingerprint?: string
  readonly notBefore?: string
  readonly notAfter?: string
  /** `elsewhere` for a root that was imported. */
  readonly made?: 'here' | 'elsewhere'
  readonly signed: readonly string[]
}

export async function run(invocation: Invocation): Promise<ExitCode> {
  const format = invocation.oneOf('format', ['text', 'json']) ?? 'text'
  const inputs = await readRoots(invocation)
  if (inputs === undefined) return exit.invalid
  const { mesh, lock } = inputs
  const wanted = mesh.trust.roots.map(({ id }) => id)
  const ids = [...wanted, ...[...lock.roots.keys()].filter((id) => !wanted.includes(id))]
  const rows = ids.map((id): Row => {
    if (!lock.roots.has(id)) {
      return { id, state: mesh.trust.roots.find((root) => root.id === id)?.state ?? '', signed: [] }
    }
    const { locked, certificate, signed } = knownRoot(inputs, id)
    const { subject, publicKey, fingerprint, notBefore, notAfter } = certificate
    return {
      id,
      state: locked.state,
      subject,
      key: keyTypeText(publicKey),
      fingerprint,
      notBefore: notBefore.toISOString(),
      notAfter: notAfter.toISOString(),
      made: locked.crl === undefined ? 'elsewhere' : 'here',
      signed,
    }
  })
  invocation.world.out(format === 'json' ? `${JSON.stringify({ roots: rows }, null, 2)}\n` : textOf(rows))
  return exit.done
}

function textOf(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ id }) => id.length))
  return rows
    .map((row) => {
      const head = `${row.id.padEnd(width)}  ${row.state}`
      if (row.notAfter === undefined) return `${head}, not made yet\n`
      const indent = ' '.repeat(width + 2)
      const made = row.made === 'elsewhere' ? ', made elsewhere' : ''
      return [
        `${head}, ${row.key} until ${day(new Date(row.notAfter))}${made}`,
        `${indent}${row.subject}`,
        `${indent}${row.fingerprint}`,
        `${indent}has signed ${row.signed.join(', ') || 'nothing yet'}`,
        '',
      ].join('\n')
    })
    .join('')
}
