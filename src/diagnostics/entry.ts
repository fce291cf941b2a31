/** How much a diagnostic matters: with an error nothing is written. */
export type Severity = 'error' | 'warning'

/**
 * One entry of the catalogue. Codes are stable and never used again for something else: `MESH-E…` is an error,
 * `MESH-W…` a warning. Messages start in lower case, have no full stop and say what was found; `help` says what to do.
 */
export interface Entry<Args> {
  readonly title: string
  readonly message: (args: Args) => string
  readonly help?: (args: Args) => string
  /**
   * Whole sentences for `explain` and the reference, where title and help leave open why it matters or how to get out
   * of it; the same for every occurrence.
   */
  readonly explanation?: string
}

/** A page of the catalogue: for each code the arguments that its message is made of. */
export type Entries<ArgsByCode> = { readonly [C in keyof ArgsByCode]: Entry<ArgsByCode[C]> }
