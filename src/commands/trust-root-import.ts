import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { diagnose, hasErrors, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import type { Lock } from '../lock/lock.ts'
import { codeOf } from '../shell/system-error.ts'
import { judgeForeignRoot } from '../trust/foreign-root.ts'
import { parsePem, pemText } from '../trust/pem.ts'
import { problemText, readCertificate, type Certificate } from '../trust/read.ts'
import { pathOption, shown } from './inputs.ts'
import { report } from './report.ts'
import { gathered, lockRoot, placeForRoot } from './root-place.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const file = pathOption(invocation, 'certificate')
  if (file === undefined) {
    const hints = ['meshwright trust root import ID --certificate FILE']
    throw new Failure('no certificate was named', { exitCode: exit.invalid, hints })
  }
  const inputs = await gathered(invocation)
  if (inputs === undefined) return exit.invalid
  const { mesh, lock, at } = inputs
  const id = invocation.positionals[0] ?? mesh.trust.root
  const { state } = placeForRoot(inputs, id)
  const text = await textOf(file, shown(invocation, file))
  const { root, diagnostics } = judged(text, shown(invocation, file), lock, invocation.world.now())
  // A file with a key in it is not shown.
  const texts = new Map(root === undefined ? [] : [[shown(invocation, file), text]])
  report(invocation, { diagnostics, texts })
  if (root === undefined || hasErrors(diagnostics)) return exit.invalid
  // Anew from its octets: one form, whatever stood around it.
  await lockRoot(at, mesh, lock, { id, state, certificate: pemText('CERTIFICATE', root.der) })
  invocation.say(`root ${id} is ${root.subject}: ${root.fingerprint}`)
  invocation.say('compare that fingerprint with what its owner says; its key stays where it is')
  invocation.say(
    `commit mesh.lock/roots/${id}.yaml, then: meshwright generate --root-key FILE (or - to pipe the key in)`,
  )
  return exit.done
}

function judged(
  text: string,
  file: string,
  lock: Lock,
  now: Date,
): { readonly root?: Certificate; readonly diagnostics: readonly Diagnostic[] } {
  const reading = readCertificate(text)
  if ('problem' in reading) {
    const span: Span = { file, start: 0, end: 0 }
    return { diagnostics: [diagnose('MESH-E416', { found: problemText(reading.problem) }, span)] }
  }
  const root = reading.certificate
  const start = parsePem(text)?.[0]?.start ?? 0
  const span: Span = { file, start, end: start + '-----BEGIN CERTIFICATE-----'.length }
  return { root, diagnostics: [...judgeForeignRoot(root, now, span), ...sameRoots(root, lock, span)] }
}

function sameRoots(root: Certificate, lock: Lock, span: Span): Diagnostic[] {
  return [...lock.roots.values()].flatMap(({ id, certificate }) => {
    const reading = readCertificate(certificate)
    if ('problem' in reading) return []
    const other = reading.certificate
    const same = other.spki.equals(root.spki) ? 'key' : other.subjectDer.equals(root.subjectDer) ? 'subject' : undefined
    return same === undefined ? [] : [diagnose('MESH-E434', { root: id, same }, span)]
  })
}

async function textOf(file: string, name: string): Promise<string> {
  try {
    return await readFile(file, 'latin1')
  } catch (error) {
    const reason = codeOf(error) === 'ENOENT' ? 'no such file' : codeOf(error)
    throw new Failure(`cannot read ${name === '' ? basename(file) : name}: ${reason}`)
  }
}
