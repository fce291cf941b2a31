/** The Secret `cacerts` as SOPS encrypts it: what it shows without any key. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { CACERTS_ITEMS } from '../lock/lock.ts'
import { isRecipient } from '../mesh/recipient.ts'
import { decodeBase64 } from '../trust/pem.ts'
import { ENCRYPTED_REGEX, inspectValue, SOPS_VERSION } from '../trust/seal/sops.ts'
import { fieldAt, fieldsOf, listOf, shown, textOf } from './fields.ts'
import type { FoundObject } from './objects.ts'
import { judgePublicItems } from './public-items.ts'
import type { ClusterOutput } from './read.ts'

const FIELDS = ['age', 'encrypted_regex', 'lastmodified', 'mac', 'mac_only_encrypted', 'version']

/** Hexadecimal SHA-512. */
const MAC_BYTES = 128

export function judgeSops(cluster: ClusterOutput, secret: FoundObject): Diagnostic[] {
  const { fields, at } = secret
  const data = fieldsOf(fieldAt(fields, 'data'))
  const wrong = [...faultsOfSecret(fields, data), ...faultsOfMetadata(fieldsOf(fieldAt(fields, 'sops')))]
  return [
    ...wrong.map(({ detail, place }) => diagnose('MESH-E480', { detail }, at(...place))),
    ...judgePublicItems(cluster, secret, ['data'], (item) => decodeBase64(textOf(data[item]))?.toString('latin1')),
  ]
}

interface Fault {
  readonly detail: string
  readonly place: readonly string[]
}

function* faultsOfSecret(fields: FoundObject['fields'], data: Readonly<Record<string, unknown>>): Generator<Fault> {
  const [found, wanted] = [Object.keys(data).sort().join(', '), CACERTS_ITEMS.join(', ')]
  if (found !== wanted) yield { detail: `its items are ${shown(found)}`, place: ['data'] }
  if (inspectValue(textOf(data['ca-key.pem'])) === undefined) {
    yield { detail: 'ca-key.pem is not encrypted', place: ['data', 'ca-key.pem'] }
  }
  // Of another type the Secret could not be replaced, and an immutable one never.
  if (fieldAt(fields, 'type') !== 'Opaque') yield { detail: 'its type is not Opaque', place: ['type'] }
  for (const field of ['immutable', 'stringData']) {
    if (fieldAt(fields, field) !== undefined) yield { detail: `it has ${field}`, place: [field] }
  }
}

function* faultsOfMetadata(sops: Readonly<Record<string, unknown>>): Generator<Fault> {
  const fault = (field: string, detail: string): Fault => ({ detail, place: ['sops', field] })
  const [found, wanted] = [Object.keys(sops).sort().join(', '), FIELDS.join(', ')]
  if (found !== wanted) yield { detail: `its fields of SOPS are ${shown(found)}`, place: ['sops'] }
  const recipients = listOf(sops['age'])
  const opens = recipients.filter(
    (entry) =>
      isRecipient(textOf(fieldAt(entry, 'recipient'))) &&
      /^-----BEGIN AGE ENCRYPTED FILE-----\n[A-Za-z0-9+/=\n]+-----END AGE ENCRYPTED FILE-----\n$/.test(
        textOf(fieldAt(entry, 'enc')),
      ),
  )
  if (recipients.length === 0 || opens.length < recipients.length) {
    yield fault('age', 'the data key is not encrypted for age recipients')
  }
  if (sops['encrypted_regex'] !== ENCRYPTED_REGEX || sops['mac_only_encrypted'] !== true) {
    yield fault('encrypted_regex', 'other values are encrypted than ca-key.pem, or the MAC is over all of them')
  }
  if (inspectValue(textOf(sops['mac']))?.bytes !== MAC_BYTES) yield fault('mac', 'there is no MAC')
  // SOPS 3.13 refuses a timestamp of YAML here, so it must have been read as a text.
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(textOf(sops['lastmodified']))) {
    yield fault('lastmodified', 'lastmodified is no text with a date')
  }
  if (sops['version'] !== SOPS_VERSION) yield fault('version', `its version is not ${SOPS_VERSION}`)
}
