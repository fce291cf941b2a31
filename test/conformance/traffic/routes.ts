/** Requests by header, weight, timeout and retry, as the routes of a host have it. */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { mustRefuse } from '../check.ts'
import { resolve, seenBy, type Direction } from './calls.ts'
import { httpGet, type HttpAnswer } from './http-client.ts'
import { applicationPod, hostOf } from './pods.ts'
import type { World } from './world.ts'

const SETTLE_S = 30
const TO_2: Direction = { from: 'cluster-1', to: 'cluster-2' }
const TO_1: Direction = { from: 'cluster-2', to: 'cluster-1' }
/** Each request takes its way by chance: 75 of 100 and four standard deviations. */
const CALLS = 400
const OFF_MAX = 0.09

/** Its pods are of version v2; of v9 there is none, so what is sent there is refused by the gateway. */
export async function routed(world: World): Promise<void> {
  await world.processes.until('a call of v2', SETTLE_S, async () => {
    seenBy(await send(TO_2, '/routed', { 'x-version': 'v2' }))
    return true
  })
  const { cluster, headers } = seenBy(await send(TO_2, '/routed', { 'x-version': 'v2' }))
  deepStrictEqual([cluster, headers['x-version']], ['cluster-2', 'v2'])
  seenBy(await send(TO_2, '/routed'))
  deepStrictEqual((await send(TO_2, '/routed', { 'x-version': 'v9' })).status, 503)
  await mustRefuse('an answer of nobody', /^503/, async () => seenBy(await send(TO_2, '/', { 'x-version': 'v9' })))

  let answered = 0
  for (let i = 0; i < CALLS; i++) {
    if ((await send(TO_2, '/routed', { 'x-share': 'some' })).status === 200) answered++
  }
  ok(Math.abs(answered / CALLS - 0.75) < OFF_MAX, `${answered} of ${CALLS} requests are answered, not three quarters`)
}

/** To svc-2: three tries of 300 ms each, 10 s in all. To svc-1: one try, of half a second. */
export async function limited(): Promise<void> {
  const tries = await timed(() => send(TO_2, '/slow/3000'))
  deepStrictEqual(tries.status, 504)
  ok(tries.ms >= 900 && tries.ms < 2900, `three tries of 300 ms took ${tries.ms} ms`)
  const all = await timed(() => send(TO_1, '/slow/3000'))
  deepStrictEqual(all.status, 504)
  ok(all.ms >= 490 && all.ms < 2900, `a request of half a second at most took ${all.ms} ms`)
  seenBy(await send(TO_1, '/quick'))
}

async function timed(run: () => Promise<HttpAnswer>): Promise<{ readonly status: number; readonly ms: number }> {
  const started = performance.now()
  const { status } = await run()
  return { status, ms: Math.round(performance.now() - started) }
}

async function send(
  direction: Direction,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer> {
  const host = `${hostOf(applicationPod(direction.to))}:8000`
  return httpGet({ host: await resolve(direction), port: 8000, path, headers: { ...headers, host } })
}
