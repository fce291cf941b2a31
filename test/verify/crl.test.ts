import { describe, equal, ok } from '../suite.ts'
import { CRL_ITEM } from '../../src/lock/lock.ts'
import { nextCrl } from '../../src/trust/revoke.ts'
import { verifyOutput } from '../../src/verify/verify.ts'
import { later, newRoot, NOW, oddIntermediate, parsed } from '../trust/authority.ts'
import { both, codesOf, edit, put, remove, type Files, type Mutate } from './mutation.ts'
import { makeSample } from './sample.ts'

const sample = await makeSample(true)
const { root, lock } = sample
const fileOf = (cluster: string): string => `clusters/${cluster}/trust/${CRL_ITEM}`
const text = sample.files.get(fileOf('cluster-1')) ?? ''
const CLUSTERS = [...lock.clusters.keys()]

/** Everywhere the same text; what is sealed no longer has its length, of course. */
const everywhere = (changed: string): Mutate => both(...CLUSTERS.map((name) => put(fileOf(name), changed)))
const broken = (mutate: Mutate): string[] => codesOf(mutate(sample.files)).filter((code) => code !== 'MESH-E721')
const rootCrl = (request: Partial<Parameters<typeof nextCrl>[0]>): string => {
  const made = nextCrl({ root: { id: 'r1', ...root }, signer: root.keyPair.signer, now: NOW, ...request })
  if (!made.ok) throw new Error('the key is the right one')
  return text.replace(root.crl, () => made.value)
}
const sealedItem = /\n {4}ca-crl\.pem: .*/

describe('verify: CRLs', (test) => {
  test('what is rendered is sound', () => {
    equal(codesOf(sample.files, lock), [])
  })

  test('one of another length than what is sealed', () => {
    equal(codesOf(everywhere(rootCrl({ revoke: { serial: '4f', reason: 1 } }))(sample.files)), ['MESH-E721'])
  })

  test('a file without a seal, a seal without a file, something else in the file', () => {
    equal(broken(edit('clusters/cluster-1/trust/cacerts.yaml', sealedItem, '')), ['MESH-E860'])
    equal(broken(remove(fileOf('cluster-1'))), ['MESH-E860'])
    equal(broken(put(fileOf('cluster-1'), root.certificate)), ['MESH-E860'])
    equal(broken(put(fileOf('cluster-1'), text.slice(0, -100))), ['MESH-E860'])
  })

  test('in some clusters only', () => {
    const without = both(edit('clusters/cluster-3/trust/cacerts.yaml', sealedItem, ''), remove(fileOf('cluster-3')))
    equal(broken(without), ['MESH-E865'])
    equal(codesOf(without(sample.files), lock), ['MESH-E756', 'MESH-E865'])
  })

  test('the one of a CA is missing, or of another that has its name', () => {
    equal(broken(put(fileOf('cluster-2'), text.replace(root.crl, ''))), ['MESH-E861'])
    equal(
      broken(
        put(
          fileOf('cluster-2'),
          text.replace(root.crl, () => newRoot().crl),
        ),
      ),
      ['MESH-E861'],
    )
    equal(broken(put(fileOf('cluster-2'), text.replace(lock.clusters.get('cluster-1')?.crl ?? '', ''))), ['MESH-E861'])
  })

  test('the one of a CA between root and intermediate is missing', () => {
    const middle = oddIntermediate(root, {}).certificate
    const between = edit(
      'clusters/cluster-1/trust/chain.pem',
      '-----END CERTIFICATE-----\n',
      `-----END CERTIFICATE-----\n${middle}`,
    )
    ok(broken(between).includes('MESH-E861'))
  })

  test('one that has ended, has not begun, or ends soon', () => {
    equal(broken(everywhere(rootCrl({ now: later(-731) }))), ['MESH-E862'])
    equal(broken(everywhere(rootCrl({ now: later(1) }))), ['MESH-E862'])
    equal(broken(everywhere(rootCrl({ now: later(-700) }))), ['MESH-W863'])
  })

  test('an intermediate that is revoked and signs on; one that signs no more', () => {
    const { certificate } = lock.clusters.get('cluster-2') ?? { certificate: '' }
    const revoke = { serial: parsed(certificate).serial, reason: 1 }
    const { diagnostics } = verifyOutput(everywhere(rootCrl({ revoke }))(sample.files), { now: NOW })
    const found = diagnostics.filter(({ code }) => code === 'MESH-E864')
    equal(
      found.map(({ span }) => span?.file),
      ['clusters/cluster-2/trust/chain.pem'],
    )
    equal(broken(everywhere(rootCrl({ revoke: { serial: '1234', reason: 5 } }))), [])
  })

  test('another one than that of the lock', async () => {
    const other: Files = (await makeSample(true)).files
    const item = sealedItem.exec(other.get('clusters/cluster-1/trust/cacerts.yaml') ?? '')?.[0] ?? ''
    const swapped = edit('clusters/cluster-1/trust/cacerts.yaml', sealedItem, item)(sample.files)
    // Signatures, and with them CRLs, differ in length by chance.
    equal(
      codesOf(swapped, lock).filter((code) => code !== 'MESH-E721'),
      ['MESH-E756'],
    )
  })
})
