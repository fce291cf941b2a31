import { resolve } from 'node:path'
import { exit, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { readPublicFile } from '../shell/public-file.ts'
import { takenCrl } from '../trust/revoke.ts'
import { crlSubject, lockedRoot, sayWhatFollows, writeCrl } from './crl-writing.ts'
import { workFolder } from './inputs.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const subject = await crlSubject(invocation)
  if (subject === undefined) return exit.invalid
  const [id = '', file = ''] = invocation.positionals
  const root = lockedRoot(subject, id)
  const text = await readPublicFile(resolve(workFolder(invocation), file))
  await writeCrl(invocation, subject, root, takenCrl(root, text, invocation.world.now()))
  sayWhatFollows(invocation, subject)
  return exit.done
}
