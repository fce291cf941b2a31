/** Ways to change what was rendered, one at a time. Each says whether there was something to change. */
import { ADDITIONS } from './mutations/additions.ts'
import { BALANCING } from './mutations/balancing.ts'
import { ENDPOINTS } from './mutations/endpoints.ts'
import { ENTRIES } from './mutations/entries.ts'
import { GATEWAYS } from './mutations/gateways.ts'
import { POLICIES } from './mutations/policies.ts'
import { RULES } from './mutations/rules.ts'
import type { Mutation } from './mutations/mutation.ts'

export const MUTATIONS: readonly Mutation[] = [
  ...RULES,
  ...ENTRIES,
  ...ENDPOINTS,
  ...BALANCING,
  ...GATEWAYS,
  ...POLICIES,
  ...ADDITIONS,
]
