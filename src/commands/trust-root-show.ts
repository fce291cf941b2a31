import { exit, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { keyTypeText } from '../trust/key-type.ts'
import { knownRoot, readRoots } from './roots.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const inputs = await readRoots(invocation)
  if (inputs === undefined) return exit.invalid
  const { locked, certificate, signed } = knownRoot(inputs, invocation.positionals[0])
  invocation.world.out(
    [
      `root         ${locked.id} (${locked.state})`,
      `subject      ${certificate.subject}`,
      `serial       ${certificate.serial}`,
      `fingerprint  ${certificate.fingerprint}`,
      `key          ${keyTypeText(certificate.publicKey)}`,
      `from         ${certificate.notBefore.toISOString()}`,
      `until        ${certificate.notAfter.toISOString()}`,
      ...(locked.crl === undefined ? ['crl          none: it was made elsewhere'] : []),
      `has signed   ${signed.join(', ') || 'nothing yet'}`,
      '',
      locked.certificate,
    ].join('\n'),
  )
  return exit.done
}
