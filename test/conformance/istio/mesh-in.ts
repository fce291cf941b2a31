import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { noPaint } from '../../../src/diagnostics/paint.ts'
import { textReport } from '../../../src/diagnostics/report.ts'
import type { Mesh } from '../../../src/mesh/mesh.ts'
import { readMesh } from '../../../src/shell/workspace.ts'

/** The mesh whose intent lies in a folder. */
export function meshIn(folder: string): Mesh {
  const texts = new Map<string, string>()
  const checked = readMesh(readFileSync(join(folder, 'mesh.yaml')), 'mesh.yaml', texts)
  if (!checked.ok) throw new Error(textReport(checked.diagnostics, texts, noPaint))
  return checked.value
}
