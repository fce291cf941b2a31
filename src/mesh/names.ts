/** Names that become hosts, files and labels. What does not fit is refused, never mended. */

/** RFC 1123 label as Kubernetes takes it: lower case, at most 63 characters. */
export function isDnsLabel(text: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)
}

/** Labels joined by dots, at most 253 characters (RFC 1123; RFC 1035 2.3.4 counts 255 with length bytes). */
export function isDnsName(text: string): boolean {
  return text.length <= HOST_LENGTH_MAX && text.split('.').every(isDnsLabel)
}

export const HOST_LENGTH_MAX = 253

/** Syntax of a Kubernetes label key: an optional DNS prefix and a name of at most 63 characters. */
export function isLabelKey(text: string): boolean {
  const slash = text.indexOf('/')
  if (slash >= 0 && !isDnsName(text.slice(0, slash))) return false
  return /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(text.slice(slash + 1))
}

export function isLabelValue(text: string): boolean {
  return text === '' || /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(text)
}

/** A relative path with forward slashes that stays below the folder it is relative to. */
export function isInnerPath(text: string): boolean {
  return (
    text !== '' && !/^\/|^[A-Za-z]:|[\\\0]/.test(text) && text.split('/').every((part) => part !== '..' && part !== '')
  )
}

/** A folder within a repository, made of names that mean the same to Git, Argo CD, Flux and a shell. */
export function isFolderPath(text: string): boolean {
  return text.split('/').every((part) => /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(part))
}

/** What git-check-ref-format takes below refs/heads/, without the brace, which begins a template in Argo CD. */
export function isBranchName(text: string): boolean {
  return (
    !/[\p{C}\p{Z}~^:?*[\\{]|\.\.|^[-@]|^refs\/|\.$/u.test(text) &&
    text.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'))
  )
}

/** Whether a query for `name` can be answered in `zone`; both in lower case, and both with a dot at the end or without. */
export function isWithin(name: string, zone: string): boolean {
  return zone === '.' || name === zone || name.endsWith(`.${zone}`)
}
