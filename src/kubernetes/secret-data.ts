/**
 * A Secret as `kubectl get secret -o json` or `-o yaml` prints it. Its private keys are taken out as octets before any of
 * it becomes a string, since a string cannot be wiped.
 */
import { parse } from 'yaml'

/** Items that are private keys: of `cacerts` and `istio-ca-secret`, of `kubernetes.io/tls`, and a further one of istiod. */
const KEY_ITEMS = ['ca-key.pem', 'tls.key', 'key.pem'] as const

export interface SecretData {
  /** `Opaque`, `kubernetes.io/tls`, `istio.io/ca-root`. */
  readonly type: string
  /** Decoded; those of keys are for the caller to wipe. */
  readonly items: ReadonlyMap<string, Buffer>
}

/** @param bytes wiped of its keys here, whatever comes of it; the rest is for the caller to wipe */
export function readSecretData(bytes: Buffer): SecretData | { readonly problem: string } {
  const keys = takeKeys(bytes)
  // A key that is anywhere else, in the clear or not, must not get into a string.
  if (holdsKey(bytes)) {
    bytes.fill(0)
    wipe(keys)
    return { problem: 'a private key where kubectl prints none: give the output of kubectl get secret -o json' }
  }
  const secret = secretOf(bytes.toString('utf8'))
  if ('problem' in secret) {
    wipe(keys)
    return secret
  }
  const items = new Map<string, Buffer>()
  for (const [name, text] of Object.entries(secret.data)) {
    const taken = keys.get(name)
    items.set(name, taken ?? Buffer.from(text, 'base64'))
  }
  return { type: secret.type, items }
}

function wipe(keys: ReadonlyMap<string, Buffer>): void {
  for (const key of keys.values()) key.fill(0)
}

function secretOf(
  text: string,
): { readonly type: string; readonly data: Record<string, string> } | { problem: string } {
  let value: unknown
  try {
    value = parse(text, { maxAliasCount: 0 })
  } catch {
    return { problem: 'neither JSON nor YAML' }
  }
  if (!isObject(value) || value['kind'] !== 'Secret') return { problem: 'no Secret' }
  const { data, type = 'Opaque' } = value
  if (!isObject(data) || typeof type !== 'string') return { problem: 'a Secret without data' }
  const entries = Object.entries(data)
  const isText = (entry: readonly [string, unknown]): entry is [string, string] =>
    typeof entry[1] === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(entry[1])
  if (!entries.every(isText)) return { problem: 'a Secret whose data is not base64' }
  return { type, data: Object.fromEntries(entries.filter(isText)) }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Takes every value of the key items, in `data` and in the annotation in which kubectl apply keeps a copy; `A`s stand in
 * their place.
 */
function takeKeys(bytes: Buffer): Map<string, Buffer> {
  const taken = new Map<string, Buffer>()
  for (const item of KEY_ITEMS) {
    for (let at = bytes.indexOf(item); at >= 0; at = bytes.indexOf(item, at + 1)) {
      // `ca-key.pem` has `key.pem` at its end.
      if (isNameOctet(bytes[at - 1])) continue
      let start = at + item.length
      while (start < bytes.length && isBetween(bytes[start])) start++
      let end = start
      while (end < bytes.length && base64Value(bytes[end]) !== undefined) end++
      const value = bytes.subarray(start, end)
      if (!taken.has(item) && value.length > 0) taken.set(item, decodeOctets(value))
      value.fill(0x41)
    }
  }
  return taken
}

function isNameOctet(octet: number | undefined): boolean {
  return octet !== undefined && (base64Value(octet) !== undefined || octet === 0x2d || octet === 0x2e || octet === 0x5f)
}

/** Quotes, backslashes, the colon and spaces. */
function isBetween(octet: number | undefined): boolean {
  return octet === 0x22 || octet === 0x27 || octet === 0x5c || octet === 0x3a || octet === 0x20
}

function decodeOctets(text: Uint8Array): Buffer {
  const plain = Buffer.alloc(Math.floor((text.length * 3) / 4))
  let [length, bits, sum] = [0, 0, 0]
  for (const octet of text) {
    sum = ((sum << 6) | (base64Value(octet) ?? 0)) & 0xffffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      plain[length++] = (sum >>> bits) & 0xff
    }
  }
  return plain.subarray(0, length)
}

/** Without padding, which ends a value. */
function base64Value(octet: number | undefined): number | undefined {
  if (octet === undefined) return undefined
  if (octet >= 0x41 && octet <= 0x5a) return octet - 0x41
  if (octet >= 0x61 && octet <= 0x7a) return octet - 0x61 + 26
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30 + 52
  return octet === 0x2b ? 62 : octet === 0x2f ? 63 : undefined
}

/** In the clear, or as the beginning of base64. */
function holdsKey(bytes: Buffer): boolean {
  const marks = ['PRIVATE KEY', 'LS0tLS1CRUdJTiBQUklWQVRF', 'LS0tLS1CRUdJTiBSU0Eg', 'LS0tLS1CRUdJTiBFQyB']
  return marks.some((mark) => bytes.includes(mark))
}
