/** DER (ITU-T X.690) to read: strict, without recursion, for input that nobody has vouched for. */

export interface Element {
  /** The identifier octet: class, constructed bit and number. */
  readonly tag: number
  readonly content: Buffer
  /** Identifier, length and content as they stand. */
  readonly der: Buffer
}

/** Identifier octets of what certificates are made of. */
export const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** Input is not DER, or not of the expected shape. Caught where the input comes in. */
export class DerError extends Error {
  override readonly name = 'DerError'
}

/** Reads the element that fills `bytes` to the last octet. */
export function readElement(bytes: Buffer): Element {
  const element = firstElement(bytes)
  if (element.der.length !== bytes.length) throw new DerError('data after the end')
  return element
}

/** The elements inside of a constructed one, in their order. */
export function children(parent: Element): Element[] {
  if ((parent.tag & 0x20) === 0) throw new DerError('a primitive element has no parts')
  const found: Element[] = []
  for (let rest = parent.content; rest.length > 0;) {
    const element = firstElement(rest)
    found.push(element)
    rest = rest.subarray(element.der.length)
  }
  return found
}

function firstElement(bytes: Buffer): Element {
  const [identifier, first] = bytes
  if (identifier === undefined || first === undefined) throw new DerError('cut short')
  if ((identifier & 0x1f) === 0x1f) throw new DerError('a tag number above 30')
  let length = first
  let start = 2
  if (first >= 0x80) {
    const octets = first & 0x7f
    // 0x80 is BER's indefinite length; four octets already count more than any input that is read.
    if (octets === 0 || octets > 4) throw new DerError('a length that is not DER')
    if (bytes.length < 2 + octets) throw new DerError('cut short')
    length = bytes.readUIntBE(2, octets)
    start = 2 + octets
    if (length < 0x80 || length < 2 ** (8 * (octets - 1))) throw new DerError('a length that is not minimal')
  }
  const end = start + length
  if (end > bytes.length) throw new DerError('cut short')
  return { tag: identifier, content: bytes.subarray(start, end), der: bytes.subarray(0, end) }
}

/** Checks what an element is. */
export function expect(element: Element | undefined, expected: number): Element {
  if (element?.tag !== expected) throw new DerError('an element of another kind')
  return element
}

export function readBoolean(element: Element): boolean {
  const { content } = expect(element, tag.boolean)
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw new DerError('not a BOOLEAN')
  return content[0] === 0xff
}

/** A number of any size, negative ones too. */
export function readInteger(element: Element | undefined): bigint {
  const { content } = expect(element, tag.integer)
  const [first, second] = content
  if (first === undefined) throw new DerError('an empty INTEGER')
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    throw new DerError('an INTEGER that is not minimal')
  }
  return BigInt.asIntN(8 * content.length, BigInt(`0x${content.toString('hex')}`))
}

/** Dotted form. */
export function readObjectIdentifier(element: Element | undefined): string {
  const { content } = expect(element, tag.objectIdentifier)
  const arcs: bigint[] = []
  let arc = 0n
  let open = false
  for (const octet of content) {
    if (!open && octet === 0x80) throw new DerError('an OBJECT IDENTIFIER that is not minimal')
    arc = arc * 128n + BigInt(octet & 0x7f)
    open = octet >= 0x80
    if (open) continue
    arcs.push(arc)
    arc = 0n
  }
  const [first, ...others] = arcs
  if (open || first === undefined) throw new DerError('an OBJECT IDENTIFIER cut short')
  // The first number holds two arcs (X.690, 8.19.4); the second arc is below 40 unless the first is 2.
  const root = first < 80n ? first / 40n : 2n
  return [root, first - root * 40n, ...others].join('.')
}

/** The octets of a BIT STRING and the number of bits that do not count in the last one. */
export function readBitString(element: Element | undefined): { readonly bytes: Buffer; readonly unusedBits: number } {
  const { content } = expect(element, tag.bitString)
  const [unusedBits] = content
  if (unusedBits === undefined || unusedBits > 7 || (unusedBits > 0 && content.length === 1)) {
    throw new DerError('not a BIT STRING')
  }
  return { bytes: content.subarray(1), unusedBits }
}

/** UTCTime or GeneralizedTime in the forms of RFC 5280, 4.1.2.5: whole seconds, `Z`. */
export function readTime(element: Element | undefined): Date {
  const text = element?.content.toString('latin1') ?? ''
  const match = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text)
  const digits = element?.tag === tag.utcTime ? 2 : element?.tag === tag.generalizedTime ? 4 : 0
  const [, century = '', month = '', day = '', hour = '', minute = '', second = ''] = match ?? []
  if (century.length !== digits) throw new DerError('not a time')
  const year = digits === 4 ? century : `${Number(century) >= 50 ? 19 : 20}${century}`
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
  const date = new Date(iso)
  // 30 February parses as 2 March.
  if (Number.isNaN(date.getTime()) || date.toISOString() !== iso) throw new DerError('not a time')
  return date
}
