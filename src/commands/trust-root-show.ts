import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { problemText, readCertificate } from '../trust/read.ts'
import { places, readInputs } from './inputs.ts'
import { errorsOf, report, seenFrom } from './report.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const at = await places(invocation)
  const { checked, texts } = await readInputs(at)
  report(invocation, errorsOf(seenFrom(invocation, at.root, { diagnostics: checked.diagnostics, texts })))
  if (!checked.ok) return exit.invalid
  const { mesh, lock } = checked.value
  const id = invocation.positionals[0] ?? mesh.trust.root
  const locked = lock.roots.get(id)
  if (locked === undefined) {
    throw new Failure(`root ${id} is not in the lock`, {
      exitCode: exit.invalid,
      hints: [`make it: meshwright trust root create ${id}`],
    })
  }
  const reading = readCertificate(locked.certificate)
  if ('problem' in reading)
    throw new Failure(`root ${id} in the lock is ${problemText(reading.problem)}`, { exitCode: exit.invalid })
  const { certificate } = reading
  const signed = [...lock.clusters.values()]
    .filter((c) => c.root === id)
    .map((c) => `${c.name} g${c.generation}${c.removed ? ' (removed)' : ''}`)
  invocation.world.out(
    [
      `root         ${id} (${locked.state})`,
      `subject      ${certificate.subject}`,
      `serial       ${certificate.serial}`,
      `fingerprint  ${certificate.fingerprint}`,
      `key          ${keyText(certificate.publicKey)}`,
      `from         ${certificate.notBefore.toISOString()}`,
      `until        ${certificate.notAfter.toISOString()}`,
      `has signed   ${signed.sort().join(', ') || 'nothing yet'}`,
      '',
      locked.certificate,
    ].join('\n'),
  )
  return exit.done
}

function keyText(key: {
  readonly asymmetricKeyType?: string
  readonly asymmetricKeyDetails?: { readonly namedCurve?: string; readonly modulusLength?: number }
}): string {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {}
  return `${key.asymmetricKeyType} ${namedCurve ?? modulusLength ?? ''}`
}
