/** What a user fetches from clusters that are new in a mesh. */
import { posix } from 'node:path'
import type { Invocation } from '../invocation.ts'
import type { Cluster } from '../mesh/mesh.ts'

/** Commands to be run beside mesh.yaml. */
export function tellFiles(invocation: Invocation, clusters: readonly Cluster[]): void {
  const files = clusters.map(({ name, dns, sealing }) => ({
    name,
    corefile: dns.corefile.path,
    certificates: sealing.backend === 'sealed-secrets' ? [sealing.certificate.path] : [],
  }))
  const folders = [...new Set(files.flatMap((f) => [f.corefile, ...f.certificates]).map((path) => posix.dirname(path)))]
  invocation.say(`\nnext, for each ${clusters.length === 1 ? 'new ' : ''}cluster, once:`)
  invocation.say(`  mkdir -p ${folders.join(' ')}`)
  for (const { name, corefile, certificates } of files) {
    invocation.say(
      `  kubectl --context ${name} -n kube-system get configmap coredns -o jsonpath='{.data.Corefile}' > ${corefile}`,
    )
    for (const file of certificates) invocation.say(`  kubeseal --context ${name} --fetch-cert > ${file}`)
  }
}
