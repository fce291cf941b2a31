import { is } from '../suite.ts'
import type { Checked } from '../../src/diagnostics/diagnostic.ts'
import { overlay } from '../../src/dns/providers/coredns.ts'

export const records = [
  { host: 'reviews.bookinfo.global', address: '240.16.93.201' },
  { host: 'ratings.bookinfo.global', address: '240.16.17.4' },
]

export const over = (text: string, hosts: readonly { host: string; address: string }[] = records, suffix = 'global') =>
  overlay({ corefile: { path: 'corefiles/east.Corefile', text }, mesh: 'shop', suffix, records: hosts })

export function value(checked: Checked<string>): string {
  if (!checked.ok) throw new Error(checked.diagnostics.map((d) => `${d.code} ${JSON.stringify(d.args)}`).join('\n'))
  return checked.value
}

/** Codes with the text that each points at. */
export const found = (source: string, checked: Checked<string> = over(source)) =>
  checked.diagnostics.map((d) => {
    is(d.span?.file, 'corefiles/east.Corefile')
    return [d.code, source.slice(d.span?.start, d.span?.end)]
  })

export const root = (rest: string) => `.:53 {\n    reload\n${rest}}\n`
