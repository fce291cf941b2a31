/** Checks that follow each other on one cluster: each begins where the one before it ended. One cluster runs at a time. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { check, type Check } from '../check.ts'
import type { KubernetesObject } from '../manifests.ts'
import type { ToolName } from '../tools.ts'
import type { Workbench } from '../workbench.ts'

export interface Stage {
  /** What is on the cluster, for whoever looks for the reason of a failure. */
  readonly objects: () => Promise<readonly KubernetesObject[]>
  readonly stop: () => Promise<void>
}

/** The one whose cluster runs: a machine is busy enough with one of them. */
let endCurrent: (() => Promise<void>) | undefined

export class Scenario<T extends Stage> {
  readonly #needs: readonly ToolName[]
  readonly #start: (bench: Workbench) => Promise<T>
  #stage: Promise<T> | undefined
  #failed: string | undefined

  constructor(needs: readonly ToolName[], start: (bench: Workbench) => Promise<T>) {
    this.#needs = needs
    this.#start = start
  }

  step(name: string, run: (stage: T, bench: Workbench) => Promise<void>): Check {
    return check(name, this.#needs, async (bench) => {
      if (this.#failed !== undefined) {
        throw new Error(`not run, since the cluster is not as it should be after: ${this.#failed}`)
      }
      this.#failed = name
      if (endCurrent !== this.#end) await endCurrent?.()
      endCurrent = this.#end
      this.#stage ??= this.#start(bench)
      const stage = await this.#stage
      try {
        await run(stage, bench)
      } catch (error) {
        const file = join(bench.scratch('objects'), 'objects.json')
        // Whatever that says must not hide what was wrong before.
        const objects = await stage.objects().catch((again: unknown) => String(again))
        writeFileSync(file, JSON.stringify(objects, undefined, 2))
        throw error
      }
      this.#failed = undefined
    })
  }

  /** Ends all that was started, when there is anything. */
  readonly #end = async (): Promise<void> => {
    endCurrent = undefined
    const stage = this.#stage
    this.#stage = undefined
    // Of one that could not be started, its start has told why.
    await (await stage?.catch(() => undefined))?.stop()
  }
}

/** Ends the one that runs, when there is one. */
export async function endScenario(): Promise<void> {
  await endCurrent?.()
}
