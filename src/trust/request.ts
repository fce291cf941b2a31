/** Certificate signing requests (RFC 2986), for a root that lives elsewhere. */
import { encode, encoded, explicit, integer, objectIdentifier, sequence, setOf } from './der.ts'
import { crlTbs, intermediateName } from './profile.ts'
import { pemText } from './pem.ts'
import type { SigningKey } from './signer.ts'
import {
  certificationAuthority,
  keyIdentifier,
  keyUsage,
  keyUsageBit,
  sha1KeyIdentifier,
  signed,
  subjectAltName,
  subjectKeyIdentifier,
} from './x509.ts'
import type { SubjectAltName } from './task.ts'
import { DAY_MS } from './days.ts'

/** extensionRequest (RFC 2985, 5.4.2) */
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'

/** Longer than any intermediate: when the certificate ends, nobody asks for its CRL. */
const CRL_DAYS = 3650

export interface RequestFields {
  readonly mesh: string
  readonly organization: string
  readonly cluster: string
  /** From 1. */
  readonly generation: number
  readonly keyPair: SigningKey
  /** Absent: the subject is its only name. */
  readonly san?: SubjectAltName
  readonly now: Date
}

export interface Requested {
  /** PEM, with the profile of our own intermediates as requested extensions. */
  readonly request: string
  /** Empty CRLs of the new key, PEM: with a key identifier by SHA-256 (RFC 7093), and with one by SHA-1 (RFC 5280). */
  readonly crls: readonly string[]
}

export function requestIntermediate(fields: RequestFields): Requested {
  const { keyPair, now } = fields
  const { algorithm } = keyPair.signer
  const subject = intermediateName(fields.organization, fields.mesh, fields.cluster, fields.generation)
  const extensions = sequence(
    certificationAuthority(0),
    keyUsage(keyUsageBit.keyCertSign, keyUsageBit.cRLSign),
    subjectKeyIdentifier(keyIdentifier(keyPair.spki)),
    ...(fields.san === undefined ? [] : [subjectAltName(fields.san)]),
  )
  // attributes [0] IMPLICIT SET OF Attribute: of a single one, the tag stands for the SET.
  const attributes = explicit(0, sequence(objectIdentifier(EXTENSION_REQUEST), setOf(extensions)))
  const info = encode(sequence(integer(0), encoded(subject), encoded(keyPair.spki), attributes))
  const thisUpdate = new Date(Math.floor(now.getTime() / 1000) * 1000)
  const nextUpdate = new Date(thisUpdate.getTime() + CRL_DAYS * DAY_MS)
  const crls = [keyIdentifier(keyPair.spki), sha1KeyIdentifier(keyPair.spki)].map((issuerKeyIdentifier) => {
    const tbs = crlTbs({
      issuer: subject,
      issuerKeyIdentifier,
      algorithm,
      thisUpdate,
      nextUpdate,
      number: 1,
      revoked: [],
    })
    return pemText('X509 CRL', signed(tbs, keyPair.signer))
  })
  return { request: pemText('CERTIFICATE REQUEST', signed(info, keyPair.signer)), crls }
}
