/** The candidate that was probably meant: at most two edits away (Levenshtein), and fewer than half of its letters. */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  let best: { candidate: string; edits: number } | undefined
  for (const candidate of candidates) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase())
    if (edits <= 2 && edits * 2 < candidate.length && edits < (best?.edits ?? Infinity)) best = { candidate, edits }
  }
  return best?.candidate
}

function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Infinity
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, left] of a.split('').entries()) {
    const row = [i + 1]
    for (const [j, right] of b.split('').entries()) {
      const replaced = (previous[j] ?? 0) + (left === right ? 0 : 1)
      row.push(Math.min(replaced, (previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1))
    }
    previous = row
  }
  return previous.at(-1) ?? Infinity
}
