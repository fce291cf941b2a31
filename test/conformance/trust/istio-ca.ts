/** Istio's own code that takes a `cacerts` or refuses it (security/pkg/pki/util), in the versions that the layer `istio` has. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { SOURCES, type ToolName } from '../tools.ts'
import type { Workbench } from '../workbench.ts'

/** What is built from the same modules, so that these are there. */
export const ISTIO_MODULES: readonly ToolName[] = ['go', 'meshcheck', 'meshcheck-1.30']

const MODULES = ['go.mod', 'go-1.30.mod']
let programs: readonly string[] | undefined

/** Throws what istiod would log. */
export function takenByIstio(bench: Workbench, folder: string): void {
  programs ??= MODULES.map((modules) => build(bench, modules))
  for (const program of programs) bench.run(program, [folder])
}

function build(bench: Workbench, modules: string): string {
  const path = join(bench.folder, 'bin', `istio-ca-${modules.replace(/\.mod$/, '')}`)
  mkdirSync(join(bench.folder, 'bin'), { recursive: true })
  const from = join(SOURCES, 'istio', 'meshcheck', modules)
  const flags = [`-modfile=${from}`, '-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w']
  bench.run(bench.tool('go'), ['build', ...flags, '-o', path, '.'], {
    cwd: join(SOURCES, 'istio-ca'),
    env: { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-p=2' },
    timeoutMs: 600_000,
  })
  return path
}
