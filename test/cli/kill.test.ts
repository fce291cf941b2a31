import { describe, ok } from '../suite.ts'
import { killGenerate, killPublish } from './kill.ts'

/** Some of the points only; the conformance layer `git` has them all. */
const STEP = 16

describe('kill', (test) => {
  test('generate, killed at some points, leaves the old or the new, and the next run succeeds', async () => {
    ok((await killGenerate(STEP)) > 0)
  })

  test('publish, killed at some points, leaves the old or the new, and the next run succeeds', async () => {
    ok((await killPublish(STEP)) > 1)
  })
})
