/** What is said between the checks and the process in the network namespace. */

/** The name of a scenario, or CLOSE to end everything. */
export interface Order {
  readonly name: string
}

export interface Report {
  /** Why it failed. */
  readonly failure?: string
}

export const CLOSE = 'close'
