/**
 * What Argo CD and Flux are given to pick the folders up. Judged are objects that lead to a cluster's folder, by whoever
 * they were written; the engines' own rules are those of ApplicationSet (Argo CD) and Kustomization (Flux).
 */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { ownerOf } from '../tree/ownership.ts'
import { documentReader } from './documents.ts'
import { fieldAt, listOf, shown, textOf } from './fields.ts'
import { objectsOf, ofKind, titleOf, type FoundObject } from './objects.ts'
import { isYaml } from './read.ts'

/** In the order in which they must arrive. */
const FOLDERS = ['trust', 'gateway', 'services', 'dns']

/** @param carriers kind of the object that brings `cacerts`, by cluster */
export function judgeEngines(
  files: ReadonlyMap<string, string>,
  clusters: readonly string[],
  carriers: ReadonlyMap<string, string>,
): Diagnostic[] {
  const read = documentReader()
  return [...files].flatMap(([path, text]) => {
    if (!/^(argocd|flux)\//.test(path) || !isYaml(path)) return []
    const { documents, diagnostics } = read(path, text)
    const objects = documents.flatMap((document) => objectsOf(document).objects)
    const found = [
      ...ofKind(objects, 'argoproj.io', 'ApplicationSet').flatMap((set) => judgeSet(set, clusters, carriers)),
      ...judgeKustomizations(ofKind(objects, 'kustomize.toolkit.fluxcd.io', 'Kustomization'), clusters, carriers),
    ]
    if (CREDENTIALS.test(text)) {
      found.push(diagnose('MESH-E703', { what: 'a password in a URL' }, { file: path, start: 0, end: 0 }))
    }
    // Others' files need not be YAML that can be read.
    const isOurs = ownerOf(text, '', path).kind !== 'foreign'
    return isOurs ? [...diagnostics, ...found] : found
  })
}

const CREDENTIALS = /\bhttps?:\/\/[^\s/@]*@|\bssh:\/\/[^\s/@:]*:[^\s/@]*@/

/** `clusters/<cluster>`, or a folder in it, at the end of a path of the repository; undefined where it leads elsewhere. */
function within(path: string): { readonly cluster: string; readonly folder: string } | undefined {
  const [, cluster, folder = ''] = /(?:^|\/)clusters\/([^/]+)(?:\/([^/]+))?\/?$/.exec(path) ?? []
  return cluster === undefined ? undefined : { cluster, folder }
}

function judgeSet(set: FoundObject, clusters: readonly string[], carriers: ReadonlyMap<string, string>): Diagnostic[] {
  const { fields, at } = set
  const object = titleOf(set)
  const template = fieldAt(fields, 'spec', 'template')
  const path = textOf(fieldAt(template, 'spec', 'source', 'path'))
  if (within(path) === undefined) return []
  const found: Diagnostic[] = []
  const deletes = (detail: string, ...place: string[]): number =>
    found.push(diagnose('MESH-E790', { object, detail }, at('spec', ...place)))
  const policy = textOf(fieldAt(fields, 'spec', 'syncPolicy', 'applicationsSync'))
  if (!['create-update', 'create-only'].includes(policy)) {
    deletes(`applicationsSync is ${shown(policy)}, which ends Applications`, 'syncPolicy', 'applicationsSync')
  }
  if (fieldAt(fields, 'spec', 'syncPolicy', 'preserveResourcesOnDeletion') !== true) {
    deletes('preserveResourcesOnDeletion is not true', 'syncPolicy', 'preserveResourcesOnDeletion')
  }
  if (listOf(fieldAt(template, 'metadata', 'finalizers')).length > 0) {
    deletes('its Applications have finalizers', 'template', 'metadata', 'finalizers')
  }
  const waits = (detail: string, field: string): number =>
    found.push(diagnose('MESH-E792', { object, detail }, at('spec', 'template', 'spec', 'syncPolicy', field)))
  const sync = fieldAt(template, 'spec', 'syncPolicy')
  if (listOf(fieldAt(sync, 'syncOptions')).includes('ApplyOutOfSyncOnly=true')) {
    waits('with ApplyOutOfSyncOnly a retry goes past a broken seal', 'syncOptions')
  }
  const retry = fieldAt(sync, 'retry')
  if (!(Number(fieldAt(retry, 'limit')) < 0) || fieldAt(retry, 'refresh') !== true) {
    waits('its retries end, or stay at a commit that is mended', 'retry')
  }
  for (const [i, element] of elementsOf(fields).entries()) {
    const cluster = textOf(fieldAt(element, 'cluster'))
    const place = at('spec', 'generators', 0, 'list', 'elements', i)
    if (carriers.get(cluster) === 'Secret') {
      const detail = `Argo CD cannot decrypt the cacerts of ${cluster}`
      found.push(diagnose('MESH-E792', { object, detail }, place))
    }
    if (clusters.includes(cluster)) continue
    found.push(diagnose('MESH-E791', { object, path: `clusters/${shown(cluster)}` }, place))
  }
  return found
}

/** Of a list that names the clusters itself; other generators find them elsewhere. */
function elementsOf(fields: FoundObject['fields']): readonly unknown[] {
  const [first] = listOf(fieldAt(fields, 'spec', 'generators'))
  return listOf(fieldAt(first, 'list', 'elements'))
}

function judgeKustomizations(
  all: readonly FoundObject[],
  clusters: readonly string[],
  carriers: ReadonlyMap<string, string>,
): Diagnostic[] {
  const led = all.flatMap((object) => {
    const to = within(textOf(fieldAt(object.fields, 'spec', 'path')))
    return to === undefined ? [] : [{ ...to, object, title: titleOf(object) }]
  })
  return led.flatMap(({ cluster, folder, object, title }) => {
    const { fields, at } = object
    const place = at('spec', 'path')
    if (!clusters.includes(cluster) || (folder !== '' && !FOLDERS.includes(folder))) {
      return [diagnose('MESH-E791', { object: title, path: shown(fieldAt(fields, 'spec', 'path')) }, place)]
    }
    const found: Diagnostic[] = []
    const waits = (detail: string, ...where: string[]): number =>
      found.push(diagnose('MESH-E792', { object: title, detail }, at('spec', ...where)))
    if (folder === '') waits('it applies all folders of the cluster at once', 'path')
    if (fieldAt(fields, 'spec', 'deletionPolicy') !== 'Orphan') {
      const detail = 'deletionPolicy is not Orphan'
      found.push(diagnose('MESH-E790', { object: title, detail }, at('spec', 'deletionPolicy')))
    }
    const former = FOLDERS[FOLDERS.indexOf(folder) - 1]
    const before = led.find((other) => other.cluster === cluster && other.folder === former)
    const names = listOf(fieldAt(fields, 'spec', 'dependsOn')).map((each) => textOf(fieldAt(each, 'name')))
    if (former !== undefined && (before === undefined || !names.includes(before.object.name))) {
      waits(`it does not depend on the Kustomization of ${former}`, 'dependsOn')
    }
    const fault = folder === 'trust' ? sealFault(fields, carriers.get(cluster)) : undefined
    if (fault !== undefined) waits(fault.detail, fault.place)
    return found
  })
}

/** Whether Flux waits for `cacerts`: a SealedSecret has no condition `Ready`, and what SOPS has encrypted Flux decrypts itself. */
function sealFault(
  fields: FoundObject['fields'],
  carrier: string | undefined,
): { readonly detail: string; readonly place: string } | undefined {
  if (carrier === 'Secret') {
    const decryption = fieldAt(fields, 'spec', 'decryption')
    const names = textOf(fieldAt(decryption, 'secretRef', 'name'))
    if (fieldAt(decryption, 'provider') === 'sops' && names !== '') return undefined
    return { detail: 'it applies what SOPS has encrypted as it is', place: 'decryption' }
  }
  const waits = fieldAt(fields, 'spec', 'wait') === true
  const expressions = listOf(fieldAt(fields, 'spec', 'healthCheckExprs'))
  const judged = carrier === 'ExternalSecret' || expressions.some((each) => fieldAt(each, 'kind') === 'SealedSecret')
  return waits && judged ? undefined : { detail: 'it goes on before the seal is opened', place: 'healthCheckExprs' }
}
