/**
 * SealedSecrets of Bitnami's controller (sealed-secrets: pkg/crypto/crypto.go).
 *
 * A sealed value is, in base64: the length of the RSA ciphertext (uint16, big-endian), the session key under RSA-OAEP
 * (SHA-256, MGF1 with SHA-256, the scope as label), and the plain text under AES-256-GCM with that key, a nonce of zeros
 * and the tag at the end. The nonce can be fixed because a session key is used once.
 */
import { constants, createCipheriv, publicEncrypt, type KeyObject } from 'node:crypto'
import { diagnose, hasErrors, type Checked, type Diagnostic, type Span } from '../../diagnostics/diagnostic.ts'
import { invariant } from '../../diagnostics/failure.ts'
import { labels, protectedAnnotations, type Manifest } from '../../kubernetes/manifest.ts'
import { sealedItems, type Scope, type SealedSecretsBundle } from '../../lock/lock.ts'
import { decodeBase64, parsePem } from '../pem.ts'
import { day, daysUntil } from '../days.ts'
import { problemText, readCertificate, type Certificate } from '../read.ts'

export const SESSION_KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const LENGTH_BYTES = 2

const RSA_BITS_MIN = 2048
/** A sealing certificate that ends sooner is reported; the controller makes a new key every 30 days. */
const ENDS_SOON_DAYS = 90

/** The public half of a controller's key pair. */
export interface SealingCertificate {
  readonly publicKey: KeyObject
  readonly modulusBytes: number
  /** `sha256:<hex>` of the certificate's DER. */
  readonly fingerprint: string
  readonly notAfter: Date
}

/**
 * Reads the certificate that a cluster's controller seals with. Refuses what kubeseal would take by accident: it seals
 * for the first of two certificates without a word.
 */
export function readSealingCertificate(
  file: { readonly path: string; readonly text: string },
  now: Date,
): Checked<SealingCertificate> {
  const reading = readCertificate(file.text)
  const span = spanOf(file)
  if ('problem' in reading) {
    const several = diagnose('MESH-E402', { file: file.path }, span)
    const unreadable = diagnose('MESH-E401', { file: file.path, found: problemText(reading.problem) }, span)
    return { ok: false, diagnostics: [reading.problem === 'several' ? several : unreadable] }
  }
  const { certificate } = reading
  const diagnostics = [...judge(file.path, certificate, now, span)]
  if (hasErrors(diagnostics)) return { ok: false, diagnostics }
  const { publicKey, fingerprint, notAfter } = certificate
  const modulusBytes = Math.ceil((publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8)
  return { ok: true, value: { publicKey, modulusBytes, fingerprint, notAfter }, diagnostics }
}

function* judge(file: string, certificate: Certificate, now: Date, span: Span): Generator<Diagnostic> {
  const { publicKey, notBefore, notAfter } = certificate
  const type = publicKey.asymmetricKeyType ?? 'unknown'
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0
  if (type !== 'rsa') yield diagnose('MESH-E403', { file, type }, span)
  else if (bits < RSA_BITS_MIN) yield diagnose('MESH-E404', { file, bits, bitsMin: RSA_BITS_MIN }, span)
  const days = daysUntil(notAfter, now)
  if (now >= notAfter) yield diagnose('MESH-E405', { file, notAfter: day(notAfter) }, span)
  else if (now < notBefore) yield diagnose('MESH-E406', { file, notBefore: day(notBefore) }, span)
  else if (days < ENDS_SOON_DAYS) yield diagnose('MESH-W407', { file, notAfter: day(notAfter), days }, span)
}

/** The block that is at fault: the second one when there are two, else the first, else the start of the file. */
function spanOf(file: { readonly path: string; readonly text: string }): Span {
  const blocks = parsePem(file.text) ?? []
  const { start, end } = blocks[1] ?? blocks[0] ?? { start: 0, end: Math.max(file.text.indexOf('\n'), 0) }
  return { file: file.path, start, end }
}

/** The OAEP label, by scope. The name of the item within the Secret is never bound by it. */
export function labelOf(scope: Scope, namespace: string, name: string): string {
  return { strict: `${namespace}/${name}`, 'namespace-wide': namespace, 'cluster-wide': '' }[scope]
}

/** The annotation by which the controller knows a wider scope; it reads that of the SealedSecret itself. */
export function scopeAnnotation(scope: Exclude<Scope, 'strict'>): string {
  return `sealedsecrets.bitnami.com/${scope}`
}

/** In the template: the Secret is not owned by its SealedSecret, and stays when that is deleted. */
const SKIP_OWNER = 'sealedsecrets.bitnami.com/skip-set-owner-references'

/**
 * Seals one value.
 *
 * @param sessionKey 32 random octets, zeroed here: with its fixed nonce a second use would give both plain texts away
 * @returns base64 on one line
 */
export function seal(
  certificate: SealingCertificate,
  plain: Uint8Array,
  label: string,
  sessionKey: Uint8Array,
): string {
  invariant(sessionKey.length === SESSION_KEY_BYTES && sessionKey.some((octet) => octet !== 0), 'a fresh session key')
  try {
    const wrapped = publicEncrypt(
      {
        key: certificate.publicKey,
        padding: constants.RSA_PKCS1_OAEP_PADDING,
        oaepHash: 'sha256',
        oaepLabel: Buffer.from(label),
      },
      sessionKey,
    )
    const cipher = createCipheriv('aes-256-gcm', sessionKey, Buffer.alloc(NONCE_BYTES), { authTagLength: TAG_BYTES })
    const body = [cipher.update(plain), cipher.final(), cipher.getAuthTag()]
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeUInt16BE(wrapped.length)
    return Buffer.concat([length, wrapped, ...body]).toString('base64')
  } finally {
    sessionKey.fill(0)
  }
}

export type SealedShape =
  | {
      /** Size of the RSA key that it is sealed for. */
      readonly modulusBytes: number
      readonly plainBytes: number
    }
  | { readonly problem: string }

/** What a sealed value shows without any key: enough to find one that was cut, mixed up or typed by hand. */
export function inspectSealed(ciphertext: string): SealedShape {
  const bytes = decodeBase64(ciphertext)
  if (!bytes) return { problem: 'is not base64 on one line' }
  if (bytes.length < LENGTH_BYTES) return { problem: 'is too short' }
  const modulusBytes = bytes.readUInt16BE(0)
  if (modulusBytes < RSA_BITS_MIN / 8)
    return { problem: `begins with ${modulusBytes}, which is no length of an RSA key` }
  const plainBytes = bytes.length - LENGTH_BYTES - modulusBytes - TAG_BYTES
  if (plainBytes < 0) return { problem: 'is cut short' }
  return { modulusBytes, plainBytes }
}

/**
 * The SealedSecret of a cluster. All items are sealed, the public ones too: `kubeseal --re-encrypt` drops what
 * stands in `template.data`, and a `cacerts` with the key alone stops istiod at its next start.
 *
 * It is protected from pruning: the Secret goes with it, and istiod without `cacerts` signs with a CA of its own.
 * `immutable` is never set, since the controller could not update such a Secret.
 */
export function sealedSecretManifest(input: {
  readonly mesh: string
  readonly sealed: SealedSecretsBundle
  /** Whether the Secret outlives its SealedSecret. */
  readonly keepSecret: boolean
}): Manifest {
  const { namespace, name, items, scope } = input.sealed
  const kept = input.keepSecret && { annotations: { [SKIP_OWNER]: 'true' } }
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: {
      name,
      namespace,
      labels: labels(input.mesh, 'trust'),
      annotations: {
        ...protectedAnnotations('trust'),
        // The kind may be installed by another Application of the same moment.
        'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false,SkipDryRunOnMissingResource=true',
        ...(scope !== 'strict' && { [scopeAnnotation(scope)]: 'true' }),
      },
    },
    spec: {
      encryptedData: Object.fromEntries(sealedItems(items).map(([item, { ciphertext }]) => [item, ciphertext])),
      template: { type: 'Opaque', metadata: { name, namespace, ...kept } },
    },
  }
}
