/**
 * A Kubernetes API server as far as an unmodified istiod needs one: LIST, WATCH, GET, POST, PUT, PATCH and DELETE of the
 * kinds of ObjectStore, TokenReview and SubjectAccessReview. It believes every token and allows everything.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { at, type KubernetesObject } from '../manifests.ts'
import { idOf, type ObjectStore, type StoredObject } from './object-store.ts'
import { selected, type Test } from './selectors.ts'

/** A request to the resources of one kind. */
interface Call {
  readonly method: string
  /** `group/resource` */
  readonly key: string
  readonly kind: string
  readonly apiVersion: string
  /** Empty for all namespaces, and for what has none. */
  readonly namespace: string
  readonly name: string | undefined
  readonly subresource: string | undefined
  readonly query: URLSearchParams
  /** Only the metadata is wanted. */
  readonly partial: boolean
}

interface Answer {
  readonly code: number
  readonly body: unknown
}

const PATH =
  /^\/(?:api|apis\/(?<group>[^/]+))\/(?<version>[^/]+)(?:\/namespaces\/(?<namespace>[^/]+)(?=\/[^/]+))?\/(?<resource>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<subresource>[^/]+))?$/

/** Serves a store on 127.0.0.1. */
export async function serveApi(store: ObjectStore, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    respond(store, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)))
    })
  })
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return server
}

async function respond(store: ObjectStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const body = await text(request)
  if (url.pathname === '/version')
    return send(response, { code: 200, body: { major: '1', minor: '34', gitVersion: 'v1.34.0' } })
  const review = reviewed(url.pathname, body)
  if (review !== undefined) return send(response, { code: 201, body: review })
  const call = callOf(store, request, url)
  if (call === undefined) return send(response, failure(404, 'NotFound', url.pathname))
  if (call.method === 'GET' && call.name === undefined) return listOrWatch(store, call, response)
  return send(response, one(store, call, body))
}

function callOf(store: ObjectStore, request: IncomingMessage, url: URL): Call | undefined {
  const {
    group = '',
    version = '',
    namespace = '',
    resource = '',
    name,
    subresource,
  } = PATH.exec(url.pathname)?.groups ?? {}
  const key = `${group}/${resource}`
  const kind = store.kindOf(key)
  if (kind === undefined) return undefined
  return {
    method: request.method ?? 'GET',
    key,
    kind,
    apiVersion: group === '' ? version : `${group}/${version}`,
    namespace,
    name,
    subresource,
    query: url.searchParams,
    partial: (request.headers.accept ?? '').includes('as=PartialObjectMetadata'),
  }
}

function listOrWatch(store: ObjectStore, call: Call, response: ServerResponse): void {
  const { key, namespace, query } = call
  const wanted = selected(query)
  const match: Test = (object) => (namespace === '' || object.metadata.namespace === namespace) && wanted(object)
  if (/^(true|1)$/.test(query.get('watch') ?? '')) return watch(store, call, match, response)
  const items = store
    .list(key)
    .filter(match)
    .map((object) => view(call, object))
  const type = call.partial
    ? { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' }
    : { kind: `${call.kind}List`, apiVersion: call.apiVersion }
  send(response, { code: 200, body: { ...type, metadata: { resourceVersion: String(store.revision) }, items } })
}

/** Sends what has changed since the list that the client has, then every change. */
function watch(store: ObjectStore, call: Call, match: Test, response: ServerResponse): void {
  const { key, query } = call
  if (query.has('sendInitialEvents'))
    return send(response, failure(422, 'Invalid', 'sendInitialEvents is not supported'))
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  const tell = (type: string, object: StoredObject): void => {
    if (match(object)) response.write(`${JSON.stringify({ type, object: view(call, object) })}\n`)
  }
  const since = query.get('resourceVersion') ?? ''
  if (since !== '') {
    for (const object of store.list(key)) {
      if (Number(object.metadata.resourceVersion) > Number(since)) tell('ADDED', object)
    }
  }
  response.on('close', store.watch(key, tell))
}

function one(store: ObjectStore, call: Call, body: string): Answer {
  const { method, key, kind, apiVersion, namespace, name, subresource } = call
  const read = (): KubernetesObject => {
    const object = JSON.parse(body) as KubernetesObject
    const metadata = { ...object.metadata, ...(namespace !== '' && { namespace }) }
    return { ...object, apiVersion, kind, metadata }
  }
  if (method === 'POST') {
    const object = read()
    if (name !== undefined) return { code: 201, body: object }
    const taken = store.get(key, idOf(object)) !== undefined
    return taken ? failure(409, 'AlreadyExists', idOf(object)) : { code: 201, body: view(call, store.put(object)) }
  }
  const current = store.get(key, `${namespace}/${name}`)
  if (current === undefined) return failure(404, 'NotFound', `${kind} ${namespace}/${name}`)
  if (method === 'PUT') {
    const object = read()
    const next = subresource === 'status' ? { ...current, status: object['status'] } : object
    return { code: 200, body: view(call, store.put(next)) }
  }
  if (method === 'DELETE') store.remove(current)
  // A PATCH is answered, and changes nothing: istiod only writes status and CA bundles by it.
  else if (method !== 'GET' && method !== 'PATCH') return failure(405, 'MethodNotAllowed', method)
  return { code: 200, body: view(call, current) }
}

/** The answer to a TokenReview or SubjectAccessReview; undefined for anything else. */
function reviewed(path: string, body: string): unknown {
  if (/\/\w+accessreviews$/.test(path)) return { ...(JSON.parse(body) as object), status: { allowed: true } }
  if (!path.endsWith('/tokenreviews')) return undefined
  const review = JSON.parse(body) as { readonly spec: { readonly token: string; readonly audiences?: string[] } }
  const payload = Buffer.from(review.spec.token.split('.')[1] ?? '', 'base64url').toString('utf8')
  const claims = JSON.parse(payload) as { readonly sub: string }
  const namespace = claims.sub.split(':')[2] ?? ''
  const pod = at(claims, 'kubernetes.io', 'pod', 'name')
  const user = {
    username: claims.sub,
    uid: claims.sub,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    ...(pod !== undefined && { extra: { 'authentication.kubernetes.io/pod-name': [pod] } }),
  }
  return { ...review, status: { authenticated: true, audiences: review.spec.audiences, user } }
}

function view({ partial, apiVersion, kind }: Call, object: StoredObject): unknown {
  if (partial) return { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata: object.metadata }
  return { ...object, apiVersion, kind }
}

function failure(code: number, reason: string, message: string): Answer {
  return { code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message } }
}

function send(response: ServerResponse, { code, body }: Answer): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
