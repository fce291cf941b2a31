/** Public keys of age (C2SP age.md), told by their form. The checksum is judged when something is encrypted to one. */
export function isRecipient(text: string): boolean {
  return /^age1[02-9ac-hj-np-z]{58}$/.test(text)
}
