// Renders a mesh in your own code: node docs/examples/render.mjs FOLDER
// FOLDER has mesh.yaml and what belongs to it; what is applied to each cluster is listed, nothing is written.
// @ts-check
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { plan, render, report } from 'meshwright'

const folder = process.argv[2] ?? '.'
/** @type {Map<string, Uint8Array>} */
const files = new Map()
for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
  const path = join(folder, name)
  if (statSync(path).isFile()) files.set(relative(folder, path).split(sep).join('/'), readFileSync(path))
}

const planned = await plan(files, { now: new Date() })
process.stderr.write(report(planned.diagnostics, files))
if (planned.ok) {
  const { output } = render(planned.value)
  for (const [path, text] of output) process.stdout.write(`${path} ${text.length}\n`)
} else {
  process.exitCode = 2
}
