import { createPrivateKey, createPublicKey, randomBytes, type KeyObject } from 'node:crypto'
import { describe, equal, is, not } from '../suite.ts'
import { CACERTS_ITEMS, type LockedCluster } from '../../src/lock/lock.ts'
import { systemEntropy, type Entropy } from '../../src/shell/entropy.ts'
import { issueAndSeal, makeRoot } from '../../src/shell/fulfil-trust.ts'
import { sha256 } from '../../src/trust/read.ts'
import { readSealingCertificate } from '../../src/trust/seal/sealed-secrets.ts'
import { signingKey } from '../../src/trust/signer.ts'
import type { IssueTask } from '../../src/trust/task.ts'
import { certificationAuthority } from '../../src/trust/x509.ts'
import { controllerKey, extendedKeyUsage, newRoot, NOW, oddRoot, parsed, type Authority } from '../trust/authority.ts'
import { openSealed } from '../trust/open-sealed.ts'

const task = (root: Authority): IssueTask => {
  const checked = readSealingCertificate({ path: 'x.pem', text: controllerKey().certificate }, NOW)
  if (!checked.ok) throw new Error('the certificate is good')
  return {
    kind: 'issue-intermediate',
    cluster: 'cluster-1',
    generation: 3,
    root: { id: 'r1', certificate: root.certificate },
    bundle: [{ id: 'r1', certificate: root.certificate }],
    organization: 'Acme',
    mesh: 'shop',
    keyType: 'P-256',
    validityDays: 730,
    sealing: {
      backend: 'sealed-secrets',
      scope: 'strict',
      certificate: checked.value,
      namespace: 'istio-system',
      name: 'cacerts',
    },
  }
}

/** Of a P-256 key as Node writes it. */
const P256_PKCS8_BYTES = 138

/** Remembers what it gave out. */
function watched(): { entropy: Entropy; keys: KeyObject[]; buffers: Buffer[] } {
  const keys: KeyObject[] = []
  const buffers: Buffer[] = []
  const entropy: Entropy = {
    randomBytes(size) {
      const buffer = randomBytes(size)
      buffers.push(buffer)
      return buffer
    },
    async generateSigningKey(type) {
      const key = await systemEntropy.generateSigningKey(type)
      keys.push(key)
      return key
    },
  }
  return { entropy, keys, buffers }
}

async function issued(root: Authority, entropy: Entropy): Promise<LockedCluster> {
  const checked = await issueAndSeal(task(root), { root: root.keyPair.signer, entropy, now: NOW })
  if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics))
  return checked.value
}

describe('fulfil-trust', (test) => {
  test('the controller opens what istiod needs', async () => {
    const root = newRoot()
    const { certificate, sealed, ...rest } = await issued(root, systemEntropy)
    is(rest.generation, 3)
    is(rest.root, 'r1')
    is(rest.removed, false)
    is(parsed(certificate).subject, 'O=Acme, OU=cluster-1, CN=shop cluster-1 g3')
    if (sealed.backend !== 'sealed-secrets') throw new Error('it is sealed')
    is(sealed.certificate, parsed(controllerKey().certificate).fingerprint)
    const open = (item: (typeof CACERTS_ITEMS)[number]): Buffer =>
      openSealed(controllerKey().privateKey, sealed.items[item].ciphertext, 'istio-system/cacerts')
    is(open('ca-cert.pem').toString(), certificate)
    is(open('cert-chain.pem').toString(), certificate + root.certificate)
    is(open('root-cert.pem').toString(), root.certificate)
    is(createPublicKey(createPrivateKey(open('ca-key.pem'))).equals(parsed(certificate).publicKey), true)
    for (const item of CACERTS_ITEMS) {
      is(sealed.items[item].bytes, open(item).length)
      is(sealed.items[item].plain, item === 'ca-key.pem' ? undefined : sha256(open(item)))
    }
  })

  test('the private key is in nothing that is kept, and each item has its own session key', async () => {
    const { entropy, keys, buffers } = watched()
    const locked = JSON.stringify(await issued(newRoot(), entropy))
    is(keys.length, 1)
    const { d = '' } = keys[0]?.export({ format: 'jwk' }) ?? {}
    const secret = Buffer.from(d, 'base64url')
    is(secret.length, 32)
    for (const form of [d, secret.toString('hex'), secret.toString('base64').slice(2, 40), 'PRIVATE KEY']) {
      not.ok(locked.includes(form))
    }
    const sessionKeys = buffers.filter((buffer) => buffer.length === 32)
    is(sessionKeys.length, 4)
    is(
      sessionKeys.every((key) => key.every((octet) => octet === 0)),
      true,
    )
  })

  for (const fails of [...Array(6).keys()]) {
    test(`keys are wiped, whatever fails on the way (${fails === 0 ? 'nothing' : `the call for entropy ${fails}`})`, async () => {
      const made: Uint8Array[] = []
      const { entropy, buffers } = watched()
      const alloc = Buffer.alloc.bind(Buffer)
      let calls = 0
      const failing: Entropy = {
        randomBytes(size) {
          calls += 1
          if (calls === fails) throw new Error('the source of entropy is closed')
          return entropy.randomBytes(size)
        },
        async generateSigningKey(type) {
          const key = await entropy.generateSigningKey(type)
          const exported = key.export.bind(key)
          // What Node exports, it forgets: whoever asked for it has the only reference.
          key.export = ((options: Parameters<typeof exported>[0]) => {
            const bytes: unknown = exported(options)
            if (Buffer.isBuffer(bytes)) made.push(bytes)
            return bytes
          }) as typeof key.export
          return key
        },
      }
      Buffer.alloc = (...args: Parameters<typeof alloc>) => {
        const buffer = alloc(...args)
        made.push(buffer)
        return buffer
      }
      let said = ''
      try {
        await issued(newRoot(), failing)
      } catch (error) {
        said = String(error)
      } finally {
        Buffer.alloc = alloc
      }
      is(said.includes('entropy is closed'), fails > 0)
      not.match(said, /PRIVATE|[A-Za-z0-9+/]{40}/)
      is(made.length > 0, true)
      for (const buffer of made) not.ok(Buffer.from(buffer).includes('PRIVATE KEY'), 'a key in PEM is left')
      const pkcs8 = made.filter(({ length }) => length === P256_PKCS8_BYTES)
      is(
        pkcs8.every((buffer) => buffer.every((octet) => octet === 0)),
        true,
        'a key in DER is left',
      )
      if (fails !== 1) is(pkcs8.length, 1)
      const sessionKeys = buffers.filter((buffer) => buffer.length === 32)
      is(
        sessionKeys.every((key) => key.every((octet) => octet === 0)),
        true,
      )
    })
  }

  test('another root key seals nothing', async () => {
    const { entropy, buffers } = watched()
    const checked = await issueAndSeal(task(newRoot()), { root: newRoot().keyPair.signer, entropy, now: NOW })
    equal(
      checked.diagnostics.map((d) => d.code),
      ['MESH-E413'],
    )
    is(checked.ok, false)
    is(buffers.filter((buffer) => buffer.length === 32).length, 0)
  })

  test('a bundle that istiod would refuse is not sealed', async () => {
    // Below a root that is limited to clients istiod would refuse every intermediate.
    const root = oddRoot([certificationAuthority(), extendedKeyUsage('1.3.6.1.5.5.7.3.2')])
    const checked = await issueAndSeal(task(root), { root: root.keyPair.signer, entropy: systemEntropy, now: NOW })
    equal(
      checked.diagnostics.map((d) => d.code),
      ['MESH-E420'],
    )
    is(checked.diagnostics[0]?.args['fault'], 'extended-key-usage')
  })

  test('a new root comes with its key and CRL', async () => {
    const { locked, privateKey } = await makeRoot(
      { mesh: 'shop', organization: 'Acme', id: 'r1', state: 'active' },
      { entropy: systemEntropy, now: NOW },
    )
    is(locked.id, 'r1')
    is(locked.state, 'active')
    is(parsed(locked.certificate).subject, 'O=Acme, CN=shop root r1')
    equal(parsed(locked.certificate).spki, signingKey(privateKey).spki)
    is(locked.crl?.startsWith('-----BEGIN X509 CRL-----\n'), true)
  })
})
