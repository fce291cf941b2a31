/** Meshes of two clusters whose trust is what a check is about, and what strangers say of it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KUBEADM_COREFILE } from '../../corefiles.ts'
import { keyOf, openWithKubeseal, sealedFile, unpacked, verifyLikeIstiod } from '../cacerts.ts'
import { makeLeaf, verifyChain } from '../openssl.ts'
import { clusterFiles, folders, type Subject } from '../subjects.ts'
import type { Workbench } from '../workbench.ts'

const CLUSTERS = ['east', 'west']

export interface SmallMesh extends Subject {
  /** A folder outside of the mesh. */
  readonly keys: string
  /** A file with a passphrase, there. */
  readonly passphrase: string
}

/** @param trust the `trust` of the mesh, in YAML's flow style */
export function smallMesh(bench: Workbench, name: string, trust: string): SmallMesh {
  const { mesh, keys } = folders(bench, name)
  const clusters = CLUSTERS.map(
    (cluster, i) => `  - { name: ${cluster}, gateway: { addresses: [198.51.100.${i + 1}] } }`,
  )
  writeFileSync(
    join(mesh, 'mesh.yaml'),
    `apiVersion: meshwright.dev/v1
kind: Mesh
metadata: { name: ${name} }
trust: ${trust}
defaults:
  cluster: { trust: { current: none }, gateway: { install: none } }
clusters:
${clusters.join('\n')}
services: []
`,
  )
  const passphrase = join(keys, 'passphrase')
  writeFileSync(passphrase, 'only for this run\n', { mode: 0o600 })
  const controllerKeys = clusterFiles(mesh, keys, new Map(CLUSTERS.map((cluster) => [cluster, KUBEADM_COREFILE])), 2048)
  mkdirSync(join(mesh, 'output'))
  return { mesh, output: join(mesh, 'output'), clusters: CLUSTERS, controllerKeys, at: new Date(), keys, passphrase }
}

/** The `cacerts` of each cluster, as files. */
export function cacertsOf(bench: Workbench, subject: Subject): readonly string[] {
  return subject.clusters.map((cluster) => {
    const sealed = readFileSync(sealedFile(subject, cluster), 'utf8')
    return unpacked(bench, openWithKubeseal(bench, sealed, keyOf(subject, cluster)))
  })
}

/**
 * istiod would start with each, and a leaf of each is trusted by the others.
 *
 * @param strict whether openssl is to be strict, which a root from elsewhere may not stand
 */
export function trustEachOther(bench: Workbench, folders: readonly string[], strict: boolean): void {
  const [now, options] = [new Date(), strict ? ['-x509_strict'] : []]
  for (const home of folders) {
    verifyLikeIstiod(bench, home, now)
    verifyChain(bench, [...options, '-CAfile', join(home, 'root-cert.pem'), join(home, 'ca-cert.pem')])
    const authority = { certificate: join(home, 'ca-cert.pem'), key: join(home, 'ca-key.pem') }
    const leaf = makeLeaf(bench, authority, 'spiffe://cluster.local/ns/foo/sa/svc-1')
    for (const other of folders) {
      for (const purpose of ['sslserver', 'sslclient']) {
        const chain = ['-CAfile', join(other, 'root-cert.pem'), '-untrusted', join(home, 'cert-chain.pem')]
        verifyChain(bench, [...options, '-purpose', purpose, ...chain, leaf])
      }
    }
  }
}
