import { PassThrough } from 'node:stream'
import { Failure } from '../../src/diagnostics/failure.ts'
import { choosePassphrase, readPassphrase, type Terminal } from '../../src/shell/passphrase.ts'
import { describe, equal, is, not, ok, rejected } from '../suite.ts'

interface Fake extends Terminal {
  readonly shown: string[]
  readonly raw: boolean[]
  type(text: string | Uint8Array): void
}

function fakeTerminal(): Fake {
  const shown: string[] = []
  const raw: boolean[] = []
  const stream = new PassThrough()
  const input = Object.assign(stream, { isTTY: true, setRawMode: (mode: boolean) => raw.push(mode) })
  return { input, output: { write: (text) => shown.push(text) }, shown, raw, type: (text) => stream.write(text) }
}

const ask = (terminal: Terminal): Promise<string> => readPassphrase('the key', undefined, terminal)

describe('passphrase', (test) => {
  test('what is typed is returned and not shown', async () => {
    const terminal = fakeTerminal()
    const answer = ask(terminal)
    for (const character of 'pässword\r') terminal.type(character)
    is(await answer, 'pässword')
    equal(terminal.shown, ['Passphrase for the key: ', '\n'])
    equal(terminal.raw, [true, false])
  })

  test('mistakes can be taken back, whole characters at a time', async () => {
    const terminal = fakeTerminal()
    terminal.type('wrong\u0015gü\u007Fö\b\b\b\bright€\u007F\n')
    is(await ask(terminal), 'right')
  })

  test('a character can arrive in two parts', async () => {
    const terminal = fakeTerminal()
    const [first = 0, ...rest] = Buffer.from('€')
    const answer = ask(terminal)
    terminal.type(Uint8Array.of(first))
    terminal.type(Buffer.from([...rest, 0x0d]))
    is(await answer, '€')
  })

  test('a new one is asked for twice, and pasted lines answer both', async () => {
    const terminal = fakeTerminal()
    terminal.type('a long passphrase\ra long passphrase\r')
    is(await choosePassphrase('the key', undefined, terminal), 'a long passphrase')
    equal(terminal.shown, ['New passphrase for the key: ', '\n', 'The same passphrase again: ', '\n'])
  })

  test('two that differ, short ones, an interruption and an end are failures that repeat nothing', async () => {
    const cases = [
      ['a long passphrase\ra lang passphrase\r', 2],
      ['short one\r', 2],
      ['a long pass\u0003', 130],
      ['a long pass\u0004', 3],
    ] as const
    for (const [typed, exitCode] of cases) {
      const terminal = fakeTerminal()
      terminal.type(typed)
      const error = await rejected(choosePassphrase('the key', undefined, terminal))
      ok(error instanceof Failure)
      is(error.exitCode, exitCode, typed)
      not.ok(error.message.includes('long pass'))
      is(terminal.raw.at(-1), false)
      is(terminal.input.listenerCount('data'), 0)
    }
  })

  test('without a terminal the failure says what to give', async () => {
    const terminal: Terminal = { input: new PassThrough(), output: { write: () => true } }
    const error = await rejected(ask(terminal))
    ok(
      error instanceof Failure &&
        error.exitCode === 3 &&
        error.hints.some((hint) => hint.includes('--passphrase-file')),
    )
  })
})
