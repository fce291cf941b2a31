/** Parts scaled to whole percent that add up to 100, by largest remainders; the earlier one wins a tie. */
export function toPercent(parts: readonly number[]): number[] {
  const sum = parts.reduce((total, part) => total + part, 0)
  const shares = parts.map((part, index) => {
    const whole = Math.floor((part * 100) / sum)
    return { index, whole, rest: part * 100 - whole * sum }
  })
  const left = 100 - shares.reduce((total, { whole }) => total + whole, 0)
  const byRest = [...shares].sort((a, b) => b.rest - a.rest || a.index - b.index)
  const luckiest = new Set(byRest.slice(0, left))
  return shares.map((share) => share.whole + (luckiest.has(share) ? 1 : 0))
}
