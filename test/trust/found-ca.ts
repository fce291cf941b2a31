/** CAs as they are found in clusters: below intermediates, of istiod's own making, with odd files. */
import { randomBytes } from 'node:crypto'
import { fromSelfSigned } from '../../src/trust/adopt.ts'
import type { Cacerts } from '../../src/trust/bundle.ts'
import { pemText } from '../../src/trust/pem.ts'
import { serialNumber } from '../../src/trust/profile.ts'
import { signingKey } from '../../src/trust/signer.ts'
import {
  certificationAuthority,
  distinguishedName,
  keyIdentifier,
  keyUsage,
  keyUsageBit,
  signed,
  subjectKeyIdentifier,
  tbsCertificate,
} from '../../src/trust/x509.ts'
import { DAY_MS, keyPem, newKey, NOW, parsed, type Authority } from './authority.ts'

export interface CaOptions {
  readonly name: string
  /** Absent: it signs itself. */
  readonly issuer?: Authority
  readonly pathlen?: number
  readonly days?: number
  readonly now?: Date
}

/** A CA of somebody else. */
export function strangersCa({ name, issuer, pathlen, days = 900, now = NOW }: CaOptions): Authority {
  const privateKey = newKey()
  const keyPair = signingKey(privateKey)
  const subject = distinguishedName([['O', name]])
  const { signer } = issuer?.keyPair ?? keyPair
  const tbs = tbsCertificate({
    serial: serialNumber(randomBytes(16)),
    algorithm: signer.algorithm,
    issuer: issuer === undefined ? subject : parsed(issuer.certificate).subjectDer,
    subject,
    notBefore: new Date(now.getTime() - 10 * DAY_MS),
    notAfter: new Date(now.getTime() + days * DAY_MS),
    spki: keyPair.spki,
    extensions: [
      certificationAuthority(pathlen),
      keyUsage(keyUsageBit.keyCertSign, keyUsageBit.cRLSign),
      subjectKeyIdentifier(keyIdentifier(keyPair.spki)),
    ],
  })
  return { certificate: pemText('CERTIFICATE', signed(tbs, signer)), crl: '', privateKey, keyPair }
}

/** A Secret `cacerts` with these certificates above its own, the root last. */
export function foundCacerts(
  ca: Authority,
  above: readonly Authority[],
  texts: Partial<Record<string, string>> = {},
): Cacerts {
  const chain = [ca, ...above].map(({ certificate }) => certificate).join('')
  return {
    'ca-cert.pem': Buffer.from(texts['ca-cert.pem'] ?? ca.certificate),
    'ca-key.pem': keyPem(ca.privateKey),
    'cert-chain.pem': Buffer.from(texts['cert-chain.pem'] ?? chain),
    'root-cert.pem': Buffer.from(texts['root-cert.pem'] ?? above.at(-1)?.certificate ?? ca.certificate),
  }
}

/** What istiod makes for itself: every cluster's CA has the same name. */
export function istiodCa(now?: Date): { readonly authority: Authority; readonly items: Cacerts } {
  const authority = strangersCa({ name: 'cluster.local', days: 3000, ...(now && { now }) })
  return { authority, items: fromSelfSigned(Buffer.from(authority.certificate), keyPem(authority.privateKey)) }
}
