/** What a set gained and lost, where one element stands for everything. */
export function changedSet(
  before: readonly string[],
  after: readonly string[],
  everything: string,
): { more: boolean; list: string }[] {
  if (before.includes(everything) && after.includes(everything)) return []
  if (after.includes(everything)) return [{ more: true, list: everything }]
  if (before.includes(everything)) return [{ more: false, list: `all but ${after.join(', ')}` }]
  const [more, less] = [after.filter((a) => !before.includes(a)), before.filter((b) => !after.includes(b))]
  return [
    ...(more.length > 0 ? [{ more: true, list: more.join(', ') }] : []),
    ...(less.length > 0 ? [{ more: false, list: less.join(', ') }] : []),
  ]
}
