/** Versions of Istio may be mixed as far as both ends of a call mean the same service by the same SNI. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { dialectOf } from './capabilities.ts'
import { clusterNamed, type Cluster, type Mesh } from './mesh.ts'

/** What a consumer of one dialect sends, no gateway of the other knows. */
export function dialectDiagnostics(mesh: Mesh): Diagnostic[] {
  return mesh.services.flatMap(({ key, providers, consumers, origin }) => {
    const sides = [...providers, ...consumers].flatMap(({ cluster }) => clusterNamed(mesh, cluster) ?? [])
    const [one] = sides
    const other = sides.find(({ istio }) => one && dialectOf(istio.version) !== dialectOf(one.istio.version))
    if (one === undefined || other === undefined) return []
    return [diagnose('MESH-E291', { service: key, one: titleOf(one), other: titleOf(other) }, origin)]
  })
}

function titleOf({ name, istio }: Cluster): string {
  return `${name} (Istio ${istio.version})`
}
