/** What one publisher is to do. */
export interface Job {
  readonly clone: string
  readonly source: string
  /** What the source renders to. */
  readonly text: string
  /** All begin when this file is there. */
  readonly gate: string
  /** A planted fault: the guard is switched off. */
  readonly unguarded: boolean
}
