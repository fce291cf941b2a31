import { exit, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { crlSubject, lockedRoot, sayWhatFollows, signCrl } from './crl-writing.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const subject = await crlSubject(invocation)
  if (subject === undefined) return exit.invalid
  const root = lockedRoot(subject, invocation.positionals[0] ?? subject.mesh.trust.root)
  await signCrl(invocation, subject, root)
  if (subject.mesh.trust.crl.enabled) sayWhatFollows(invocation, subject)
  return exit.done
}
