/** What the controller does with a sealed value: the reverse of seal(), written apart from it. */
import { constants, createDecipheriv, privateDecrypt, type KeyObject } from 'node:crypto'

export function openSealed(privateKey: KeyObject, ciphertext: string, label: string): Buffer {
  const sealed = Buffer.from(ciphertext, 'base64')
  const length = sealed.readUInt16BE(0)
  const sessionKey = privateDecrypt(
    {
      key: privateKey,
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: 'sha256',
      oaepLabel: Buffer.from(label),
    },
    sealed.subarray(2, 2 + length),
  )
  const body = sealed.subarray(2 + length)
  const decipher = createDecipheriv('aes-256-gcm', sessionKey, Buffer.alloc(12))
  decipher.setAuthTag(body.subarray(body.length - 16))
  return Buffer.concat([decipher.update(body.subarray(0, body.length - 16)), decipher.final()])
}
