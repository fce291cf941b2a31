/** The folder that a command works in: the mesh file, its lock, the files it names. Gathers them for the pure core. */
import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { hasErrors, sortDiagnostics, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { exit, Failure } from '../diagnostics/failure.ts'
import { parseIntent } from '../intent/document.ts'
import { resolveMesh } from '../intent/resolve.ts'
import { validateIntent } from '../intent/validate.ts'
import type { Lock } from '../lock/lock.ts'
import { LOCK_FOLDER, readLock } from '../lock/read.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Sources } from './sources.ts'

/** Where things are, as absolute paths. */
export interface Places {
  /** Folder of the mesh file; everything that the intent names is relative to it. */
  readonly root: string
  /** Name of the mesh file within `root`. */
  readonly meshFile: string
  /** The lock folder. */
  readonly lock: string
  /** The output folder. */
  readonly output: string
}

/** @param output the output folder, relative to `cwd`; absent: `output` beside the mesh file */
export function placesOf(cwd: string, meshFile: string, output?: string): Places {
  const file = resolve(cwd, meshFile)
  const root = dirname(file)
  return {
    root,
    meshFile: relative(root, file),
    lock: join(root, LOCK_FOLDER),
    output: output === undefined ? join(root, 'output') : resolve(cwd, output),
  }
}

export interface Gathered {
  readonly mesh: Mesh
  readonly lock: Lock
  /** Corefiles and sealing certificates by path, as far as they are there. */
  readonly files: ReadonlyMap<string, Uint8Array>
}

export interface Gathering {
  readonly checked: Checked<Gathered>
  /** Texts of what was read, for code frames. */
  readonly texts: ReadonlyMap<string, string>
  /** Paths of all that was read or looked for, relative to the folder of the mesh file. */
  readonly paths: readonly string[]
}

export async function gather(sources: Sources, meshFile: string): Promise<Gathering> {
  const texts = new Map<string, string>()
  const bytes = (await sources.read([meshFile])).get(meshFile)
  if (bytes === undefined) {
    throw new Failure(`there is no ${meshFile}`, {
      exitCode: exit.invalid,
      hints: ['meshwright init writes a first one; -f names another file, -C another folder'],
    })
  }
  const reading = readMesh(bytes, meshFile, texts)
  if (!reading.ok) return { checked: reading, texts, paths: [meshFile] }
  const mesh = reading.value
  const diagnostics: Diagnostic[] = [...reading.diagnostics]

  const lock = readLock(await lockTexts(sources), mesh.name)
  diagnostics.push(...lock.diagnostics)

  const named = [...new Set(mesh.clusters.flatMap((c) => [c.dns.corefile.path, c.sealing.certificate.path]))].sort()
  const files = await sources.read(named)
  for (const [path, text] of textsOf(files)) texts.set(path, text)
  const paths = [meshFile, LOCK_FOLDER, ...named]
  if (!lock.ok || hasErrors(diagnostics)) return { checked: { ok: false, diagnostics }, texts, paths }
  return { checked: { ok: true, value: { mesh, lock: lock.value, files }, diagnostics }, texts, paths }
}

/** Files of the lock as text, paths relative to the lock folder. */
export async function lockTexts(sources: Sources): Promise<ReadonlyMap<string, string>> {
  return textsOf(await sources.readAll(LOCK_FOLDER))
}

function textsOf(files: ReadonlyMap<string, Uint8Array>): Map<string, string> {
  return new Map([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('utf8')]))
}

/** Reads the mesh alone, and keeps its text for code frames. */
export function readMesh(bytes: Uint8Array, meshFile: string, texts: Map<string, string>): Checked<Mesh> {
  const document = parseIntent(meshFile, bytes)
  // A file that is refused for its size is not worth a code frame.
  if (document.ok || !document.diagnostics.some((d) => d.code === 'MESH-E102')) {
    texts.set(meshFile, Buffer.from(bytes).toString('utf8'))
  }
  if (!document.ok) return document
  const valid = validateIntent(document.value, schema())
  if (!valid.ok) return { ok: false, diagnostics: sortDiagnostics(valid.diagnostics) }
  const resolved = resolveMesh(valid.value, document.value)
  return { ...resolved, diagnostics: sortDiagnostics(resolved.diagnostics) }
}

/** Text of schemas/mesh.schema.json, which ships beside the code. */
export function schemaText(): string {
  return readFileSync(new URL('../../schemas/mesh.schema.json', import.meta.url), 'utf8')
}

function schema(): object {
  return JSON.parse(schemaText()) as object
}
