/** Which of two versions of ours is the older one. */

/** False as well where one of them is not known, or is no version as https://semver.org has it. */
export function isOlderVersion(ours: string, theirs: string | undefined): boolean {
  const [a, b] = [parse(ours), parse(theirs ?? '')]
  if (a === undefined || b === undefined) return false
  for (const [i, number] of a.numbers.entries()) {
    const other = b.numbers[i] ?? 0
    if (number !== other) return number < other
  }
  // What comes before a release is older than the release; two such are not compared.
  return a.early && !b.early
}

function parse(version: string): { readonly numbers: readonly number[]; readonly early: boolean } | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/.exec(version)
  return match === null ? undefined : { numbers: match.slice(1, 4).map(Number), early: match[4] !== undefined }
}
