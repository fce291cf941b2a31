/** A cluster's istiod, with an API server that has what was rendered, and its CoreDNS. */
import type { Server } from 'node:http'
import { join } from 'node:path'
import { deriveCorefile } from '../derived-corefile.ts'
import type { KubernetesObject } from '../manifests.ts'
import { apiPort, controlPlaneAddress, dnsAddress, numberOf } from './addresses.ts'
import { serveApi } from './api-server.ts'
import { ownersObjects, standIns } from './cluster-objects.ts'
import { httpGet } from './http-client.ts'
import { mountFiles, writeFiles } from './mounts.ts'
import { ObjectStore } from './object-store.ts'
import type { Processes, Running } from './processes.ts'
import type { Programs, Site } from './settings.ts'

export interface ControlPlane {
  readonly istiod: Running
  /** Creates or replaces an object, as an `apply` does. */
  readonly apply: (object: KubernetesObject) => void
  readonly remove: (object: KubernetesObject) => void
  /** Replaces the items of `cacerts`. */
  readonly replaceCacerts: (folder: string) => void
  readonly stop: () => Promise<void>
}

const START_S = 60

/** Starts all of it, and waits until istiod is ready. */
export async function startControlPlane(processes: Processes, programs: Programs, site: Site): Promise<ControlPlane> {
  const { cluster, files, folder } = site
  const store = new ObjectStore()
  const objects = [...ownersObjects(site), ...files.objects, ...standIns(site)]
  for (const object of objects) store.put(object)
  const api = await serveApi(store, apiPort(cluster))
  mountFiles(join(folder, 'cacerts'), files.cacerts)
  const coredns = startCoreDns(processes, programs, site)
  const istiod = startIstiod(processes, programs, site)
  await processes.until(`istiod of ${cluster}`, START_S, async () => {
    const { status } = await httpGet({ host: controlPlaneAddress(cluster), port: 8080, path: '/ready' })
    return status === 200 || undefined
  })
  return {
    istiod,
    apply: (object) => void store.put(object),
    remove: (object) => store.remove(object),
    replaceCacerts: (from) => mountFiles(join(folder, 'cacerts'), from),
    stop: async () => {
      await Promise.all([processes.stop(istiod), processes.stop(coredns), closed(api)])
    },
  }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** The cluster's Corefile with the block that was rendered into it, at the address in its pods' resolv.conf. */
function startCoreDns(processes: Processes, { coredns }: Programs, { cluster, files, folder }: Site): Running {
  const address = dnsAddress(cluster)
  const derivation = { suffix: 'global', port: 53, upstreamPort: 5300, known: ['public.example'] }
  const corefile = deriveCorefile(files.corefile, derivation).replaceAll('127.0.0.1', address)
  writeFiles(folder, { Corefile: corefile })
  return processes.start(`coredns-${cluster}`, coredns, ['-conf', 'Corefile'], { cwd: folder, env: {} })
}

function startIstiod(processes: Processes, programs: Programs, { cluster, files, folder }: Site): Running {
  const { meshConfig, global, pilot } = files.values
  const id = global.multiCluster.clusterName
  const address = controlPlaneAddress(cluster)
  const server = `http://127.0.0.1:${apiPort(cluster)}`
  writeFiles(folder, {
    // JSON is YAML.
    kubeconfig: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'here',
      contexts: [{ name: 'here', context: { cluster: 'here', user: 'istiod' } }],
      clusters: [{ name: 'here', cluster: { server } }],
      users: [{ name: 'istiod', user: {} }],
    }),
    'mesh.yaml': JSON.stringify({ ...meshConfig, accessLogFile: '/dev/stdout', accessLogEncoding: 'JSON' }),
  })
  const args = [
    ...['discovery', '--kubeconfig=kubeconfig', '--meshConfig=mesh.yaml', `--clusterID=${id}`],
    ...[`--httpAddr=${address}:8080`, `--grpcAddr=${address}:15010`, `--secureGRPCAddr=${address}:15012`],
    ...[`--httpsAddr=${address}:15017`, `--monitoringAddr=${address}:15014`],
    `--ctrlz_port=${9870 + numberOf(cluster)}`,
  ]
  const env = {
    ...pilot.env,
    HOME: folder,
    CLUSTER_ID: id,
    POD_NAME: 'istiod-0',
    POD_NAMESPACE: 'istio-system',
    ROOT_CA_DIR: join(folder, 'cacerts'),
    PILOT_CERT_PROVIDER: 'istiod',
    ISTIOD_ADDR: 'istiod.istio-system.svc:15012',
    // There are no webhooks to keep up to date.
    VALIDATION_WEBHOOK_CONFIG_NAME: '',
    INJECTION_WEBHOOK_CONFIG_NAME: '',
    // Our API server speaks nothing else.
    ISTIO_KUBE_CLIENT_CONTENT_TYPE: 'json',
    // Extensions of Istio's Envoy, which the one of the Envoy project lacks.
    PILOT_ENABLE_ALPN_FILTER: 'false',
    PILOT_ENABLE_METADATA_EXCHANGE: 'false',
  }
  return processes.start(`istiod-${cluster}`, programs['pilot-discovery'], args, { cwd: folder, env })
}
