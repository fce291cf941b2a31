/** Makes a mesh for a test the way a user does: from text. */
import type { Mesh } from '../../src/mesh/mesh.ts'
import { textReport } from '../../src/diagnostics/report.ts'
import { noPaint } from '../../src/diagnostics/paint.ts'
import { readMesh } from '../../src/shell/workspace.ts'

/** Clusters a and b, with these services and whatever else stands at the top. */
export function meshOf(services: string, top = '', clusters = DEFAULT_CLUSTERS): Mesh {
  const text = `apiVersion: meshwright.dev/v1
kind: Mesh
metadata: { name: test }
${top}defaults:
  cluster: { trust: { current: none }, gateway: { install: none } }
clusters:
${clusters}services:
${services === '' ? '  []\n' : services}`
  const texts = new Map<string, string>()
  const checked = readMesh(Buffer.from(text), 'mesh.yaml', texts)
  if (!checked.ok) throw new Error(textReport(checked.diagnostics, texts, noPaint))
  return checked.value
}

const DEFAULT_CLUSTERS = `  - { name: a, gateway: { addresses: [192.0.2.1] } }
  - { name: b, gateway: { addresses: [192.0.2.2] } }
`
