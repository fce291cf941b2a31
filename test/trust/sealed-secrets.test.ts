import * as fc from 'fast-check'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { describe, equal, is, not, throws } from '../suite.ts'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import type { SealedItem, SealedSecretsBundle } from '../../src/lock/lock.ts'
import {
  inspectSealed,
  labelOf,
  readSealingCertificate,
  seal,
  sealedSecretManifest,
  type SealingCertificate,
} from '../../src/trust/seal/sealed-secrets.ts'
import { controllerKey, keyPem, later, newRoot, NOW } from './authority.ts'
import { makeControllerKey } from './controller-certificate.ts'
import { openSealed } from './open-sealed.ts'

const read = (text: string, now: Date = NOW): { codes: string[]; diagnostics: readonly Diagnostic[] } => {
  const { diagnostics } = readSealingCertificate({ path: 'sealing/cluster-1.pem', text }, now)
  return { diagnostics, codes: diagnostics.map((d) => d.code) }
}

const sealing = (): SealingCertificate => {
  const checked = readSealingCertificate({ path: 'x.pem', text: controllerKey().certificate }, NOW)
  if (!checked.ok) throw new Error('the certificate is good')
  return checked.value
}

const label = labelOf('strict', 'istio-system', 'cacerts')

describe('sealed-secrets', (test) => {
  test('a certificate of the controller is taken', () => {
    const { certificate } = controllerKey()
    equal(read(certificate).codes, [])
    equal(read(certificate.replaceAll('\n', '\r\n')).codes, [])
    is(sealing().modulusBytes, 256)
    is(sealing().fingerprint.length, 71)
  })

  test('what cannot seal is refused, each by its own code', () => {
    const { certificate, privateKey } = controllerKey()
    equal(read('').codes, ['MESH-E401'])
    equal(read(keyPem(privateKey).toString()).codes, ['MESH-E401'])
    equal(read(certificate.replace('MII', 'MI!')).codes, ['MESH-E401'])
    equal(read(certificate + certificate).codes, ['MESH-E402'])
    equal(read(newRoot().certificate).codes, ['MESH-E403'])
    equal(read(makeControllerKey({ now: NOW, bits: 1024 }).certificate).codes, ['MESH-E404'])
    equal(read(certificate, later(3650)).codes, ['MESH-E405'])
    equal(read(certificate, later(-1)).codes, ['MESH-E406'])
    equal(read(certificate, later(3561)).codes, ['MESH-W407'])
    equal(read(certificate, later(3559)).codes, [])
  })

  test('a diagnostic points at the block and repeats no key', () => {
    const { certificate, privateKey } = controllerKey()
    const [several] = read(`# two\n${certificate}${certificate}`).diagnostics
    is(several?.span?.file, 'sealing/cluster-1.pem')
    is(several?.span?.start, 6 + certificate.length)
    is(several?.span?.end, 6 + 2 * certificate.length - 1)
    const pem = keyPem(privateKey).toString()
    not.ok(JSON.stringify(read(pem).diagnostics).includes(pem.slice(40, 60)))
  })

  test('property: what is sealed can be opened, whatever its size', () => {
    const certificate = sealing()
    const size = fc.oneof(fc.constantFrom(0, 1, 15, 16, 17, 65_536), fc.nat(65_536))
    fc.assert(
      fc.property(size, (bytes) => {
        const plain = randomBytes(bytes)
        const ciphertext = seal(certificate, plain, label, randomBytes(32))
        equal(openSealed(controllerKey().privateKey, ciphertext, label), plain)
        equal(inspectSealed(ciphertext), { modulusBytes: 256, plainBytes: bytes })
      }),
      { numRuns: 40 },
    )
  })

  test('the size of the RSA key travels with the value', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 })
    const ciphertext = seal({ ...sealing(), publicKey }, Buffer.from('x'), label, randomBytes(32))
    is(openSealed(privateKey, ciphertext, label).toString(), 'x')
    equal(inspectSealed(ciphertext), { modulusBytes: 384, plainBytes: 1 })
  })

  test('a value is bound to its namespace and name', () => {
    const ciphertext = seal(sealing(), Buffer.from('x'), label, randomBytes(32))
    for (const other of ['istio-system/cacert', 'istio-systemcacerts', 'istio-system', '']) {
      throws(() => openSealed(controllerKey().privateKey, ciphertext, other), undefined, other)
    }
  })

  test('a session key is used once', () => {
    const sessionKey = randomBytes(32)
    seal(sealing(), Buffer.from('x'), label, sessionKey)
    equal(sessionKey, Buffer.alloc(32))
    throws(() => seal(sealing(), Buffer.from('y'), label, sessionKey), /invariant/)
    throws(() => seal(sealing(), Buffer.from('y'), label, randomBytes(16)), /invariant/)
  })

  test('damage of a sealed value shows without a key', () => {
    const ciphertext = seal(sealing(), Buffer.alloc(0), label, randomBytes(32))
    is('problem' in inspectSealed(ciphertext), false)
    const bytes = Buffer.from(ciphertext, 'base64')
    const damaged = {
      empty: '',
      'cut short': bytes.subarray(0, bytes.length - 1).toString('base64'),
      'only a length': bytes.subarray(0, 2).toString('base64'),
      'one octet': 'AA==',
      lines: `${ciphertext.slice(0, 64)}\n${ciphertext.slice(64)}`,
      'no RSA key has that length': Buffer.concat([Uint8Array.of(0, 1), bytes]).toString('base64'),
      'not sealed': Buffer.from('hello').toString('base64'),
      url: ciphertext.replace(/[+/]/, '_').replace(/[A-Z]/, '-'),
    }
    for (const [name, value] of Object.entries(damaged)) is('problem' in inspectSealed(value), true, name)
  })

  test('the manifest', () => {
    const item = (ciphertext: string): SealedItem => ({ bytes: 1, ciphertext })
    const sealed: SealedSecretsBundle = {
      backend: 'sealed-secrets',
      scope: 'strict',
      namespace: 'istio-system',
      name: 'cacerts',
      certificate: 'sha256:0',
      items: {
        'root-cert.pem': item('ROOT'),
        'ca-cert.pem': item('CA'),
        'ca-key.pem': item('KEY'),
        'cert-chain.pem': item('CHAIN'),
      },
    }
    equal(sealedSecretManifest({ mesh: 'shop', sealed, keepSecret: false }), {
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: {
        name: 'cacerts',
        namespace: 'istio-system',
        labels: {
          'app.kubernetes.io/managed-by': 'meshwright',
          'app.kubernetes.io/part-of': 'shop',
          'app.kubernetes.io/component': 'trust',
        },
        annotations: {
          'argocd.argoproj.io/sync-wave': '-10',
          'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false,SkipDryRunOnMissingResource=true',
          'kustomize.toolkit.fluxcd.io/prune': 'Disabled',
        },
      },
      spec: {
        encryptedData: {
          'ca-cert.pem': 'CA',
          'ca-key.pem': 'KEY',
          'cert-chain.pem': 'CHAIN',
          'root-cert.pem': 'ROOT',
        },
        template: { type: 'Opaque', metadata: { name: 'cacerts', namespace: 'istio-system' } },
      },
    })
  })
})
