import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import type { LockedCluster, LockedRoot } from '../lock/lock.ts'
import { readCrl, REASONS } from '../trust/crl.ts'
import { day } from '../trust/days.ts'
import { isSignedBy, problemText, readCertificate, type Certificate } from '../trust/read.ts'
import { crlSubject, lockedRoot, sayWhatFollows, signCrl, type Subject } from './crl-writing.ts'

interface Target {
  readonly generation: number
  /** Id of the root that signed. */
  readonly root: string
  /** PEM */
  readonly certificate: string
}

export async function run(invocation: Invocation): Promise<ExitCode> {
  const subject = await crlSubject(invocation)
  if (subject === undefined) return exit.invalid
  const cluster = lockedCluster(subject, invocation.positionals[0] ?? '')
  const target = chosen(cluster, invocation.text('generation'))
  const what = `generation ${target.generation} of ${cluster.name}`
  const certificate = certificateOf(target, what)
  const root = lockedRoot(subject, target.root)
  refuseOtherSigner(certificate, root, what)
  if (certificate.notAfter <= invocation.world.now()) {
    throw new Failure(`${what} ended on ${day(certificate.notAfter)}: nobody trusts it any more`, {
      exitCode: exit.invalid,
    })
  }
  if (readCrl(root.crl)?.revoked.some(({ hex }) => hex === certificate.serial) === true) {
    invocation.say(`${what} is revoked already; nothing was written`)
    return exit.done
  }
  const why = invocation.oneOf('reason', ['key-compromise', 'cessation'])
  const reason = (why ?? (cluster.removed ? 'cessation' : 'key-compromise')) === 'cessation'
  const code = reason ? REASONS.cessationOfOperation : REASONS.keyCompromise
  await signCrl(invocation, subject, root, { serial: certificate.serial, reason: code })
  invocation.say(`revoked: ${what}, serial ${certificate.serial}`)
  const signs = !cluster.removed && target.generation === cluster.generation
  const renew = `give ${cluster.name} a new intermediate, trust.generation: ${cluster.generation + 1}; until then generate refuses to go on`
  sayWhatFollows(invocation, subject, signs ? [renew] : [])
  return exit.done
}

function lockedCluster({ lock }: Subject, name: string): LockedCluster {
  const cluster = lock.clusters.get(name)
  if (cluster !== undefined) return cluster
  const known = [...lock.clusters.keys()].sort().join(', ') || 'none'
  throw new Failure(`cluster ${name} is not in the lock`, {
    exitCode: exit.invalid,
    hints: [`clusters of the lock: ${known}`],
  })
}

/** Which one is meant is never guessed: the newest one may have been made to replace the one that is lost. */
function chosen(cluster: LockedCluster, said: string | undefined): Target {
  const { name, generation, root, certificate, former = [] } = cluster
  const all: readonly Target[] = [...former, { generation, root, certificate }]
  const found = said === undefined ? all : all.filter((target) => String(target.generation) === said)
  const [only, second] = found
  if (only !== undefined && second === undefined) return only
  const which = all.map((target) => target.generation).join(', ')
  throw new Failure(
    said === undefined
      ? `${name} has more than one intermediate that is still trusted: generations ${which}`
      : `the lock knows no generation ${said} of ${name}`,
    { exitCode: exit.invalid, hints: [`name one with --generation: ${which}`] },
  )
}

function certificateOf({ certificate }: Target, what: string): Certificate {
  const reading = readCertificate(certificate)
  if ('certificate' in reading) return reading.certificate
  throw new Failure(`${what} in the lock is ${problemText(reading.problem)}`, { exitCode: exit.invalid })
}

/** A CRL counts for what its own CA has signed: the serial in another one revokes nothing, or somebody else. */
function refuseOtherSigner(certificate: Certificate, root: LockedRoot, what: string): void {
  const replace = 'replace the root in all clusters: meshwright trust rotate root'
  const reading = readCertificate(root.certificate)
  if ('certificate' in reading && certificate.der.equals(reading.certificate.der)) {
    throw new Failure(`${what} signs with root ${root.id} itself, and no root can revoke itself`, {
      exitCode: exit.invalid,
      hints: [replace],
    })
  }
  if ('certificate' in reading && isSignedBy(certificate, reading.certificate)) return
  throw new Failure(`root ${root.id} did not sign ${what}: ${certificate.issuer} did, and only that CA can revoke it`, {
    exitCode: exit.invalid,
    hints: [`have whoever runs that CA revoke serial ${certificate.serial}; meshwright does not ship its CRL`, replace],
  })
}
