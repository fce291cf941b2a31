/** The last look before anything is written: nothing that goes to disk or Git may hold a private key in the clear. */
const MARKS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/AGE-SECRET-KEY-1/, 'an age identity'],
  // The same two in base64, as a Kubernetes Secret would have them, at the offset where a value begins.
  [/LS0tLS1CRUdJTi[A-Za-z0-9+/]*UFJJVkFURSBLRVk/, 'a private key in base64'],
  [/QUdFLVNFQ1JFVC1LRVktM/, 'an age identity in base64'],
]

export function privateKeyIn(text: string): string | undefined {
  return MARKS.find(([mark]) => mark.test(text))?.[1]
}
