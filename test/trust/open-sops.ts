/** What SOPS does with a file, written apart from what encrypts it (getsops/sops: aes/cipher.go, sops.go). */
import { createDecipheriv, createHash } from 'node:crypto'
import { armor, Decrypter } from 'age-encryption'
import { parse } from 'yaml'

/** Every item of a Secret; throws for what does not open, or has another MAC. */
export async function openSops(text: string, identity: string): Promise<ReadonlyMap<string, Buffer>> {
  const { data, sops } = parse(text) as {
    data: Record<string, string>
    sops: { age: { enc: string }[]; mac: string; lastmodified: string }
  }
  const key = await dataKeyOf(sops.age, identity)
  const mac = createHash('sha512').update(createHash('sha256').update('sops').digest())
  const items = Object.entries(data).map(([name, value]): [string, Buffer] => {
    if (!value.startsWith('ENC[')) return [name, Buffer.from(value, 'base64')]
    const plain = open(value, key, `data:${name}:`)
    mac.update(plain)
    return [name, Buffer.from(plain.toString('latin1'), 'base64')]
  })
  const told = open(sops.mac, key, sops.lastmodified).toString('latin1')
  if (told !== mac.digest('hex').toUpperCase()) throw new Error('another MAC')
  return new Map(items)
}

async function dataKeyOf(entries: readonly { readonly enc: string }[], identity: string): Promise<Uint8Array> {
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  const opened = await Promise.allSettled(entries.map(({ enc }) => decrypter.decrypt(armor.decode(enc))))
  const found = opened.find((each) => each.status === 'fulfilled')
  if (found === undefined) throw new Error('no recipient')
  return found.value
}

function open(value: string, key: Uint8Array, aad: string): Buffer {
  const part = (name: string): Buffer => Buffer.from(new RegExp(`${name}:([^,\\]]*)`).exec(value)?.[1] ?? '', 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, part('iv'))
  decipher.setAAD(Buffer.from(aad))
  decipher.setAuthTag(part('tag'))
  return Buffer.concat([decipher.update(part('data')), decipher.final()])
}
