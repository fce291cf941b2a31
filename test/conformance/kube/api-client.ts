/** Speaks with a Kubernetes API server as `kubectl apply --server-side --validate=strict` does, without kubectl. */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { at, nameOf, type KubernetesObject } from '../manifests.ts'

/** How the API server is reached; the token is of a user who may do everything. */
export interface Access {
  readonly port: number
  /** PEM. */
  readonly certificate: string
  readonly token: string
}

export type Reference = Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>

export interface ApplyOptions {
  readonly dryRun?: boolean
  /** Who owns the fields. */
  readonly manager?: string
  /** Takes fields over from other managers. */
  readonly force?: boolean
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

interface Resource {
  readonly name: string
  readonly kind: string
  readonly namespaced: boolean
}

const REQUEST_MS = 30_000

/** What the API server answers with when it refuses. */
export class Refused extends Error {
  readonly status: number
  constructor(what: string, status: number, message: string) {
    super(`${what}: ${status} ${message}`)
    this.status = status
  }
}

export class ApiClient {
  readonly #access: Access
  readonly #agent: Agent
  readonly #resources = new Map<string, readonly Resource[]>()

  constructor(access: Access) {
    this.#access = access
    this.#agent = new Agent({ keepAlive: true, ca: access.certificate })
  }

  /** Server-side apply with strict validation; gives what is stored then, or would be. */
  async apply(object: KubernetesObject, options: ApplyOptions = {}): Promise<KubernetesObject> {
    const { dryRun = false, manager = 'conformance', force = true } = options
    const query = new URLSearchParams({ fieldManager: manager, fieldValidation: 'Strict', force: String(force) })
    if (dryRun) query.set('dryRun', 'All')
    const path = `${await this.#path(object)}?${query.toString()}`
    const answer = await this.#send('PATCH', path, JSON.stringify(object), 'application/apply-patch+yaml')
    return accepted(nameOf(object), answer)
  }

  /** undefined where there is none, or no such kind. */
  async get(reference: Reference): Promise<KubernetesObject | undefined> {
    const answer = await this.#send('GET', await this.#path(reference))
    return answer.status === 404 ? undefined : accepted(nameOf(reference), answer)
  }

  async delete(reference: Reference): Promise<void> {
    const answer = await this.#send('DELETE', await this.#path(reference))
    if (answer.status !== 404) accepted(nameOf(reference), answer)
  }

  /** Every object of these kinds (apiVersion and kind), as far as they are known. */
  async listAll(kinds: readonly (readonly [string, string])[]): Promise<KubernetesObject[]> {
    const found: KubernetesObject[] = []
    for (const [apiVersion, kind] of kinds) {
      if (!(await this.knows(apiVersion, kind))) continue
      const answer = await this.#send('GET', `${group(apiVersion)}/${(await this.#resource(apiVersion, kind)).name}`)
      const { items } = accepted(kind, answer) as unknown as { readonly items: readonly KubernetesObject[] }
      found.push(...items.map((item) => ({ ...item, apiVersion, kind })))
    }
    return found
  }

  /** Whether objects of the kind can be stored at all. */
  async knows(apiVersion: string, kind: string): Promise<boolean> {
    const found = await this.#resourcesOf(apiVersion, true)
    return found.some((resource) => resource.kind === kind)
  }

  /** Status and text that a path answers with. */
  async raw(path: string): Promise<Answer> {
    return this.#send('GET', path)
  }

  close(): void {
    this.#agent.destroy()
  }

  async #path({ apiVersion, kind, metadata }: Reference): Promise<string> {
    const { name, namespaced } = await this.#resource(apiVersion, kind)
    const scope = namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : ''
    return `${group(apiVersion)}${scope}/${name}/${encodeURIComponent(metadata.name)}`
  }

  async #resource(apiVersion: string, kind: string): Promise<Resource> {
    const isIt = (resource: Resource): boolean => resource.kind === kind && !resource.name.includes('/')
    const known = (await this.#resourcesOf(apiVersion, false)).find(isIt)
    const found = known ?? (await this.#resourcesOf(apiVersion, true)).find(isIt)
    if (found === undefined) throw new Refused(kind, 404, `no matches for kind "${kind}" in version "${apiVersion}"`)
    return found
  }

  async #resourcesOf(apiVersion: string, again: boolean): Promise<readonly Resource[]> {
    const known = this.#resources.get(apiVersion)
    if (known !== undefined && !again) return known
    const { status, body } = await this.#send('GET', group(apiVersion))
    const found = status === 200 ? (body as { resources: readonly Resource[] }).resources : []
    this.#resources.set(apiVersion, found)
    return found
  }

  async #send(method: string, path: string, body = '', type = 'application/json'): Promise<Answer> {
    const headers = {
      authorization: `Bearer ${this.#access.token}`,
      accept: 'application/json',
      ...(body !== '' && { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
    }
    const options = { host: '127.0.0.1', port: this.#access.port, method, path, headers, agent: this.#agent }
    const sent = request({ ...options, timeout: REQUEST_MS })
    sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer after ${REQUEST_MS / 1000} s`)))
    sent.end(body)
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    const parts: Buffer[] = []
    for await (const part of response) parts.push(part as Buffer)
    return { status: response.statusCode ?? 0, body: decoded(Buffer.concat(parts)) }
  }
}

/** Where a group and version of the API begins. */
function group(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
}

function decoded(bytes: Buffer): unknown {
  const text = bytes.toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function accepted(what: string, { status, body }: Answer): KubernetesObject {
  if (status >= 200 && status < 300) return body as KubernetesObject
  throw new Refused(what, status, messageOf(body))
}

/** Of a `Status` (meta/v1), or what came in its place. */
function messageOf(body: unknown): string {
  const message = at(body, 'message')
  return typeof message === 'string' ? message : JSON.stringify(body)
}
