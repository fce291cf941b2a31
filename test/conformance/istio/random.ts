/** Numbers that look random and are the same in every run: mulberry32 by Tommy Ettinger, public domain. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** At least 0, below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(from: readonly T[]): T {
    const found = from[this.between(0, from.length - 1)]
    if (found === undefined) throw new Error('there is nothing to pick from')
    return found
  }

  /** Some of them, in their order; @param least at least that many, as far as there are */
  some<T>(from: readonly T[], least = 0): T[] {
    const left = [...from]
    const wanted = this.between(Math.min(least, from.length), from.length)
    while (left.length > wanted) left.splice(this.between(0, left.length - 1), 1)
    return left
  }
}
