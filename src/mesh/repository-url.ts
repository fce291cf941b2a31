/**
 * URLs of repositories that both engines take: Flux by the pattern of GitRepository.spec.url, Argo CD by its own reader
 * (util/git), and its AppProject, which reads them as patterns.
 */

export type RepositoryUrl =
  | { readonly kind: 'good'; readonly scheme: 'https' | 'ssh' | 'http'; readonly host: string }
  /** It holds what must not stand in Git; `what` does not say it. */
  | { readonly kind: 'secret'; readonly what: string }
  | { readonly kind: 'bad'; readonly problem: string; readonly suggestion?: string }

const WHOLE = /^(https|ssh|http):\/\/(?:([^/?#]*)@)?([^/?#]*)([^?#]*)(\?|#)?/
const SHORT = /^([A-Za-z0-9._-]+)@([A-Za-z0-9.-]+):\/*([^\s:?#]+)$/

export function readRepositoryUrl(text: string): RepositoryUrl {
  const [, user = '', server = '', path = ''] = SHORT.exec(text) ?? []
  if (user !== '') {
    return bad('it is the short form for ssh, which Flux does not take', `ssh://${user}@${server}/${path}`)
  }
  const [found, scheme, userinfo, authority = '', rest = '', more] = WHOLE.exec(text) ?? []
  if (found === undefined) return bad('it does not begin with https://, ssh:// or http://')
  if (userinfo !== undefined && scheme !== 'ssh') return { kind: 'secret', what: 'a user name or a token' }
  if (userinfo?.includes(':') === true) return { kind: 'secret', what: 'a password' }
  if (more === '?') return { kind: 'secret', what: 'a query, which is where tokens stand' }
  if (more === '#') return bad('it has a fragment')
  if (userinfo !== undefined && !/^[A-Za-z0-9._-]+$/.test(userinfo)) return bad('its user is not one')
  const [, host = ''] = /^([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::\d{1,5})?$/.exec(authority) ?? []
  if (host === '') return bad('its host is not one')
  if (!/^\/[A-Za-z0-9._~%+:@/-]+$/.test(rest))
    return bad('its path is missing, or has letters that must be percent-encoded')
  return { kind: 'good', scheme: scheme as 'https' | 'ssh' | 'http', host }
}

function bad(problem: string, suggestion?: string): RepositoryUrl {
  return { kind: 'bad', problem, ...(suggestion !== undefined && { suggestion }) }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || /^127(\.\d{1,3}){3}$/.test(host)
}
