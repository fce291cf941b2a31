import { describe, equal, is, match } from '../suite.ts'
import { sandbox } from './sandbox.ts'

describe('simulate', (test) => {
  test('three formats, and an exit code that tells whether something breaks', () => {
    const box = sandbox('several-providers')
    const text = box.meshwright('simulate', '--down', 'cluster-2')
    is(text.code, 0)
    match(text.out, /^mesh shop with cluster-2 down: of 9 callers, 2 break, 2 move, 5 stay as they are$/m)
    match(text.out, /^ {2}checkout\.web\.global from cluster-1: cluster-2 80%, cluster-3 20% -> cluster-3 100%$/m)
    is(box.meshwright('simulate', '--down', 'cluster-2', '--exit-code').code, 1)
    is(box.meshwright('simulate', '--down', 'cluster-2', '--service', 'ledger.books.global', '--exit-code').code, 0)
    const json = box.meshwright('simulate', '--down', 'cluster-2', '--down', 'cluster-3', '--format', 'json')
    const { down, breaks, callers, gone } = JSON.parse(json.out) as Record<string, unknown[]>
    equal([down, breaks, callers?.length, gone?.length], [['cluster-2', 'cluster-3'], true, 5, 2])
    match(box.meshwright('simulate', '--down', 'cluster-2', '--format', 'markdown').out, /^\| `mail\.web\.global` \|/m)
    box.done()
  })

  test('names that are not there', () => {
    const box = sandbox('several-providers')
    for (const [args, wanted] of [
      [[], /--down names no cluster/],
      [['--down', 'cluster-9'], /no cluster cluster-9[^]*did you mean/],
      [['--down', 'cluster-1', '--service', 'mail.wob'], /no host mail\.wob/],
    ] as const) {
      const { code, err } = box.meshwright('simulate', ...args)
      is(code, 2)
      match(err, wanted)
    }
    box.done()
  })
})
