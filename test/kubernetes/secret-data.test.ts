import { stringify } from 'yaml'
import { readSecretData } from '../../src/kubernetes/secret-data.ts'
import { keyPem, newKey, newRoot } from '../trust/authority.ts'
import { describe, equal, is, ok } from '../suite.ts'

const root = newRoot()
const key = keyPem(newKey('rsa'))
const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64')

function secret(more: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name: 'cacerts', namespace: 'istio-system' },
    data: { 'ca-cert.pem': base64(root.certificate), 'ca-key.pem': base64(key), 'cert-chain.pem': '' },
    ...more,
  }
}

const forms: readonly (readonly [string, (value: object) => string])[] = [
  ['JSON', (value) => JSON.stringify(value, undefined, 4)],
  ['JSON on one line', (value) => JSON.stringify(value)],
  ['YAML', (value) => stringify(value, { lineWidth: 0 })],
  ['YAML with quotes', (value) => stringify(value, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE' })],
]

describe('a Secret as kubectl prints it', (test) => {
  for (const [name, print] of forms) {
    test(`${name}: every item byte for byte, and no key is left behind`, () => {
      const bytes = Buffer.from(print(secret()))
      const read = readSecretData(bytes)
      if ('problem' in read) throw new Error(read.problem)
      is(read.type, 'Opaque')
      equal([...read.items.keys()], ['ca-cert.pem', 'ca-key.pem', 'cert-chain.pem'])
      ok(read.items.get('ca-key.pem')?.equals(key))
      is(read.items.get('ca-cert.pem')?.toString(), root.certificate)
      ok(!bytes.includes(base64(key).slice(60, 120)), 'the key is gone from the input')
    })
  }

  test('the copy in the annotation of kubectl apply is taken as well', () => {
    const copy = JSON.stringify(secret())
    const metadata = { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': copy } }
    const bytes = Buffer.from(JSON.stringify(secret({ metadata })))
    const read = readSecretData(bytes)
    if ('problem' in read) throw new Error(read.problem)
    ok(read.items.get('ca-key.pem')?.equals(key))
    ok(!bytes.includes(base64(key).slice(60, 120)), 'no copy is left')
  })

  test('a key that stands elsewhere is refused before it becomes a string', () => {
    for (const odd of [
      stringify(secret({ data: {}, stringData: { 'ca-key.pem': key.toString() } })),
      stringify(secret({ data: { 'other.pem': base64(key) } }), { lineWidth: 0 }),
      `${stringify(secret())}# ${base64(key)}\n`,
      `kind: Secret\ndata:\n  ca-key.pem: |\n    ${base64(key)}\n`,
    ]) {
      const bytes = Buffer.from(odd)
      ok('problem' in readSecretData(bytes), odd.slice(0, 80))
      ok(
        bytes.every((octet) => octet === 0),
        'the input is wiped',
      )
    }
  })

  test('what is no Secret is said', () => {
    for (const odd of ['{', 'kind: ConfigMap\n', 'kind: Secret\n', 'kind: Secret\ndata: { a: "*" }\n', '']) {
      ok('problem' in readSecretData(Buffer.from(odd)), odd)
    }
  })
})
