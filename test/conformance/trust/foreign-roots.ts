/**
 * Roots that other programs make, each in the way of its own documentation, and intermediates of ours below them; roots
 * with one defect each, made by openssl, are refused when they are imported.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { check, mustRefuse, type Check } from '../check.ts'
import { ALONE, meshwright, MESHWRIGHT } from '../subjects.ts'
import type { ToolName } from '../tools.ts'
import type { Workbench } from '../workbench.ts'
import { verify } from './gnutls.ts'
import { pkilint, zlint } from './linters.ts'
import { cacertsOf, smallMesh, trustEachOther, type SmallMesh } from './small-mesh.ts'

const BASIC = 'basicConstraints = critical, CA:TRUE'
const USAGE = 'keyUsage = critical, keyCertSign, cRLSign'
const ID = 'subjectKeyIdentifier = hash'

interface Foreign {
  readonly what: string
  readonly needs: readonly ToolName[]
  readonly make: (bench: Workbench, mesh: SmallMesh) => { readonly certificate: string; readonly key: string }
  /** Whether openssl takes its chains when it is strict. */
  readonly strict: boolean
  /** Whether its key is encrypted with the passphrase of the mesh. */
  readonly encrypted?: true
  /** What is told when it is imported. */
  readonly warnings: readonly string[]
}

const ROOTS: readonly Foreign[] = [
  {
    what: 'cfssl, as the article does it',
    needs: ['cfssl', 'cfssljson'],
    make: (bench, mesh) => cfssl(bench, mesh, { algo: 'rsa', size: 4096 }),
    strict: true,
    warnings: [],
  },
  {
    what: 'cfssl, with P-384',
    needs: ['cfssl', 'cfssljson'],
    make: (bench, mesh) => cfssl(bench, mesh, { algo: 'ecdsa', size: 384 }),
    strict: true,
    warnings: [],
  },
  { what: 'step', needs: ['step'], make: step, strict: true, encrypted: true, warnings: [] },
  { what: "openssl's own defaults", needs: [], make: opensslDefaults, strict: false, warnings: [] },
  { what: "Istio's tools/certs", needs: [], make: toolsCerts, strict: true, warnings: ['MESH-W429'] },
]

export const foreignRootChecks: readonly Check[] = [
  ...ROOTS.map((root) =>
    check(
      `intermediates below a root of ${root.what}`,
      [
        'openssl',
        'kubeseal',
        'go',
        'certtool',
        'zlint',
        'lint_pkix_cert',
        'lint_pkix_signer_signee_cert_chain',
        ...root.needs,
      ],
      (bench) => below(bench, root),
    ),
  ),
  check('planted: the key of another root', ['openssl'], otherKey),
  ...defects().map(([what, code, options]) =>
    check(`planted: a root from elsewhere ${what}`, ['openssl'], (bench) => refused(bench, code, options)),
  ),
]

async function below(bench: Workbench, { make, strict, encrypted, warnings, what }: Foreign): Promise<void> {
  const mesh = smallMesh(bench, 'foreign', '{ organization: Example }')
  const { certificate, key } = make(bench, mesh)
  const told = bench.try(process.execPath, [MESHWRIGHT, '-C', mesh.mesh, ...importing(certificate)], { env: ALONE })
  const codes = [...told.stderr.matchAll(/MESH-[EW]\d+/g)].map(([code]) => code)
  if (told.status !== 0 || codes.join() !== warnings.join()) throw new Error(`${what}: ${told.stderr}`)
  const passphrase = encrypted ? ['--passphrase-file', mesh.passphrase] : []
  meshwright(bench, mesh.mesh, ['generate', '--root-key', key, ...passphrase])
  const folders = cacertsOf(bench, mesh)
  trustEachOther(bench, folders, strict)
  for (const folder of folders) {
    const [root, intermediate] = [join(folder, 'root-cert.pem'), join(folder, 'ca-cert.pem')]
    // GnuTLS compares names octet by octet.
    verify(bench, root, intermediate)
    zlint(bench, intermediate)
    pkilint(bench, 'lint_pkix_cert', intermediate)
    pkilint(bench, 'lint_pkix_signer_signee_cert_chain', root, intermediate)
  }
  meshwright(bench, mesh.mesh, ['verify'])
}

function importing(certificate: string): readonly string[] {
  return ['trust', 'root', 'import', '--certificate', certificate]
}

/** `cfssl gencert -initca ca-csr.json | cfssljson -bare ca` */
function cfssl(
  bench: Workbench,
  mesh: SmallMesh,
  key: { readonly algo: string; readonly size: number },
): ReturnType<Foreign['make']> {
  const request = join(mesh.keys, 'ca-csr.json')
  const names = [{ C: 'DE', L: 'Berlin', O: 'Example', OU: 'Mesh' }]
  writeFileSync(request, JSON.stringify({ CN: 'Example Root CA', key, names, ca: { expiry: '87600h' } }))
  const input = bench.run(bench.tool('cfssl'), ['gencert', '-initca', request])
  bench.run(bench.tool('cfssljson'), ['-bare', 'ca'], { input, cwd: mesh.keys })
  return { certificate: join(mesh.keys, 'ca.pem'), key: join(mesh.keys, 'ca-key.pem') }
}

function step(bench: Workbench, mesh: SmallMesh): ReturnType<Foreign['make']> {
  const [certificate, key] = [join(mesh.keys, 'root_ca.crt'), join(mesh.keys, 'root_ca_key')]
  const args = ['certificate', 'create', 'Example Root CA', certificate, key, '--profile', 'root-ca']
  bench.run(bench.tool('step'), [...args, '--password-file', mesh.passphrase], { env: { STEPPATH: mesh.keys } })
  return { certificate, key }
}

function opensslDefaults(bench: Workbench, mesh: SmallMesh): ReturnType<Foreign['make']> {
  return selfSigned(bench, mesh.keys, {
    key: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
    extensions: [
      'subjectKeyIdentifier = hash',
      'authorityKeyIdentifier = keyid',
      'basicConstraints = critical, CA:true',
    ],
  })
}

/** Its profile: RSA-4096, no cRLSign, usages of a leaf beside keyCertSign. */
function toolsCerts(bench: Workbench, mesh: SmallMesh): ReturnType<Foreign['make']> {
  return selfSigned(bench, mesh.keys, {
    key: ['-newkey', 'rsa:4096'],
    subject: '/O=Istio/CN=Root CA',
    extensions: [
      'subjectKeyIdentifier = hash',
      'basicConstraints = critical, CA:true',
      'keyUsage = critical, digitalSignature, nonRepudiation, keyEncipherment, keyCertSign',
    ],
  })
}

interface SelfSigned {
  readonly key?: readonly string[]
  readonly subject?: string
  readonly extensions?: readonly string[]
  readonly more?: readonly string[]
}

function selfSigned(bench: Workbench, folder: string, made: SelfSigned): ReturnType<Foreign['make']> {
  const [config, certificate, key] = [join(folder, 'root.cnf'), join(folder, 'root.pem'), join(folder, 'root.key')]
  const extensions = made.extensions ?? [BASIC, USAGE, ID]
  writeFileSync(
    config,
    `[req]\ndistinguished_name = dn\nx509_extensions = own\n[dn]\n[own]\n${extensions.join('\n')}\n`,
  )
  const kind = made.key ?? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
  const files = ['-config', config, '-out', certificate, '-keyout', key, '-nodes']
  const args = ['req', '-x509', ...files, '-subj', made.subject ?? '/O=Example/CN=Example Root CA', ...kind]
  bench.run(bench.tool('openssl'), [...args, ...(made.more ?? ['-days', '3650'])])
  return { certificate, key }
}

type Defect = readonly [what: string, code: string, options: SelfSigned]

function defects(): readonly Defect[] {
  return [
    ['that is no CA', 'MESH-E418', { extensions: ['basicConstraints = critical, CA:FALSE', USAGE, ID] }],
    ['that may not sign', 'MESH-E419', { extensions: [BASIC, 'keyUsage = critical, cRLSign', ID] }],
    ['with a negative serial number', 'MESH-E421', { more: ['-days', '3650', '-set_serial', '-5'] }],
    ['with the serial number 0', 'MESH-E421', { more: ['-days', '3650', '-set_serial', '0'] }],
    ['signed with SHA-1', 'MESH-E422', { key: ['-newkey', 'rsa:3072'], more: ['-days', '3650', '-sha1'] }],
    ['signed with MD5', 'MESH-E422', { key: ['-newkey', 'rsa:3072'], more: ['-days', '3650', '-md5'] }],
    ['with RSA of 1024 bits', 'MESH-E423', { key: ['-newkey', 'rsa:1024'] }],
    ['with Ed25519', 'MESH-E423', { key: ['-newkey', 'ed25519'] }],
    [
      'with a path length of 0',
      'MESH-E426',
      { extensions: ['basicConstraints = critical, CA:TRUE, pathlen:0', USAGE, ID] },
    ],
    ['for clients only', 'MESH-E427', { extensions: [BASIC, USAGE, ID, 'extendedKeyUsage = clientAuth'] }],
    [
      'with name constraints',
      'MESH-E431',
      { extensions: [BASIC, USAGE, ID, 'nameConstraints = critical, permitted;URI:cluster.local'] },
    ],
    ['without a subject', 'MESH-E433', { subject: '/' }],
  ]
}

async function refused(bench: Workbench, code: string, options: SelfSigned): Promise<void> {
  const mesh = smallMesh(bench, 'foreign', '{ organization: Example }')
  const { certificate } = selfSigned(bench, mesh.keys, options)
  await mustRefuse('it', new RegExp(`error ${code}: [^]*\\n1 error(?!s)`), () =>
    meshwright(bench, mesh.mesh, importing(certificate)),
  )
}

async function otherKey(bench: Workbench): Promise<void> {
  const mesh = smallMesh(bench, 'foreign', '{ organization: Example }')
  const { certificate } = selfSigned(bench, mesh.keys, {})
  meshwright(bench, mesh.mesh, importing(certificate))
  const { key } = selfSigned(bench, bench.scratch('other'), {})
  await mustRefuse('it', /does not belong to O=Example, CN=Example Root CA/, () =>
    meshwright(bench, mesh.mesh, ['generate', '--root-key', key]),
  )
}
