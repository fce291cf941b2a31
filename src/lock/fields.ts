/** Reads a parsed object field by field; what is missing, of another type or left over is a complaint. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

export class Fields {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #where: string
  readonly #read = new Set<string>()

  constructor(value: unknown, where: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new Malformed(`${where} is no object`)
    this.#values = value as Readonly<Record<string, unknown>>
    this.#where = where
  }

  text(key: string): string {
    const value = this.#take(key)
    if (typeof value !== 'string' || value === '') throw new Malformed(`${key} of ${this.#where} is no text`)
    return value
  }

  optionalText(key: string): string | undefined {
    return this.#values[key] === undefined ? undefined : this.text(key)
  }

  number(key: string): number {
    const value = this.#take(key)
    if (!Number.isSafeInteger(value) || Number(value) < 1)
      throw new Malformed(`${key} of ${this.#where} is no positive number`)
    return Number(value)
  }

  numbers(key: string): number[] {
    const value = this.#take(key)
    if (!Array.isArray(value) || !value.every(Number.isSafeInteger))
      throw new Malformed(`${key} of ${this.#where} is no list of numbers`)
    return value as number[]
  }

  texts(key: string): string[] {
    const value = this.#take(key)
    if (!Array.isArray(value) || value.length === 0 || !value.every((v) => typeof v === 'string' && v !== ''))
      throw new Malformed(`${key} of ${this.#where} is no list of texts`)
    return value as string[]
  }

  /** Texts by key; values may be empty, but there is one at least. */
  textMap(key: string): Record<string, string> {
    const value = this.#take(key)
    const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
    if (entries.length === 0 || !entries.every(([, v]) => typeof v === 'string'))
      throw new Malformed(`${key} of ${this.#where} is no map of texts`)
    return Object.fromEntries(entries as [string, string][])
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined
  }

  /** True only when the key is there and true; an absent key is false. */
  flag(key: string): boolean {
    const value = this.#take(key)
    if (value !== undefined && value !== true)
      throw new Malformed(`${key} of ${this.#where} is neither absent nor true`)
    return value === true
  }

  oneOf<T extends string>(key: string, allowed: readonly T[]): T {
    const value = this.text(key)
    const found = allowed.find((a) => a === value)
    if (found === undefined) throw new Malformed(`${key} of ${this.#where} is ${value}, not ${allowed.join(' or ')}`)
    return found
  }

  object(key: string): Fields {
    return new Fields(this.#take(key), key)
  }

  list(key: string): Fields[] {
    const value = this.#take(key)
    if (!Array.isArray(value)) throw new Malformed(`${key} of ${this.#where} is no list`)
    return value.map((item, i) => new Fields(item, `${key}[${i}]`))
  }

  /** Complains about every key that nobody has read. */
  end(): void {
    const left = Object.keys(this.#values).filter((key) => !this.#read.has(key))
    if (left.length > 0) throw new Malformed(`${this.#where} has unknown ${left.join(', ')}`)
  }

  #take(key: string): unknown {
    this.#read.add(key)
    return this.#values[key]
  }
}
