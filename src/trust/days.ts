/** Days, as validity is counted and told in them. */

export const DAY_MS = 86_400_000

/** `2027-11-25`, in UTC on every machine. */
export function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}

/** Whole days that are left; negative when the date has passed. */
export function daysUntil(date: Date, now: Date): number {
  return Math.floor((date.getTime() - now.getTime()) / DAY_MS)
}
