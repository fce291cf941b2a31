/** What there is to say about each code, from the catalogue. */
import { catalogue, severityOf, type Code } from '../diagnostics/catalogue.ts'
import type { Entry, Severity } from '../diagnostics/entry.ts'
import { standIns } from './stand-in.ts'

export interface CodePage {
  readonly code: Code
  readonly severity: Severity
  readonly title: string
  /** The message, with the names of its arguments in place of values. */
  readonly message: string
  readonly help?: string
  readonly explanation?: string
  /** The code as it is reported, from a mesh that has this fault. */
  readonly example?: string
}

export type Examples = Readonly<Partial<Record<Code, string>>>

export interface CodeRoom {
  /** Hundreds of the numbers in it. */
  readonly digit: number
  readonly title: string
}

export const CODE_ROOMS: readonly CodeRoom[] = [
  { digit: 1, title: 'The text of the intent' },
  { digit: 2, title: 'What the intent says' },
  { digit: 3, title: 'Addresses' },
  { digit: 4, title: 'Trust and sealing' },
  { digit: 5, title: 'DNS' },
  { digit: 6, title: 'The lock' },
  { digit: 7, title: 'A rendered output, read back by verify' },
  { digit: 8, title: 'The intent against the lock and the output' },
  { digit: 9, title: 'Safety, and what Istio can do' },
]

/** By number, errors and warnings together. */
export function codesInOrder(): Code[] {
  return (Object.keys(catalogue) as Code[]).sort((a, b) => numberOf(a) - numberOf(b))
}

/** 308 of `MESH-E308`; no number is both an error and a warning. */
export function numberOf(code: string): number {
  return Number(/\d+$/.exec(code)?.[0])
}

export function codePage(code: Code, examples: Examples): CodePage {
  const { title, message, help, explanation } = catalogue[code] as Entry<never> as Entry<Record<string, unknown>>
  const args = standIns()
  const example = examples[code]
  return {
    code,
    severity: severityOf(code),
    title,
    message: shown(message(args)),
    ...(help !== undefined && { help: shown(help(args)) }),
    ...(explanation !== undefined && { explanation }),
    ...(example !== undefined && { example }),
  }
}

/** A message that is an argument and nothing else gives the stand-in itself. */
function shown(text: unknown): string {
  return String(text)
}
