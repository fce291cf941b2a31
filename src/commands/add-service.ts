import type { ExitCode } from '../diagnostics/failure.ts'
import { serviceItem } from '../intent/item.ts'
import type { Invocation } from '../invocation.ts'
import { add } from './add.ts'
import { consumersOf, serviceOf } from './given.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const consumers = consumersOf(invocation.texts('consumer'))
  const serviceAccounts = invocation.texts('service-account')
  const services = invocation.positionals.map(serviceOf).map((service) => ({
    ...service,
    ...(consumers.length > 0 && { consumers }),
    ...(serviceAccounts.length > 0 && { serviceAccounts }),
  }))
  const additions = services.map((service) => ({
    name: `${service.name}.${service.namespace}`,
    item: serviceItem(service),
  }))
  return add(invocation, 'services', additions, (mesh) => {
    for (const { key, host, serviceAccounts: accounts, consumers: callers } of mesh.services) {
      if (!additions.some(({ name }) => name === key)) continue
      const names = callers.map((c) =>
        c.namespaces === undefined ? c.cluster : `${c.cluster} (${c.namespaces.join(', ')})`,
      )
      invocation.say(
        `  ${host}, for ${names.join(', ') || 'nobody yet'}; answered as service account ${accounts.join(', ')}`,
      )
    }
    invocation.say('\nnext:\n  meshwright generate')
  })
}
