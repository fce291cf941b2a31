/** How a cluster gets its key: by which backend, for whom, and whether whoever applies the output can open it. */
import { diagnose, type Span } from '../diagnostics/diagnostic.ts'
import type { Engine, FileReference } from '../mesh/mesh.ts'
import type { Sealing } from '../mesh/sealing.ts'
import { isRecipient } from '../mesh/recipient.ts'
import type { Complaints } from './complaints.ts'
import type { Locate } from './entry.ts'
import type { Cluster as ClusterIntent } from './schema.gen.ts'

interface Around {
  readonly at: Locate
  /** A file that the intent names, or else the one that it has by default. */
  readonly file: (said: string | undefined, fallback: string, ...path: readonly string[]) => FileReference
  readonly engines: readonly Engine[]
}

/** What another backend would need is not judged: it may come from defaults that are for other clusters. */
export function resolveSealing(cluster: ClusterIntent, { at, file, engines }: Around, complaints: Complaints): Sealing {
  const { name, sealing = {} } = cluster
  const { backend = 'sealed-secrets' } = sealing
  const origin = at('name')
  const demand = (value: unknown, field: string, why: string): void => {
    if (value === undefined) complaints.add(diagnose('MESH-E208', { owner: `cluster ${name}`, field, why }, origin))
  }
  switch (backend) {
    case 'sealed-secrets': {
      const { scope = 'strict', keepSecret = false } = sealing
      const certificate = file(sealing.certificate, `sealing/${name}.pem`, 'sealing', 'certificate')
      return {
        backend,
        scope,
        keepSecret,
        certificate,
        origin: sealing.scope === undefined ? origin : at('sealing', 'scope'),
      }
    }
    case 'sops': {
      const { identitySecret = 'sops-age' } = sealing
      complaints.dnsName('Secret', identitySecret, at, 'sealing', 'identitySecret')
      demand(
        sealing.recipients,
        'sealing.recipients',
        'say which age recipients (age1...) may open the key: Flux first',
      )
      if (engines.includes('argocd')) {
        complaints.add(diagnose('MESH-E472', { cluster: name }, at('sealing', 'backend')))
      }
      return {
        backend,
        recipients: recipientsOf(sealing.recipients, at, complaints),
        identitySecret,
        origin: at('sealing', 'backend'),
      }
    }
    case 'external-secrets': {
      const { name: store, kind = 'ClusterSecretStore', prefix = '', refreshInterval = '1h' } = sealing.store ?? {}
      demand(store, 'sealing.store.name', 'say which store of the External Secrets Operator has the key')
      demand(
        sealing.recipients,
        'sealing.recipients',
        'say which age recipients (age1...) may open the file that is put into the store',
      )
      if (store !== undefined) complaints.dnsName('store', store, at, 'sealing', 'store', 'name')
      if (!/^[1-9]\d{0,4}[smh]$/.test(refreshInterval)) {
        complaints.add(
          diagnose(
            'MESH-E478',
            { field: 'refreshInterval', value: refreshInterval },
            at('sealing', 'store', 'refreshInterval'),
          ),
        )
      }
      if (!/^[A-Za-z0-9/_.-]*$/.test(prefix)) {
        complaints.add(diagnose('MESH-E478', { field: 'prefix', value: prefix }, at('sealing', 'store', 'prefix')))
      }
      return {
        backend,
        recipients: recipientsOf(sealing.recipients, at, complaints),
        store: { name: store ?? '', kind, prefix, refreshInterval },
        origin: at('sealing', 'backend'),
      }
    }
  }
}

function recipientsOf(said: readonly string[] = [], at: Locate, complaints: Complaints): string[] {
  for (const [i, recipient] of said.entries()) {
    const place = at('sealing', 'recipients', i)
    // It may be the secret key, given by mistake: neither the value nor its line is shown.
    const hidden: Span = { ...place, end: place.start }
    if (!isRecipient(recipient)) complaints.add(diagnose('MESH-E473', { problem: 'is no age recipient' }, hidden))
    else if (said.indexOf(recipient) < i) complaints.add(diagnose('MESH-E473', { problem: 'is there twice' }, place))
  }
  return [...new Set(said)].sort()
}
