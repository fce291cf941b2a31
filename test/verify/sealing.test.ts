/** What SOPS has encrypted and what a store has, with one thing wrong at a time. */
import { render } from '../../src/plan/render.ts'
import { fulfilled, planOf, rooted } from '../plan/three-backends.ts'
import { describe, equal } from '../suite.ts'
import { append, codesOf, edit, type Mutation } from './mutation.ts'

const planned = await planOf(rooted)
const { lock } = await fulfilled(planned)
const other = await fulfilled(planned)
const files = render(planned, lock)

const encrypted = 'clusters/encrypted/trust/cacerts.sops.yaml'
const stored = 'clusters/stored/trust/cacerts.yaml'
const wide = 'clusters/wide/trust/cacerts.yaml'
/** Without a lock the scope is told. */
const SCOPE = 'MESH-W484'

const MUTATIONS: readonly Mutation[] = [
  [
    'the key in the clear',
    ['MESH-E480', 'MESH-E704', SCOPE],
    edit(encrypted, /ca-key.pem: .*/, 'ca-key.pem: aGVsbG8='),
  ],
  [
    'another value in the clear',
    ['MESH-E480', 'MESH-E704', SCOPE],
    edit(encrypted, 'Opaque\ndata:\n', 'Opaque\ndata:\n  more: aGVsbG8=\n'),
  ],
  ['no word of SOPS', ['MESH-E704', 'MESH-E717', SCOPE, 'MESH-E792'], edit(encrypted, /^sops:\n(.+\n)+/m, '')],
  ['no MAC', ['MESH-E480', SCOPE], edit(encrypted, / {2}mac: .*\n/, '')],
  [
    'a MAC over everything',
    ['MESH-E480', SCOPE],
    edit(encrypted, 'mac_only_encrypted: true', 'mac_only_encrypted: false'),
  ],
  ['other values encrypted', ['MESH-E480', SCOPE], edit(encrypted, '^ca-key\\.pem$', '^ca-')],
  [
    'a date that YAML retypes',
    ['MESH-E480', SCOPE],
    edit(encrypted, /lastmodified: "(.*)"/, 'lastmodified: 2026-11-26T12:00:00Z'),
  ],
  ['a recipient that is none', ['MESH-E480', SCOPE], edit(encrypted, /recipient: age1./, 'recipient: age1b')],
  ['an immutable Secret', ['MESH-E480', SCOPE], edit(encrypted, 'type: Opaque', 'type: Opaque\nimmutable: true')],
  [
    'another certificate',
    ['MESH-E482', SCOPE],
    edit(encrypted, /root-cert.pem: .{40}/, 'root-cert.pem: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1Z'),
  ],
  ['pruned', ['MESH-E707', SCOPE], edit(encrypted, 'Prune=false,', '')],
  ['Flux does not decrypt', [SCOPE, 'MESH-E792'], edit('flux/encrypted.yaml', 'provider: sops', 'provider: none')],
  [
    'a Secret that goes with its source',
    [SCOPE, 'MESH-E760'],
    edit(stored, 'creationPolicy: Orphan', 'creationPolicy: Owner'),
  ],
  [
    'a Secret that goes with its entry',
    [SCOPE, 'MESH-E760'],
    edit(stored, 'deletionPolicy: Retain', 'deletionPolicy: Delete'),
  ],
  ['a key from elsewhere', [SCOPE, 'MESH-E760'], edit(stored, '{{ .key }}', '{{ .other }}')],
  [
    'another certificate in the template',
    ['MESH-E482', SCOPE],
    edit(stored, /BEGIN CERTIFICATE-----\n {10}./, 'BEGIN CERTIFICATE-----\n          X'),
  ],
  ['a field more', [SCOPE, 'MESH-E760'], append(stored, '  dataFrom: []\n')],
]

/** With the lock beside it. */
const HELD: readonly Mutation[] = [
  ['a scope less', ['MESH-E723'], edit(wide, / +sealedsecrets.bitnami.com\/namespace-wide: "true"\n/, '')],
  ['the entry of another generation', ['MESH-E756'], edit(stored, 'cacerts-g1\n', 'cacerts-g2\n')],
  ['the entry of another cluster', ['MESH-E756'], edit(stored, 'shop-stored-cacerts', 'shop-other-cacerts')],
  ['the key of another run', ['MESH-E756'], edit(encrypted, /ca-key.pem: .*/, cipherOf())],
]

function cipherOf(): string {
  const sealed = other.lock.clusters.get('encrypted')?.sealed
  return `ca-key.pem: ${sealed?.backend === 'sops' ? sealed.key.ciphertext : ''}`
}

describe('verify sealing', (test) => {
  for (const [title, codes, mutate] of MUTATIONS) {
    test(title, () => {
      equal(codesOf(mutate(files)), [...codes].sort())
    })
  }

  for (const [title, codes, mutate] of HELD) {
    test(title, () => {
      equal(codesOf(mutate(files), lock), codes)
    })
  }

  test('another backend than that of the lock', () => {
    const cluster = lock.clusters.get('encrypted')
    const sealed = lock.clusters.get('stored')?.sealed
    if (!cluster || !sealed) throw new Error('there are both')
    const clusters = new Map([...lock.clusters, ['encrypted', { ...cluster, sealed }] as const])
    equal(codesOf(files, { ...lock, clusters }), ['MESH-E483'])
  })
})
