/** docs/gitleaks.toml names the files and values that meshwright writes, and nothing that could be a key in the clear. */
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FIXTURES, PROJECT, readTree } from './fixture.ts'
import { describe, equal, is, ok } from './suite.ts'

const text = readFileSync(join(PROJECT, 'docs', 'gitleaks.toml'), 'utf8')

function patterns(key: string): RegExp[] {
  const [, list = ''] = new RegExp(`^${key} = \\[([^]*?)'''\\s*,?\\s*\\]$`, 'm').exec(text) ?? []
  return [...`${list}'''`.matchAll(/'''(.+?)'''/g)].map(([, pattern = '']) => new RegExp(pattern))
}

const [paths, values] = [patterns('paths'), patterns('regexes')]
const allowed = (path: string, line: string): boolean =>
  paths.some((pattern) => pattern.test(path)) && values.some((pattern) => pattern.test(line))

describe('docs/gitleaks.toml', (test) => {
  test('every sealed value is allowed, and no other line of any file', () => {
    equal([paths.length, values.length], [2, 1])
    const files = [
      ...[...readTree(join(PROJECT, 'output'))].map(([path, bytes]) => [`output/${path}`, bytes] as const),
      ...readTree(join(FIXTURES, 'two-clusters')),
    ]
    const lines = files.flatMap(([path, bytes]) =>
      bytes
        .toString('utf8')
        .split('\n')
        .filter((line) => allowed(path, line))
        .map((line) => line.trim().split(':')[0] ?? ''),
    )
    // Four items of two clusters, in the output and in the lock.
    is(lines.length, 16)
    equal([...new Set(lines)].sort(), ['ca-cert.pem', 'ca-key.pem', 'cert-chain.pem', 'ciphertext', 'root-cert.pem'])
  })

  test('a key in the place of a sealed value is not', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    for (const type of ['pkcs8', 'pkcs1'] as const) {
      const der = privateKey.export({ type, format: 'der' }).toString('base64')
      const pem = Buffer.from(privateKey.export({ type, format: 'pem' })).toString('base64')
      for (const value of [der, pem]) ok(!allowed('output/clusters/a/trust/cacerts.yaml', `    ca-key.pem: ${value}`))
    }
  })
})
