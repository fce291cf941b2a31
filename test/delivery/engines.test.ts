/** What the engines are given, by values; the whole files are in fixtures/engines/expected. */
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { argoCdFile } from '../../src/delivery/argocd.ts'
import { fluxFile } from '../../src/delivery/flux.ts'
import type { Mesh } from '../../src/mesh/mesh.ts'
import { FIXTURES, PROJECT, readTree } from '../fixture.ts'
import { meshOf } from '../mesh/mesh-of.ts'
import { describe, equal, is, match, ok } from '../suite.ts'

type Fields = Readonly<Record<string, unknown>>

function objects(text: string | undefined): Fields[] {
  return parseAllDocuments(text ?? '', { version: '1.1' }).map((document) => document.toJS() as Fields)
}

function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Readonly<Record<string | number, unknown>> | undefined)?.[key],
    value,
  )
}

function fluxOf(mesh: Mesh, name: string): Fields[] {
  return objects(mesh.clusters.filter((c) => c.name === name).map((c) => fluxFile(mesh, c))[0])
}

const URL = 'repoURL: https://git.example.com/shop.git'

describe('engines', (test) => {
  test('none is asked for, none is given; a repository alone asks for nothing', () => {
    for (const top of ['', `delivery: { ${URL} }\n`, 'delivery: { engines: [], flux: { interval: "?" } }\n']) {
      const mesh = meshOf('', top)
      is(argoCdFile(mesh), undefined)
      for (const cluster of mesh.clusters) is(fluxFile(mesh, cluster), undefined)
    }
  })

  test('each cluster has the engines of the mesh unless it says its own', () => {
    const clusters = `  - { name: a, delivery: { engines: [flux] }, gateway: { addresses: [192.0.2.1] } }
  - { name: b, delivery: { name: "arn:aws:eks:eu-west-1:1:cluster/b" }, gateway: { addresses: [192.0.2.2] } }
  - { name: c, delivery: { engines: [] }, gateway: { addresses: [192.0.2.3] } }
`
    const mesh = meshOf('', `delivery: { ${URL}, engines: [argocd] }\n`, clusters)
    const [project, set] = objects(argoCdFile(mesh))
    const destination = 'arn:aws:eks:eu-west-1:1:cluster/b'
    equal(at(project, 'spec', 'destinations'), [{ name: destination, namespace: '*' }])
    equal(at(set, 'spec', 'generators'), [{ list: { elements: [{ cluster: 'b', destination }] } }])
    is(fluxOf(mesh, 'a').length, 5)
    equal([fluxOf(mesh, 'b'), fluxOf(mesh, 'c')], [[], []])
  })

  test('an output beside the intent is read from its folder of its branch', () => {
    const mesh = meshOf('', `delivery: { ${URL}, branch: main, path: mesh/output/, engines: [argocd, flux] }\n`)
    const [, set] = objects(argoCdFile(mesh))
    equal(at(set, 'spec', 'template', 'spec', 'source'), {
      repoURL: 'https://git.example.com/shop.git',
      targetRevision: 'refs/heads/main',
      path: 'mesh/output/clusters/{{.cluster}}',
    })
    const [repository, ...kustomizations] = fluxOf(mesh, 'a')
    equal(at(repository, 'spec', 'ref'), { branch: 'main' })
    equal(at(repository, 'spec', 'sparseCheckout'), ['mesh/output/clusters/a'])
    equal(
      kustomizations.map((k) => at(k, 'spec', 'path')),
      ['trust', 'gateway', 'services', 'dns'].map((folder) => `./mesh/output/clusters/a/${folder}`),
    )
  })

  test('what Flux is told stands where Flux reads it; what is not said is not there', () => {
    const flux = 'namespace: gitops, interval: 30s, secretRef: { name: git }, verify: { secretRef: { name: keys } }'
    const said = fluxOf(meshOf('', `delivery: { ${URL}, engines: [flux], flux: { ${flux} } }\n`), 'a')
    for (const object of said) is(at(object, 'metadata', 'namespace'), 'gitops')
    is(at(said[0], 'spec', 'interval'), '30s')
    equal(at(said[0], 'spec', 'secretRef'), { name: 'git' })
    equal(at(said[0], 'spec', 'verify'), { mode: 'HEAD', secretRef: { name: 'keys' } })
    const [repository] = fluxOf(meshOf('', `delivery: { ${URL}, engines: [flux] }\n`), 'a')
    equal(Object.keys(at(repository, 'spec') as object), ['interval', 'url', 'ref', 'sparseCheckout'])
  })

  test('Argo CD: namespace and project stand in all places', () => {
    const mesh = meshOf('', `delivery: { ${URL}, engines: [argocd], argocd: { namespace: gitops, project: meshes } }\n`)
    const [project, set] = objects(argoCdFile(mesh))
    equal([at(project, 'metadata', 'name'), at(set, 'spec', 'template', 'spec', 'project')], ['meshes', 'meshes'])
    equal([at(project, 'metadata', 'namespace'), at(set, 'metadata', 'namespace')], ['gitops', 'gitops'])
    match(argoCdFile(mesh) ?? '', /kubectl apply -f argocd\/test\.yaml/)
  })

  test('the project allows every kind that is rendered, and no other', () => {
    const [project] = objects(argoCdFile(meshOf('', `delivery: { ${URL}, engines: [argocd] }\n`)))
    const allowed = ['clusterResourceWhitelist', 'namespaceResourceWhitelist'].flatMap(
      (list) => at(project, 'spec', list) as { group: string; kind: string }[],
    )
    const more = ['authorization', 'version-routing'].map((name) => readTree(join(FIXTURES, name, 'expected')))
    const rendered = [readTree(join(PROJECT, 'output')), ...more]
      .flatMap((tree) => [...tree])
      .filter(([path]) => /^clusters\/.*\.yaml$/.test(path) && !/(kustomization|values)\.yaml$/.test(path))
      .flatMap(([, bytes]) => objects(bytes.toString('utf8')))
      .map(({ apiVersion, kind }) => `${/^(.*)\//.exec(String(apiVersion))?.[1] ?? ''} ${String(kind)}`)
    equal(allowed.map(({ group, kind }) => `${group} ${kind}`).sort(), [...new Set(rendered)].sort())
  })

  test('nothing in them lets an engine give up, go past a broken seal, or take along what it applied', () => {
    const mesh = meshOf('', `delivery: { ${URL}, engines: [argocd, flux] }\n`)
    const text = argoCdFile(mesh) ?? ''
    ok(!/finalizer|ApplyOutOfSyncOnly|allowEmpty/.test(text))
    const [, set] = objects(text)
    equal(at(set, 'spec', 'syncPolicy'), { applicationsSync: 'create-update', preserveResourcesOnDeletion: true })
    const retry = at(set, 'spec', 'template', 'spec', 'syncPolicy', 'retry')
    equal([at(retry, 'limit'), at(retry, 'refresh')], [-1, true])
    const [, ...kustomizations] = fluxOf(mesh, 'a')
    equal(
      kustomizations.map((k) => [at(k, 'spec', 'deletionPolicy'), at(k, 'spec', 'wait'), at(k, 'spec', 'dependsOn')]),
      [undefined, 'test-trust', 'test-gateway', 'test-services'].map((name) => ['Orphan', true, name && [{ name }]]),
    )
    equal(at(kustomizations[0], 'spec', 'healthCheckExprs', 0, 'kind'), 'SealedSecret')
  })
})
