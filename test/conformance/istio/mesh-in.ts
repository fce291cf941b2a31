import { noPaint } from '../../../src/diagnostics/paint.ts'
import { textReport } from '../../../src/diagnostics/report.ts'
import type { Mesh } from '../../../src/mesh/mesh.ts'
import { workTreeSources } from '../../../src/shell/sources.ts'
import { readMesh } from '../../../src/shell/workspace.ts'

/** The mesh whose intent lies in a folder. */
export async function meshIn(folder: string): Promise<Mesh> {
  const texts = new Map<string, string>()
  const checked = await readMesh(workTreeSources(folder), 'mesh.yaml', texts)
  if (!checked.ok) throw new Error(textReport(checked.diagnostics, texts, noPaint))
  return checked.value
}
