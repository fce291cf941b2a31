import { assignAddresses } from '../addresses/assign.ts'
import { hasErrors, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { parseIpv4 } from '../mesh/cidr.ts'
import { places, readInputs } from './inputs.ts'
import { errorsOf, report, seenFrom } from './report.ts'

/** `svc-2.bar.global 240.23.4.5 locked`: what the lock has, or what the next generate would give. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const at = await places(invocation)
  const { checked, texts } = await readInputs(at)
  const tell = (diagnostics: readonly Diagnostic[]): void =>
    report(invocation, errorsOf(seenFrom(invocation, at.root, { diagnostics, texts })))
  tell(checked.diagnostics)
  if (!checked.ok) return exit.invalid
  const { mesh, lock } = checked.value
  const { addresses, diagnostics } = assignAddresses(mesh, lock)
  if (hasErrors(diagnostics)) {
    tell(diagnostics)
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
