import type { Loose } from '../rendering.ts'
import { fields, list, type Fields, type Mutation, type World } from './mutation.ts'

/** Changes one AuthorizationPolicy. @param change gets the first rule too */
function policy(name: string, change: (policy: Loose, rule: Fields, world: World) => boolean | void): Mutation {
  return {
    name: `AuthorizationPolicy: ${name}`,
    apply: (world) => {
      const policies = world.rendering.all('AuthorizationPolicy')
      if (policies.length === 0) return false
      const picked = world.random.pick(policies)
      const [rule = {}] = list(picked.spec['rules'])
      return change(picked, rule, world) !== false
    },
  }
}

function principals(rule: Fields): string[] {
  return fields(list(rule['from'])[0]?.['source'])['principals'] as string[]
}

function renamed(from: RegExp, to: string): (_: Loose, rule: Fields) => boolean {
  return (_, rule) => {
    const before = principals(rule).join()
    principals(rule).splice(0, Infinity, ...principals(rule).map((principal) => principal.replace(from, to)))
    return principals(rule).join() !== before
  }
}

/** Those that shut out a caller, and those that let in somebody else. */
export const POLICIES: readonly Mutation[] = [
  policy('a caller less', (_, rule) => void principals(rule).pop()),
  policy('no caller', (_, rule) => void principals(rule).splice(0)),
  policy('no rule', ({ spec }) => void (spec['rules'] = [])),
  policy('everybody', ({ spec }) => void (spec['rules'] = [{}])),
  policy('other namespaces', renamed(/\/ns\/[^/]+/, '/ns/elsewhere')),
  policy('other accounts', renamed(/\/sa\/.*/, '/sa/somebody')),
  policy('all accounts', renamed(/\/sa\/[^*].*/, '/sa/*')),
  policy('another trust domain', renamed(/^[^/]+/, 'other.example')),
  policy('any trust domain', renamed(/^[^/]+/, '*')),
  policy('callers with their scheme', renamed(/^/, 'spiffe://')),
  policy('callers as namespaces', (_, rule) => void (rule['from'] = [{ source: { namespaces: ['elsewhere'] } }])),
  policy('other ports', (_, rule) => void (rule['to'] = [{ operation: { ports: ['1'] } }])),
  policy('the ports of the Service', ({ metadata }, rule, { mesh }) => {
    const service = mesh.services.find(({ key }) => metadata.name === `meshwright-${key.split('.')[0] ?? ''}`)
    rule['to'] = [{ operation: { ports: service?.ports.map(({ port }) => String(port)) ?? [] } }]
  }),
  policy('all ports', (_, rule) => {
    if (rule['to'] === undefined) return false
    return delete rule['to']
  }),
  policy('DENY', ({ spec }) => void (spec['action'] = 'DENY')),
  policy('no action', ({ spec }) => void delete spec['action']),
  policy('on trial', ({ metadata }) => void (metadata['annotations'] = { 'istio.io/dry-run': 'true' })),
  policy('of another revision', ({ metadata }) => void (metadata['labels'] = { 'istio.io/rev': 'next' })),
  policy('no selector', ({ spec }) => void delete spec['selector']),
  policy('another selector', ({ spec }) => void (spec['selector'] = { matchLabels: { app: 'nobody' } })),
  policy('in another namespace', ({ metadata }) => void (metadata.namespace = 'elsewhere')),
  policy('none at all', (object, _, { rendering }) => rendering.remove(object)),
  {
    name: 'PeerAuthentication: DISABLE',
    apply: ({ rendering, random }) => {
      const found = rendering.all('PeerAuthentication')
      if (found.length === 0) return false
      random.pick(found).spec['mtls'] = { mode: 'DISABLE' }
      return true
    },
  },
]
