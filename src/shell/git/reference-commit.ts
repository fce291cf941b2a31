/**
 * The source commit, told in the forms in which other programs look for it: the trailers that Argo CD's source hydrator
 * passes on from a dry commit, and the `hydrator.metadata` file that GitOps Promoter reads
 * (argo-cd: docs/user-guide/source-hydrator.md, util/hydrator).
 */
import { redact } from './explain.ts'
import type { Git } from './git.ts'
import type { Person } from './identity.ts'

export const HYDRATOR_METADATA = 'hydrator.metadata'

export interface ReferenceCommit {
  readonly sha: string
  readonly author: Person
  /** RFC 3339. */
  readonly date: string
  readonly subject: string
  /** Without the subject; empty if there is no more. */
  readonly body: string
  /** Without credentials; absent where the repository has no address that others could use. */
  readonly repoUrl?: string
}

/** @param remote name or address of the remote that the repository belongs to */
export async function referenceCommit(git: Git, sha: string, remote: string): Promise<ReferenceCommit> {
  const shown = await git.text(['log', '-1', '--no-show-signature', '--format=%an%x00%ae%x00%aI%x00%s%x00%b', sha])
  const [name = '', email = '', date = '', subject = '', body = ''] = shown.split('\0')
  const repoUrl = publicUrl((await git.attempt(['remote', 'get-url', remote])).stdout.trim() || remote)
  const text = body.trim()
  return { sha, author: { name, email }, date, subject, body: text, ...(repoUrl !== undefined && { repoUrl }) }
}

/** An address as a URL without credentials; a path on this machine is nobody else's business. */
export function publicUrl(address: string): string | undefined {
  const [, host, path] = /^(?:[^@/:\s]+@)?([^@/:\s]+\.[^@/:\s]+):(?!\/\/)(\S+)$/.exec(address) ?? []
  const url = host === undefined || path === undefined ? address : `ssh://${host}/${path.replace(/^\/+/, '')}`
  return /^(?:https?|ssh|git):\/\/\S+$/i.test(url) ? redact(url) : undefined
}

/** `Argocd-reference-commit-*`, each on one line; the body is a JSON string. */
export function argocdTrailers({ sha, author, date, subject, body, repoUrl }: ReferenceCommit): string[] {
  const values: Readonly<Record<string, string | undefined>> = {
    author: mailbox(author),
    sha,
    subject,
    body: body === '' ? undefined : JSON.stringify(body),
    repourl: repoUrl,
    date,
  }
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [`Argocd-reference-commit-${key}: ${value}`],
  )
}

export function hydratorMetadata({ sha, author, date, subject, body, repoUrl }: ReferenceCommit): string {
  const fields = {
    ...(repoUrl !== undefined && { repoURL: repoUrl }),
    drySha: sha,
    author: mailbox(author),
    date,
    subject,
    ...(body !== '' && { body }),
  }
  return `${JSON.stringify(fields, null, 2)}\n`
}

/** RFC 5322: a name with anything but atoms in it is quoted. */
function mailbox({ name, email }: Person): string {
  const plain = /^[\w !#$%&'*+/=?^`{|}~\u0080-\uffff-]*$/.test(name)
  return `${plain ? name : `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}"`} <${email}>`
}
