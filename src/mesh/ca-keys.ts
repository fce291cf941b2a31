/** How the CAs of a mesh are made. */

/** Kinds of keys for a CA: those that istiod takes and that every proxy can verify. */
export const KEY_TYPES = ['P-256', 'P-384', 'RSA-3072', 'RSA-4096'] as const
export type KeyType = (typeof KEY_TYPES)[number]

/** What a new intermediate is called beside its subject: nothing, the host of istiod as Istio's own tools have it, or the trust domain as SPIFFE has it. */
export type IntermediateSan = 'none' | 'istiod' | 'spiffe'
