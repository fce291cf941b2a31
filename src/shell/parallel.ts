/** Work for the thread pool: as much of it at once as there are processors, and told how far it is. */
import { availableParallelism } from 'node:os'

/** @param done how many of `total` are done: first none, and in the end, however it ends, all */
export type Progress = (done: number, total: number) => void

/** Threads of libuv's pool, unless UV_THREADPOOL_SIZE says otherwise. */
const POOL_THREADS = 4

/**
 * Each item with its result, in the order of the items. After a failure no further item is begun, and what runs is waited
 * for, so that it can wipe its keys.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  progress: Progress = () => undefined,
): Promise<(readonly [T, R])[]> {
  const results: (readonly [T, R])[] = []
  let [next, done, failed] = [0, 0, false]
  const worker = async (): Promise<void> => {
    for (let at = next++; !failed && at < items.length; at = next++) {
      const item = items[at] as T
      try {
        results[at] = [item, await work(item)]
      } catch (error) {
        failed = true
        throw error
      }
      done += 1
      if (done < items.length) progress(done, items.length)
    }
  }
  progress(0, items.length)
  const limit = Math.min(items.length, availableParallelism(), POOL_THREADS)
  const ended = await Promise.allSettled(Array.from({ length: limit }, worker))
  progress(items.length, items.length)
  for (const result of ended) if (result.status === 'rejected') throw result.reason
  return results
}
