/** Longer than any name, and than what anybody reads. */
const TEXT_MAX = 300

/** On one line, and nothing in it drives a terminal or turns the direction of writing: names may be anybody's. */
export function printable(text: string, max: number = TEXT_MAX): string {
  const line = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '·')
  return line.length > max ? `${line.slice(0, max)}…` : line
}
