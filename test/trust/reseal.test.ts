/** What kubeseal returns for a newer certificate is taken when it fits, and refused for each thing that does not. */
import { createPrivateKey, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { CACERTS_ITEMS, CRL_ITEM } from '../../src/lock/lock.ts'
import { labelOf, readSealingCertificate, seal, SESSION_KEY_BYTES } from '../../src/trust/seal/sealed-secrets.ts'
import { sandbox } from '../cli/sandbox.ts'
import { FIXTURES } from '../fixture.ts'
import { describe, equal, is, match, not } from '../suite.ts'
import { makeControllerKey } from './controller-certificate.ts'
import { openSealed } from './open-sealed.ts'

interface Item {
  readonly bytes: number
  readonly plain?: string
  ciphertext: string
}
interface ClusterFile {
  readonly sealed: { certificate: string; items: Record<string, Item> }
}

const LABEL = 'istio-system/cacerts'
const oldKey = createPrivateKey(readFileSync(join(FIXTURES, 'keys', 'two-clusters', 'cluster-1.key.pem')))
const before = (): Date => new Date(Date.now() - 3_600_000)
const newer = makeControllerKey({ now: before(), bits: 4096 })

/** As a controller that knows both keys would answer. */
function reencrypted(
  items: Readonly<Record<string, Item>>,
  certificate = newer.certificate,
  label = LABEL,
): Record<string, string> {
  const checked = readSealingCertificate({ path: 'x.pem', text: certificate }, new Date())
  if (!checked.ok) throw new Error('the certificate is good')
  return Object.fromEntries(
    Object.entries(items).map(([name, { ciphertext }]) => {
      const plain = openSealed(oldKey, ciphertext, LABEL)
      return [name, seal(checked.value, plain, label, randomBytes(SESSION_KEY_BYTES))]
    }),
  )
}

const object = (encryptedData: object, metadata: object = {}): object => ({
  apiVersion: 'bitnami.com/v1alpha1',
  kind: 'SealedSecret',
  metadata: { name: 'cacerts', namespace: 'istio-system', creationTimestamp: null, ...metadata },
  // It rebuilds the object: annotations move, data of the template is gone.
  spec: { encryptedData, template: { metadata: { annotations: { moved: 'true' } } } },
})

const lockFile = (box: ReturnType<typeof sandbox>): string => join(box.mesh, 'mesh.lock', 'clusters', 'cluster-1.yaml')
const lockOf = (box: ReturnType<typeof sandbox>): ClusterFile =>
  parse(readFileSync(lockFile(box), 'utf8')) as ClusterFile

describe('trust reseal', (test) => {
  test('takes the ciphertext and nothing else', () => {
    const box = sandbox('two-clusters')
    const { sealed } = lockOf(box)
    box.write('sealing/cluster-1.pem', newer.certificate)
    const told = box.meshwright('generate', '--check')
    is(told.code, 0, 'a newer certificate makes nothing stale')
    match(told.err, /MESH-W475/)
    box.write('new.json', JSON.stringify(object(reencrypted(sealed.items))))
    const { code, err } = box.meshwright('trust', 'reseal', 'cluster-1', '--from', 'new.json')
    is(code, 0, err)
    const after = lockOf(box).sealed
    not.equal(after.certificate, sealed.certificate)
    for (const name of CACERTS_ITEMS) {
      const { bytes, plain, ciphertext } = after.items[name] ?? { bytes: 0, ciphertext: '' }
      equal([bytes, plain], [sealed.items[name]?.bytes, sealed.items[name]?.plain])
      equal(
        openSealed(newer.privateKey, ciphertext, LABEL),
        openSealed(oldKey, sealed.items[name]?.ciphertext ?? '', LABEL),
      )
    }
    const rendered = readFileSync(join(box.mesh, 'output/clusters/cluster-1/trust/cacerts.yaml'), 'utf8')
    is(rendered.includes('moved'), false)
    is(rendered.includes(after.items['ca-key.pem']?.ciphertext ?? 'none'), true)
    const settled = box.meshwright('generate', '--check')
    equal([settled.code, settled.err.includes('MESH-W475')], [0, false])
    is(box.meshwright('verify').code, 0)
    box.done()
  })

  test('takes the CRLs along where they are shipped', () => {
    const box = sandbox('two-clusters')
    const mesh = readFileSync(join(box.mesh, 'mesh.yaml'), 'utf8')
    box.write('mesh.yaml', mesh.replace('defaults:', 'trust: { crl: { enabled: true } }\ndefaults:'))
    const shipped = box.meshwright('generate')
    is(shipped.code, 0, shipped.err)
    const { items } = lockOf(box).sealed
    box.write('sealing/cluster-1.pem', newer.certificate)
    const good = reencrypted(items)
    const { [CRL_ITEM]: _, ...fewer } = good
    box.write('new.json', JSON.stringify(object(fewer)))
    is(box.meshwright('trust', 'reseal', 'cluster-1', '--from', 'new.json').code, 2)
    box.write('new.json', JSON.stringify(object(good)))
    const { code, err } = box.meshwright('trust', 'reseal', 'cluster-1', '--from', 'new.json')
    is(code, 0, err)
    const after = lockOf(box).sealed.items[CRL_ITEM]
    is(after?.plain, items[CRL_ITEM]?.plain)
    equal(
      openSealed(newer.privateKey, after?.ciphertext ?? '', LABEL),
      openSealed(oldKey, items[CRL_ITEM]?.ciphertext ?? '', LABEL),
    )
    is(box.meshwright('generate', '--check').code, 0)
    is(box.meshwright('verify').code, 0)
    box.done()
  })

  test('refuses what is not that, and changes nothing', () => {
    const box = sandbox('two-clusters')
    const { sealed } = lockOf(box)
    const items = sealed.items
    const good = reencrypted(items)
    const text = readFileSync(lockFile(box), 'utf8')
    box.write('new.yaml', stringify(object(good)))
    const refused = (what: string, why: RegExp): void => {
      const { code, err } = box.meshwright('trust', 'reseal', 'cluster-1', '--from', 'new.yaml')
      is(code, 2, what)
      match(err, /MESH-E477/)
      match(err.replaceAll('\n', ' '), why)
      is(readFileSync(lockFile(box), 'utf8'), text, what)
    }
    refused('the certificate is the old one', /sealed for already/)
    box.write('sealing/cluster-1.pem', newer.certificate)
    const small = makeControllerKey({ now: before(), bits: 2048 }).certificate
    const { 'root-cert.pem': _, ...fewer } = good
    const swapped = { ...good, 'ca-key.pem': good['cert-chain.pem'] }
    const same = Object.fromEntries(Object.entries(items).map(([name, { ciphertext }]) => [name, ciphertext]))
    const cases: readonly (readonly [what: string, made: unknown, why: RegExp])[] = [
      ['another name', object(good, { name: 'other' }), /not called/],
      ['another namespace', object(good, { namespace: 'istio' }), /not called/],
      [
        'a wider scope',
        object(good, { annotations: { 'sealedsecrets.bitnami.com/cluster-wide': 'true' } }),
        /scope is cluster-wide/,
      ],
      ['an item less', object(fewer), /items are ca-cert.pem, ca-key.pem, cert-chain.pem:?/],
      ['an item in place of the key', object(swapped), /ca-key.pem has \d+ bytes inside/],
      ['what is there already', object(same), /lock has already/],
      ['a key of another size', object(reencrypted(items, small)), /2048 bits/],
      ['cut short', object({ ...good, 'ca-key.pem': 'AgA=' }), /ca-key.pem/],
      ['another kind', { ...object(good), kind: 'Secret' }, /no SealedSecret/],
      ['two objects', [object(good), object(good)], /not one object/],
    ]
    for (const [what, made, why] of cases) {
      box.write('new.yaml', stringify(made))
      refused(what, why)
    }
    box.done()
  })

  test('the label of a scope is what the controller takes for it', () => {
    equal(
      (['strict', 'namespace-wide', 'cluster-wide'] as const).map((scope) => labelOf(scope, 'ns', 'name')),
      ['ns/name', 'ns', ''],
    )
  })
})
