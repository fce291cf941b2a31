/** A mesh that a user begins with `init`, without a root yet. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KUBEADM_COREFILE } from '../corefiles.ts'
import { readTree } from '../fixture.ts'
import { makeControllerKey } from '../trust/controller-certificate.ts'
import { sandbox, type Sandbox } from './sandbox.ts'

export const state = ({ mesh }: Sandbox): Map<string, string> =>
  new Map([...readTree(mesh)].map(([p, b]) => [p, b.toString('latin1')]))

/** A mesh from nothing, up to the root: what the demo does. */
export function fresh(): Sandbox & { keys: string[] } {
  const box = sandbox()
  const { code, err } = box.meshwright(
    ...['init', '--name', 'shop', '--trust-current', 'none', '--gateway-install', 'none'],
    ...['--cluster', 'a=192.0.2.1', '--cluster', 'b=192.0.2.2', '--service', 'svc.ns@a:80'],
  )
  if (code !== 0) throw new Error(err)
  for (const name of ['a', 'b']) {
    box.write(`corefiles/${name}.Corefile`, KUBEADM_COREFILE)
    box.write(`sealing/${name}.pem`, makeControllerKey({ now: new Date(), bits: 2048 }).certificate)
  }
  const passphrase = join(box.root, 'passphrase')
  writeFileSync(passphrase, 'a passphrase for one test\n', { mode: 0o600 })
  const key = join(box.root, 'data', 'meshwright', 'shop', 'r1.key.age')
  return { ...box, keys: ['--root-key', key, '--passphrase-file', passphrase] }
}
