/** Passphrases: from a file, or typed on the terminal without being shown. Never from arguments or the environment. */
import { exit, Failure } from '../diagnostics/failure.ts'
import { readSecretFile, shownPath } from './private-file.ts'

/** Where a person sits. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?(mode: boolean): unknown }
  /** Not standard output, which is for data. */
  readonly output: { write(text: string): unknown }
}

/** Guessing goes on offline for as long as somebody has a copy of the file. */
const PASSPHRASE_CHARACTERS_MIN = 12
const TYPED_BYTES_MAX = 1024

const key = {
  interrupt: 0x03,
  endOfFile: 0x04,
  backspace: 0x08,
  lineFeed: 0x0a,
  enter: 0x0d,
  clear: 0x15,
  delete: 0x7f,
}

export function processTerminal(): Terminal {
  return { input: process.stdin, output: process.stderr }
}

/** The passphrase of a file that exists; without a passphrase file it is asked for once. */
export async function readPassphrase(
  purpose: string,
  passphraseFile: string | undefined,
  terminal: Terminal,
): Promise<string> {
  if (passphraseFile !== undefined) return fromFile(passphraseFile)
  requireTerminal(terminal, ['give --passphrase-file FILE, or run this on a terminal'])
  return typed(`Passphrase for ${purpose}: `, terminal)
}

/** A new passphrase, typed twice; refused when it is short. */
export async function choosePassphrase(
  purpose: string,
  passphraseFile: string | undefined,
  terminal: Terminal,
): Promise<string> {
  if (passphraseFile === undefined) {
    const hint = 'give --recipient age1… or --passphrase-file FILE, or run this on a terminal'
    requireTerminal(terminal, [hint])
  }
  const passphrase = await (passphraseFile === undefined
    ? typed(`New passphrase for ${purpose}: `, terminal)
    : fromFile(passphraseFile))
  if (Array.from(passphrase).length < PASSPHRASE_CHARACTERS_MIN) {
    throw new Failure(`a passphrase needs at least ${PASSPHRASE_CHARACTERS_MIN} characters`, {
      exitCode: exit.invalid,
      hints: ['five random words are easy to write down and hard to guess'],
    })
  }
  if (passphraseFile === undefined && (await typed('The same passphrase again: ', terminal)) !== passphrase) {
    throw new Failure('the two passphrases differ', { exitCode: exit.invalid })
  }
  return passphrase
}

/** The whole file without its last line end. */
async function fromFile(file: string): Promise<string> {
  const bytes = await readSecretFile(file, 'passphrase file')
  try {
    const passphrase = bytes.toString('utf8').replace(/\r?\n$/, '')
    if (passphrase === '') throw new Failure(`the passphrase file ${shownPath(file)} is empty`)
    return passphrase
  } finally {
    bytes.fill(0)
  }
}

function requireTerminal(terminal: Terminal, hints: readonly string[]): void {
  if (terminal.input.isTTY === true && terminal.input.setRawMode) return
  throw new Failure('a passphrase is needed, and there is no terminal to ask for it', { hints })
}

/** Asks without echo. What comes behind the line stays in the input, so that pasted lines answer the next question. */
async function typed(question: string, terminal: Terminal): Promise<string> {
  const { input, output } = terminal
  const line = Buffer.alloc(TYPED_BYTES_MAX)
  output.write(question)
  input.setRawMode?.(true)
  try {
    return await new Promise<string>((resolve, reject) => {
      let length = 0
      const finish = (settle: () => void): void => {
        input.off('data', onData)
        input.off('end', onEnd)
        input.pause()
        settle()
      }
      const onEnd = (): void => finish(() => reject(new Failure('no passphrase was typed')))
      const onData = (chunk: Buffer | string): void => {
        const octets = Buffer.from(chunk)
        for (const [i, octet] of octets.entries()) {
          if (octet === key.enter || octet === key.lineFeed) {
            const rest = octets.subarray(i + 1)
            return finish(() => {
              if (rest.length > 0) input.unshift(Buffer.from(rest))
              resolve(line.toString('utf8', 0, length))
            })
          }
          if (octet === key.interrupt) {
            return finish(() => reject(new Failure('interrupted', { exitCode: exit.interrupted })))
          }
          if (octet === key.endOfFile) return onEnd()
          if (octet === key.clear) length = 0
          else if (octet === key.backspace || octet === key.delete) length = withoutLast(line, length)
          else if (length < TYPED_BYTES_MAX) line[length++] = octet
        }
      }
      input.on('data', onData)
      input.on('end', onEnd)
      input.resume()
    })
  } finally {
    line.fill(0)
    input.setRawMode?.(false)
    output.write('\n')
  }
}

/** The length without the last UTF-8 character, which can be several octets. */
function withoutLast(line: Buffer, length: number): number {
  let at = length - 1
  while (at > 0 && ((line[at] ?? 0) & 0xc0) === 0x80) at -= 1
  return Math.max(at, 0)
}
