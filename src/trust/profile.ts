/**
 * The certificate profile: what a root, an intermediate and a CRL of ours look like.
 *
 * Both are critical CAs with critical keyCertSign and cRLSign and nothing more. There is no extended key usage: istiod
 * verifies its CA for serverAuth and refuses one that is limited to something else (istio:
 * security/pkg/pki/util/keycertbundle.go). Without cRLSign istiod refuses every `ca-crl.pem`.
 */
import { createHash } from 'node:crypto'
import { invariant } from '../diagnostics/failure.ts'
import type { SignatureAlgorithm } from './signer.ts'
import type { SubjectAltName } from './task.ts'
import {
  authorityKeyIdentifier,
  certificationAuthority,
  crlNumber,
  distinguishedName,
  keyIdentifier,
  keyUsage,
  keyUsageBit,
  subjectAltName,
  subjectKeyIdentifier,
  tbsCertificate,
  tbsRevocationList,
  type RevokedEntry,
} from './x509.ts'
import { DAY_MS } from './days.ts'

const HOUR_MS = 3_600_000

/** For clusters whose clock is behind ours. */
export const BACKDATED_MS: number = HOUR_MS
export const SERIAL_BYTES = 16
export const ROOT_VALIDITY_DAYS = 3650
/** A root signs a CRL at each of its ceremonies. */
export const ROOT_CRL_DAYS = 730

/** ub-common-name, ub-organization-name and ub-organizational-unit-name of RFC 5280, appendix A.1. */
const NAME_CHARACTERS_MAX = 64
const NAME_DIGEST_CHARACTERS = 16

/**
 * A text as it fits into a name. One of more than 64 characters keeps its first 47, followed by `~` and 16 hexadecimal
 * digits of its SHA-256: still readable, and as different from others as the whole. A `~` is in no cluster, mesh or root
 * name, so a cut name never equals a whole one.
 */
export function boundedName(text: string): string {
  // The bound counts characters, which are code points, not UTF-16 units.
  const characters = Array.from(text)
  if (characters.length <= NAME_CHARACTERS_MAX) return text
  const digest = createHash('sha256').update(text).digest('hex').slice(0, NAME_DIGEST_CHARACTERS)
  return `${characters.slice(0, NAME_CHARACTERS_MAX - NAME_DIGEST_CHARACTERS - 1).join('')}~${digest}`
}

/** `O=<organization>, CN=<mesh> root <id>`, DER. An attribute cannot be empty, so an empty organization is left out. */
export function rootName(organization: string, mesh: string, id: string): Buffer {
  return distinguishedName([...organizationOf(organization), ['CN', boundedName(`${mesh} root ${id}`)]])
}

/**
 * `O=<organization>, OU=<cluster>, CN=<mesh> <cluster> g<generation>`, DER. Each generation has its own name: CRLs are
 * looked up by the issuer's name, so two keys under one name would collide.
 */
export function intermediateName(organization: string, mesh: string, cluster: string, generation: number): Buffer {
  return distinguishedName([
    ...organizationOf(organization),
    ['OU', boundedName(cluster)],
    ['CN', boundedName(`${mesh} ${cluster} g${generation}`)],
  ])
}

function organizationOf(organization: string): (readonly ['O', string])[] {
  return organization === '' ? [] : [['O', boundedName(organization)]]
}

/** Positive and of full length whatever the octets: the top bit is cleared, the next one set. */
export function serialNumber(random: Uint8Array): Uint8Array {
  invariant(random.length === SERIAL_BYTES, `a serial number is made of ${SERIAL_BYTES} random octets`)
  const serial = Uint8Array.from(random)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  return serial
}

export interface Validity {
  readonly notBefore: Date
  readonly notAfter: Date
}

/** From an hour ago, for so many days from now, in whole seconds and never outside of `within`. */
export function validityFrom(now: Date, days: number, within?: Validity): Validity {
  const second = Math.floor(now.getTime() / 1000) * 1000
  const from = Math.max(second - BACKDATED_MS, within?.notBefore.getTime() ?? -Infinity)
  const to = Math.min(second + days * DAY_MS, within?.notAfter.getTime() ?? Infinity)
  return { notBefore: new Date(from), notAfter: new Date(to) }
}

export interface RootFields extends Validity {
  readonly subject: Uint8Array
  readonly spki: Uint8Array
  /** 16 random octets. */
  readonly serial: Uint8Array
  readonly algorithm: SignatureAlgorithm
}

/** The TBSCertificate of a self-signed root. */
export function rootTbs(fields: RootFields): Buffer {
  const id = keyIdentifier(fields.spki)
  return tbsCertificate({
    ...fields,
    serial: serialNumber(fields.serial),
    issuer: fields.subject,
    extensions: [
      certificationAuthority(),
      keyUsage(keyUsageBit.keyCertSign, keyUsageBit.cRLSign),
      subjectKeyIdentifier(id),
      authorityKeyIdentifier(id),
    ],
  })
}

export interface IntermediateFields extends RootFields {
  /** The root's subject, byte for byte. */
  readonly issuer: Uint8Array
  /** The root's key identifier. */
  readonly issuerKeyIdentifier: Uint8Array
  readonly san?: SubjectAltName
}

/** The TBSCertificate of an intermediate: it signs workload certificates, no further CA (pathlen 0). */
export function intermediateTbs(fields: IntermediateFields): Buffer {
  return tbsCertificate({
    ...fields,
    serial: serialNumber(fields.serial),
    extensions: [
      certificationAuthority(0),
      keyUsage(keyUsageBit.keyCertSign, keyUsageBit.cRLSign),
      subjectKeyIdentifier(keyIdentifier(fields.spki)),
      authorityKeyIdentifier(fields.issuerKeyIdentifier),
      ...(fields.san === undefined ? [] : [subjectAltName(fields.san)]),
    ],
  })
}

export interface CrlFields {
  readonly issuer: Uint8Array
  readonly issuerKeyIdentifier: Uint8Array
  readonly algorithm: SignatureAlgorithm
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  /** Grows with each CRL of the same issuer. */
  readonly number: number
  readonly revoked: readonly RevokedEntry[]
}

/** The TBSCertList of a CRL; `revoked` may be empty. */
export function crlTbs(fields: CrlFields): Buffer {
  return tbsRevocationList({
    ...fields,
    extensions: [authorityKeyIdentifier(fields.issuerKeyIdentifier), crlNumber(fields.number)],
  })
}
