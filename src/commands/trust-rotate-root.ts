/** `trust rotate root`: one stage at a time, each a commit of its own. */
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import type { RootState } from '../mesh/trust.ts'
import { pendingOf, pendingText } from '../trust/pending.ts'
import { limitsOf, seeBundles } from '../trust/status.ts'
import { leavesEnd, nextRootId, rootStep, type RootStep } from '../trust/rotation.ts'
import { beginRotation, changeIntent, sayCommit, type Change, type Rotating } from './trust-edits.ts'
import { nextGenerations } from './trust-rotate-intermediate.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const rotating = await beginRotation(invocation)
  if (typeof rotating === 'number') return rotating
  const { mesh, lock } = rotating
  const [wanted] = invocation.positionals
  const open = rootStep(mesh, lock)
  const named = mesh.trust.roots.some(({ id }) => id === wanted)
  if (open.kind === 'unclear' ? !named : open.kind !== 'none' && wanted !== undefined && open.root !== wanted) {
    throw underWay(open)
  }
  const step = ['none', 'unclear'].includes(open.kind) ? rootStep(mesh, lock, wanted ?? nextRootId(mesh, lock)) : open
  for (const limit of limitsOf(mesh, step)) invocation.say(`note: ${limit}`)
  for (const { name } of mesh.clusters) {
    const pending = pendingOf(lock, { name })
    if (pending !== undefined) invocation.say(`note: ${pendingText(pending)}`)
  }
  switch (step.kind) {
    case 'unclear':
    case 'none':
      throw new Failure(`root ${wanted ?? mesh.trust.root} signs already, or is retired`, {
        exitCode: exit.invalid,
        hints: ['name a new one, or none for the next id'],
      })
    case 'make':
      throw new Failure(`root ${step.root} is named, and not made yet`, {
        exitCode: exit.found,
        hints: [`meshwright trust root create ${step.root}, then meshwright generate`],
      })
    case 'bundle':
      throw new Failure(`${step.clusters.join(', ')} do not have root ${step.root} in the lock yet`, {
        exitCode: exit.found,
        hints: ['meshwright generate'],
      })
    case 'trust':
      return trustBoth(invocation, rotating, step.root)
    case 'sign':
      return signWith(invocation, rotating, step)
    case 'retire':
      return dropOld(invocation, rotating, step)
  }
}

async function trustBoth(invocation: Invocation, rotating: Rotating, root: string): Promise<ExitCode> {
  refuseClusters(invocation, 1)
  const code = await changeIntent(invocation, rotating, {
    roots: [...states(rotating), { id: root, state: 'trusted' }],
  })
  if (code !== exit.done) return code
  invocation.say(`stage 1 of 3: every cluster trusts ${root} beside what it trusts today; nothing is signed anew`)
  invocation.say(`next: meshwright trust root create ${root}, then meshwright generate; no key is needed for that`)
  sayCommit(invocation, `Trust root ${root} beside ${rotating.mesh.trust.root} (stage 1 of 3)`)
  invocation.say('then publish, and wait until every cluster has it; meshwright trust status tells how to see that')
  return exit.done
}

async function signWith(
  invocation: Invocation,
  rotating: Rotating,
  { root, clusters, begun }: RootStep & { kind: 'sign' },
): Promise<ExitCode> {
  const { mesh, lock } = rotating
  if (!begun && !invocation.flag('bundles-seen')) {
    throw new Failure(`stage 2 signs with ${root}, and whether every cluster trusts it yet cannot be seen from here`, {
      exitCode: exit.found,
      hints: [
        ...seeBundles(mesh.clusters.map(({ name }) => name)),
        'when every cluster has both roots: --bundles-seen',
      ],
    })
  }
  const named = invocation.texts('cluster')
  const generations = nextGenerations(mesh, lock, named.length > 0 ? named : clusters)
  const done = [...generations.keys()].filter((name) => !clusters.includes(name))
  if (done.length > 0) {
    throw new Failure(`${done.join(', ')} ${done.length === 1 ? 'is' : 'are'} signed by ${root} already`, {
      exitCode: exit.invalid,
      hints: [`what is left: ${clusters.join(', ')}`],
    })
  }
  const roots = states(rotating).map(({ id, state }) => ({ id, state: nowSigning(root, id, state) }))
  const change: Change = root === mesh.trust.root ? { generations } : { roots, generations }
  const code = await changeIntent(invocation, rotating, change)
  if (code !== exit.done) return code
  const names = [...generations.keys()]
  const left = clusters.filter((name) => !names.includes(name))
  invocation.say(`stage 2 of 3: ${root} signs ${names.join(', ')}; the former roots stay trusted`)
  invocation.say(`next: meshwright generate --root-key FILE, with the key of root ${root}`)
  sayCommit(invocation, `Sign ${names.join(', ')} with root ${root} (stage 2 of 3)`)
  invocation.say(
    left.length > 0
      ? `then publish; ${left.join(', ')} follow with meshwright trust rotate root [--cluster NAME], at any time`
      : `then publish, and wait ${mesh.trust.workloadTtlHours} hours and more: meshwright trust status tells until when`,
  )
  return exit.done
}

async function dropOld(
  invocation: Invocation,
  rotating: Rotating,
  { old, since }: RootStep & { kind: 'retire' },
): Promise<ExitCode> {
  refuseClusters(invocation, 3)
  const { workloadTtlHours } = rotating.mesh.trust
  const until = leavesEnd(since, workloadTtlHours)
  if (invocation.world.now() < until && !invocation.flag('leaves-replaced')) {
    throw new Failure(`workloads may have certificates below ${old.join(', ')} until ${until.toISOString()}`, {
      exitCode: exit.found,
      hints: [
        `the last intermediate was issued at ${since.toISOString()}; a certificate from before lives ${workloadTtlHours} hours (trust.workloadTTL)`,
        'wait, longer where a cluster has synced later; when every workload was restarted since: --leaves-replaced',
      ],
    })
  }
  const roots = states(rotating).map(({ id, state }): { id: string; state: RootState } => {
    return { id, state: old.includes(id) ? 'retired' : state }
  })
  const code = await changeIntent(invocation, rotating, { roots })
  if (code !== exit.done) return code
  invocation.say(`stage 3 of 3: ${old.join(', ')} is trusted no more; nothing is signed anew`)
  invocation.say('next: meshwright generate; no key is needed for that')
  sayCommit(invocation, `Drop root ${old.join(', ')} (stage 3 of 3)`)
  invocation.say('then publish')
  return exit.done
}

function nowSigning(root: string, id: string, state: RootState): RootState {
  if (id === root) return 'active'
  return state === 'active' ? 'trusted' : state
}

function states({ mesh }: Rotating): { id: string; state: RootState }[] {
  return mesh.trust.roots.map(({ id, state }) => ({ id, state }))
}

function refuseClusters(invocation: Invocation, stage: number): void {
  if (invocation.texts('cluster').length === 0) return
  throw new Failure(`stage ${stage} is for all clusters at once`, {
    exitCode: exit.invalid,
    hints: ['--cluster is for stage 2, in which clusters change over one by one'],
  })
}

function underWay(step: RootStep): Failure {
  if (step.kind === 'unclear') {
    return new Failure(`whether root ${step.root} is to come or to go cannot be told`, {
      exitCode: exit.invalid,
      hints: [`name the one that is to sign in the end: ${step.root}, or ${step.active}`],
    })
  }
  return new Failure(`the rotation to root ${'root' in step ? step.root : ''} is under way`, {
    exitCode: exit.found,
    hints: ['one at a time: meshwright trust status tells where it stands'],
  })
}
