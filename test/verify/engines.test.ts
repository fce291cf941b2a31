import { join } from 'node:path'
import { FIXTURES, PROJECT, readTree } from '../fixture.ts'
import { describe, equal } from '../suite.ts'
import { append, codesOf, edit, put, remove, type Files, type Mutation } from './mutation.ts'

const files: Files = new Map(
  [join(PROJECT, 'output'), join(FIXTURES, 'engines', 'expected')]
    .flatMap((folder) => [...readTree(folder)])
    .map(([path, bytes]) => [path, bytes.toString('utf8')]),
)
const argo = 'argocd/shop.yaml'
const flux = 'flux/cluster-1.yaml'

const mutations: readonly Mutation[] = [
  ['another policy for Applications', ['MESH-E790'], edit(argo, 'create-update', 'sync')],
  ['no policy', ['MESH-E790'], edit(argo, /.*applicationsSync.*\n/, '')],
  ['resources that are not kept', ['MESH-E790'], edit(argo, 'Deletion: true', 'Deletion: false')],
  [
    'a finalizer',
    ['MESH-E790'],
    edit(
      argo,
      'shop-{{.cluster}}\n',
      'shop-{{.cluster}}\n      finalizers: [resources-finalizer.argocd.argoproj.io]\n',
    ),
  ],
  ['a cluster that there is not', ['MESH-E791'], edit(argo, 'cluster: cluster-2', 'cluster: cluster-9')],
  ['retries that end', ['MESH-E792'], edit(argo, 'limit: -1', 'limit: 5')],
  ['retries as Argo CD has them by default', ['MESH-E792'], edit(argo, / +retry:\n( {10,}.*\n)+/, '')],
  ['retries of the broken commit', ['MESH-E792'], edit(argo, 'refresh: true', 'refresh: false')],
  [
    'a retry that goes past a broken seal',
    ['MESH-E792'],
    edit(argo, '- PruneLast=true', '- PruneLast=true\n          - ApplyOutOfSyncOnly=true'),
  ],
  ['a password', ['MESH-E703'], edit(argo, 'https://', 'https://robot:hunter2@')],
  ['a password for ssh', ['MESH-E703'], edit(flux, 'https://', 'ssh://git:hunter2@')],
  ['a Kustomization that takes along what it applied', ['MESH-E790'], edit(flux, / +deletionPolicy: Orphan\n/, '')],
  ['a folder that there is not', ['MESH-E791', 'MESH-E792'], edit(flux, 'cluster-1/gateway', 'cluster-1/gateways')],
  ['a cluster of somebody else', ['MESH-E791', 'MESH-E792'], edit(flux, 'cluster-1/gateway', 'cluster-9/gateway')],
  ['one that waits for another one', ['MESH-E792'], edit(flux, '- name: shop-gateway', '- name: shop-trust')],
  ['one that waits for none', ['MESH-E792'], edit(flux, / +dependsOn:\n.*\n/, '')],
  ['a seal that is not judged', ['MESH-E792'], edit(flux, / +healthCheckExprs:\n( {4,}.*\n)+/, '')],
  ['trust that is not waited for', ['MESH-E792'], edit(flux, /wait: true\n(?= +health)/, 'wait: false\n')],
  [
    'Flux that was bootstrapped into the folder',
    ['MESH-E792'],
    put(
      'flux/own.yaml',
      'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {path: ./clusters/cluster-2, deletionPolicy: Orphan}\n',
    ),
  ],
  ['a file of ours that is no YAML', ['MESH-E701'], append(flux, '---\n{\n')],
  ['a key in it', ['MESH-E703'], append(argo, `# AGE-SECRET-KEY-1${'Q'.repeat(58)}\n`)],
]

const sound: readonly (readonly [string, (files: Files) => Files])[] = [
  ['as it is rendered', (whole) => whole],
  ['without Argo CD', remove(argo)],
  ['without Flux', remove(flux)],
  ['a folder of an output beside the intent', edit(flux, /\.\/clusters/g, './output/clusters')],
  ['a file of somebody else that cannot be read', put('flux/own.yaml', '{\n')],
  [
    'Applications of somebody else',
    put('argocd/own.yaml', 'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: a}\nspec: {}\n'),
  ],
  ['a user name for ssh', edit(flux, 'https://', 'ssh://git@')],
]

describe('verify engines', (test) => {
  for (const [title, mutate] of sound) test(title, () => equal(codesOf(mutate(files)), []))
  for (const [title, codes, mutate] of mutations) test(title, () => equal(codesOf(mutate(files)), codes))
})
