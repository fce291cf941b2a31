/**
 * The suffix handed on to istiocoredns, the DNS server that Istio 1.6 and 1.7 bring and that answers from ServiceEntries.
 * The block is the one of their documentation, in the user's own Corefile in place of a whole one.
 */
import type { Checked } from '../../diagnostics/diagnostic.ts'
import type { Corefile } from '../corefile.ts'
import { overlayWith, type OverlayInput } from './coredns.ts'

/** @param server IPv4 address of the Service istiocoredns; without one there is no block */
export function stubOverlay(input: OverlayInput, server: string | undefined): Checked<string> {
  if (server === undefined) return overlayWith({ ...input, records: [] }, () => [])
  return overlayWith(input, ({ root, corefile }) => [
    ...root.bind,
    '    errors',
    '    cache 30',
    knowsForward(corefile) ? `    forward . ${server}:53` : `    proxy . ${server}`,
  ])
}

/** CoreDNS before 1.4.0 is told by its Corefile: what loads `proxy` is no later than 1.4, and 1.5.0 removed it. */
function knowsForward({ blocks }: Corefile): boolean {
  const names = new Set(blocks.flatMap(({ directives }) => directives.map(({ name }) => name)))
  return names.has('forward') || !names.has('proxy')
}
