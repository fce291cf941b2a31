import { availableParallelism } from 'node:os'
import { setImmediate as turn } from 'node:timers/promises'
import { inParallel } from '../../src/shell/parallel.ts'
import { describe, equal, is, ok, rejected } from '../suite.ts'

const items = Array.from({ length: 20 }, (_, i) => i)

describe('parallel', (test) => {
  test('results are in the order of their items, however long each takes', async () => {
    const results = await inParallel(items, async (item) => {
      for (let i = 0; i < (item * 7) % 5; i += 1) await turn()
      return item * 2
    })
    equal(
      results,
      items.map((item) => [item, item * 2]),
    )
    equal(await inParallel([], async () => turn()), [])
  })

  test('no more at once than there are processors', async () => {
    let [running, most] = [0, 0]
    await inParallel(items, async () => {
      running += 1
      most = Math.max(most, running)
      await turn()
      running -= 1
    })
    is(most, Math.min(availableParallelism(), 4))
  })

  test('progress counts from none to all', async () => {
    const told: string[] = []
    await inParallel(
      [1, 2, 3],
      async () => turn(),
      (done, total) => void told.push(`${done}/${total}`),
    )
    equal(told, ['0/3', '1/3', '2/3', '3/3'])
  })

  test('after a failure nothing is begun, and what runs is waited for', async () => {
    let [begun, ended] = [0, 0]
    const told: number[] = []
    const work = async (item: number): Promise<void> => {
      begun += 1
      await turn()
      if (item === 0) throw new Error('no entropy')
      await turn()
      ended += 1
    }
    const error = await rejected(inParallel(items, work, (done) => void told.push(done)))
    is(error.message, 'no entropy')
    is(begun, Math.min(availableParallelism(), 4))
    is(ended, begun - 1)
    ok(told.at(-1) === items.length, 'whoever shows progress knows that it is over')
  })
})
