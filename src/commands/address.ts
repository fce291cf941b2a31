import { assignAddresses } from '../addresses/assign.ts'
import { hasErrors } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { parseIpv4 } from '../mesh/cidr.ts'
import { workTreeSources } from '../shell/sources.ts'
import { gather } from '../shell/workspace.ts'
import { places, report } from './report.ts'

/** `svc-2.bar.global 240.23.4.5 locked`: what the lock has, or what the next generate would give. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const { root, meshFile } = places(invocation)
  const { checked, texts } = await gather(workTreeSources(root), meshFile)
  report(
    invocation,
    checked.diagnostics.filter((d) => d.severity === 'error'),
    texts,
  )
  if (!checked.ok) return exit.invalid
  const { mesh, lock } = checked.value
  const { addresses, diagnostics } = assignAddresses(mesh, lock)
  if (hasErrors(diagnostics)) {
    report(invocation, diagnostics, texts)
    return exit.invalid
  }
  const rows = [
    ...[...addresses].map(([key, address]) => ({ key, address, state: lock.hosts.has(key) ? 'locked' : 'new' })),
    ...[...lock.hosts]
      .filter(([key]) => !addresses.has(key))
      .map(([key, { address }]) => ({ key, address, state: 'removed' })),
  ]
  const asked = (invocation.positionals[0] ?? '').toLowerCase().replace(/\.$/, '')
  const byAddress = parseIpv4(asked) !== undefined
  const row = rows.find(({ key, address }) =>
    byAddress ? address === asked : asked === key || asked === `${key}.${mesh.hostSuffix}`,
  )
  if (row === undefined) {
    throw new Failure(byAddress ? `no host has ${asked}` : `there is no host ${asked}`, {
      exitCode: exit.found,
      hints: [byAddress ? `the pool is ${mesh.pool.cidr.text}` : `hosts are <service>.<namespace>.${mesh.hostSuffix}`],
    })
  }
  invocation.world.out(`${row.key}.${mesh.hostSuffix} ${row.address} ${row.state}\n`)
  return exit.done
}
