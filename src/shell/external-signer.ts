/**
 * A root whose key is not at hand: an HSM, a KMS, a safe with a person. A command gets what is to be signed on its
 * standard input and answers with the signature; nothing that does not verify is kept.
 */
import { spawnSync } from 'node:child_process'
import { verify } from 'node:crypto'
import { basename } from 'node:path'
import { exit, Failure } from '../diagnostics/failure.ts'
import { ecdsaDer } from '../trust/ecdsa.ts'
import { decodeBase64 } from '../trust/pem.ts'
import { problemText, readCertificate } from '../trust/read.ts'
import { signatureAlgorithmOf, type Signer } from '../trust/signer.ts'

/** Somebody may have to touch a token. */
const TIMEOUT_MS = 120_000
const OUTPUT_BYTES_MAX = 65_536

export interface ExternalSignerRequest {
  /** Program and arguments; no shell looks at them. */
  readonly command: readonly string[]
  /** The root certificate that the signatures must verify with, PEM. */
  readonly certificate: string
  readonly timeoutMs?: number
}

/** @throws Failure when the certificate cannot sign; its sign() throws when the command fails or signs with another key */
export function externalSigner({ command, certificate, timeoutMs = TIMEOUT_MS }: ExternalSignerRequest): Signer {
  const reading = readCertificate(certificate)
  if ('problem' in reading) {
    throw new Failure(`the root certificate cannot be read: found ${problemText(reading.problem)}`, {
      exitCode: exit.invalid,
    })
  }
  const { publicKey, subject } = reading.certificate
  const algorithm = signatureAlgorithmOf(publicKey)
  if (algorithm === undefined) {
    throw new Failure(`${subject} has a key of a kind that signs nothing here`, { exitCode: exit.invalid })
  }
  const digest = algorithm === 'ecdsa-with-SHA384' ? 'sha384' : 'sha256'
  return {
    algorithm,
    sign(tbs) {
      const said = run(command, tbs, timeoutMs)
      const found = readings(said).find((signature) => verifies(signature))
      if (found !== undefined) return found
      throw new Failure(`what ${shown(command)} printed is no signature of ${subject}; nothing was written`, {
        exitCode: exit.invalid,
        hints: [
          `it must sign its whole standard input with ${digest.toUpperCase()} and the key of that root, and print the signature: DER, r and s, or either in base64`,
        ],
      })

      function verifies(signature: Buffer): boolean {
        try {
          return verify(digest, tbs, publicKey, signature)
        } catch {
          return false
        }
      }
    },
  }
}

/** What the output can be: the signature as it stands, or in base64; of ECDSA as DER or as r and s. */
function readings(said: Buffer): readonly Buffer[] {
  const text = decodeBase64(said.toString('latin1').replaceAll(/\s/g, ''))
  return [said, ...(text === undefined ? [] : [text])].flatMap((bytes) => {
    const der = ecdsaDer(bytes)
    return der === undefined ? [bytes] : [bytes, der]
  })
}

function run(command: readonly string[], input: Uint8Array, timeout: number): Buffer {
  const [program = '', ...args] = command
  const { status, signal, error, stdout } = spawnSync(program, args, {
    input,
    timeout,
    killSignal: 'SIGKILL',
    maxBuffer: OUTPUT_BYTES_MAX,
    // What it has to say to a person goes to the person.
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  if (error === undefined && status === 0) return stdout
  const code = error !== undefined && 'code' in error ? String(error.code) : ''
  const why =
    code === 'ENOENT'
      ? 'is not there'
      : code === 'ETIMEDOUT'
        ? `gave no answer within ${timeout / 1000} seconds`
        : code === 'ENOBUFS'
          ? 'printed more than a signature'
          : code === 'EPIPE'
            ? 'did not read what is to be signed'
            : `ended with ${signal ?? status ?? code}`
  throw new Failure(`the signer ${shown(command)} ${why}; nothing was written`)
}

function shown([program = '']: readonly string[]): string {
  return basename(program)
}

/**
 * Words of a command line: parted by spaces, with single and double quotes around what has some. Nothing else has a
 * meaning: no shell is asked.
 *
 * @throws Failure for a quote that does not end, and for no word at all
 */
export function commandWords(line: string): readonly string[] {
  const words: string[] = []
  let rest = line.trim()
  while (rest !== '') {
    const [word, value] = nextWord(rest)
    words.push(value)
    rest = rest.slice(word.length).trimStart()
  }
  if (words.length > 0 && words[0] !== '') return words
  throw new Failure('--signer names no command', {
    exitCode: exit.invalid,
    hints: ["such as --signer 'hsm-sign --slot 1'"],
  })
}

function nextWord(text: string): readonly [raw: string, value: string] {
  const [raw = ''] = /^(?:[^\s'"]|'[^']*'|"[^"]*")+/.exec(text) ?? []
  if (raw === '' || /^['"]/.test(text.slice(raw.length))) {
    throw new Failure('--signer has a quote that does not end', { exitCode: exit.invalid })
  }
  return [raw, raw.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? '')]
}
