/** The signer is a program, also one that does what it should not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure } from '../../src/diagnostics/failure.ts'
import { commandWords, externalSigner } from '../../src/shell/external-signer.ts'
import { ecdsaDer } from '../../src/trust/ecdsa.ts'
import { keyPem, newRoot, type Authority } from '../trust/authority.ts'
import { createPublicKey, sign, verify } from 'node:crypto'
import { describe, equal, is, match, ok, throws } from '../suite.ts'

const tbs = Buffer.from('what is to be signed')
const node = (script: string): string[] => [process.execPath, '-e', script]

/** A program that prints these octets, whatever it is given. */
const printing = (bytes: Uint8Array): string[] =>
  node(
    `process.stdin.resume().on('end', () => process.stdout.write(Buffer.from('${Buffer.from(bytes).toString('hex')}', 'hex')))`,
  )

function refused(command: readonly string[], root: Authority, timeoutMs?: number): string {
  const signer = externalSigner({
    command,
    certificate: root.certificate,
    ...(timeoutMs !== undefined && { timeoutMs }),
  })
  try {
    signer.sign(tbs)
  } catch (error) {
    if (error instanceof Failure) return [error.message, ...error.hints].join('\n')
    throw error
  }
  return ''
}

describe('external signer', (test) => {
  test('a program signs for each kind of key', () => {
    const folder = mkdtempSync(join(tmpdir(), 'meshwright-signer-'))
    for (const kind of ['P-256', 'P-384', 'rsa'] as const) {
      const root = newRoot({ kind })
      const digest = kind === 'P-384' ? 'sha384' : 'sha256'
      const key = join(folder, `${kind}.pem`)
      writeFileSync(key, keyPem(root.privateKey), { mode: 0o600 })
      const script = `const [key, digest] = process.argv.slice(1)
        const { readFileSync } = require('node:fs')
        process.stdout.write(require('node:crypto').sign(digest, readFileSync(0), readFileSync(key)))`
      const command = [...node(script), key, digest]
      const signature = externalSigner({ command, certificate: root.certificate }).sign(tbs)
      ok(verify(digest, tbs, createPublicKey(root.privateKey), signature), kind)
    }
    rmSync(folder, { recursive: true })
  })

  test('r and s, and base64, are understood', () => {
    for (const kind of ['P-256', 'P-384'] as const) {
      const root = newRoot({ kind })
      const digest = kind === 'P-384' ? 'sha384' : 'sha256'
      const pair = sign(digest, tbs, { key: root.privateKey, dsaEncoding: 'ieee-p1363' })
      for (const said of [pair, Buffer.from(`${pair.toString('base64')}\n`), sign(digest, tbs, root.privateKey)]) {
        const signature = externalSigner({ command: printing(said), certificate: root.certificate }).sign(tbs)
        ok(verify(digest, tbs, createPublicKey(root.privateKey), signature))
      }
    }
    is(ecdsaDer(Buffer.alloc(63)), undefined)
    equal(ecdsaDer(Buffer.alloc(64)), Buffer.from('3006020100020100', 'hex'))
  })

  test('the signature of another key, or none, is refused', () => {
    const root = newRoot()
    match(refused(printing(sign('sha256', tbs, newRoot().privateKey)), root), /no signature/)
    match(refused(printing(Buffer.alloc(0)), root), /no signature/)
  })

  test('a program that fails, hangs, talks or is not there', () => {
    const root = newRoot()
    match(refused(node('process.exit(4)'), root), /ended with 4/)
    match(refused(node('setInterval(() => {}, 1000)'), root, 500), /no answer within 0.5 seconds/)
    match(refused(node("process.stdout.write('x'.repeat(1e6))"), root), /more than a signature/)
    match(refused(['/nonexistent/signer'], root), /is not there/)
  })

  test('a command line is words, and no shell', () => {
    equal(commandWords('  hsm-sign --slot 1 \'a b\' "c d"e $HOME;x  '), [
      'hsm-sign',
      '--slot',
      '1',
      'a b',
      'c de',
      '$HOME;x',
    ])
    equal(commandWords("x ''"), ['x', ''])
    for (const odd of ['', '  ', "x 'y", 'x "y', "''"]) throws(() => commandWords(odd), /--signer/)
  })
})
