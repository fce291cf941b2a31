/** The folder that a command works in: the mesh file, its lock, the files it names. Gathers them for the pure core. */
import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { diagnose, hasErrors, sortDiagnostics, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { exit, Failure } from '../diagnostics/failure.ts'
import { INTENT_BYTES_MAX, parseIntent, type IntentDocument } from '../intent/document.ts'
import { readFurther } from '../intent/entries.ts'
import { resolveMesh } from '../intent/resolve.ts'
import type { Mesh as Intent } from '../intent/schema.gen.ts'
import { searchesOf, type Search } from '../intent/search.ts'
import { validateIntent, type Schemas } from '../intent/validate.ts'
import type { Lock } from '../lock/lock.ts'
import { LOCK_FOLDER, readLock } from '../lock/read.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { privateKeyIn } from '../tree/private-key.ts'
import { findFiles } from './find-files.ts'
import { meshRules } from '../safety/mesh-rules.ts'
import type { Sources } from './sources.ts'
import { judgeUserManifests, type GivenManifests } from './user-manifests.ts'

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
  /** The patterns of the intent, whose files are among the paths. */
  readonly searches: readonly Search[]
}

/** @param given manifests of the user's beside those that the intent names */
export async function gather(
  sources: Sources,
  meshFile: string,
  given: GivenManifests = new Map(),
): Promise<Gathering> {
  const texts = new Map<string, string>()
  const bytes = (await sources.read([meshFile])).get(meshFile)
  if (bytes === undefined) throw missingMesh(meshFile)
  const { checked: reading, further, searches: first } = await readAll(sources, bytes, meshFile, texts)
  const read = [meshFile, ...further]
  const keys = keysIn(texts)
  if (!reading.ok || keys.length > 0) {
    const checked = { ok: false as const, diagnostics: [...reading.diagnostics, ...keys] }
    return { checked, texts, paths: read, searches: first }
  }
  const mesh = reading.value
  const judged = await judgeUserManifests(sources, mesh, meshFile, given)
  for (const [path, content] of judged.files) keepText(texts, path, content)
  const diagnostics: Diagnostic[] = [...reading.diagnostics, ...meshRules(mesh), ...judged.diagnostics]

  const locked = await lockTexts(sources)
  const lock = readLock(locked, mesh.name)
  diagnostics.push(...lock.diagnostics)
  diagnostics.push(...keysIn(new Map([...locked].map(([path, text]) => [`${LOCK_FOLDER}/${path}`, text]))))

  const named = [...new Set(mesh.clusters.flatMap(filesOf))].sort()
  const files = await sources.read(named)
  for (const [path, text] of textsOf(files)) texts.set(path, text)
  const rest = {
    texts,
    paths: [...new Set([...read, ...judged.found, LOCK_FOLDER, ...named])],
    searches: [...first, ...judged.searches],
  }
  if (!lock.ok || hasErrors(diagnostics)) return { checked: { ok: false, diagnostics }, ...rest }
  return { checked: { ok: true, value: { mesh, lock: lock.value, files }, diagnostics }, ...rest }
}

function filesOf({ dns, sealing }: Cluster): string[] {
  return [dns.corefile.path, ...(sealing.backend === 'sealed-secrets' ? [sealing.certificate.path] : [])]
}

/** Texts of the mesh go into Git and in parts into the output, so there is no key in them. */
function keysIn(texts: ReadonlyMap<string, string>): Diagnostic[] {
  return [...texts].flatMap(([file, text]) => {
    const what = privateKeyIn(text)
    return what === undefined ? [] : [diagnose('MESH-E866', { file, what }, { file, start: 0, end: 0 })]
  })
}

/** The mesh with all files that it asks for; `bytes` are those of the mesh file. */
export async function readAll(
  sources: Sources,
  bytes: Uint8Array,
  meshFile: string,
  texts: Map<string, string>,
): Promise<{
  readonly checked: Checked<Mesh>
  readonly further: readonly string[]
  readonly searches: readonly Search[]
}> {
  const opened = openMesh(bytes, meshFile, texts)
  if (!opened.ok) return { checked: opened, further: [], searches: [] }
  const { intent, document } = opened.value
  const searching = searchesOf(intent, document, await sources.above())
  if (!searching.ok) return { checked: searching, further: [], searches: [] }
  const searches = searching.value
  const { found, files, diagnostics } = await findFiles(sources, searches, meshFile)
  for (const [path, content] of files) keepText(texts, path, content)
  const rest = { further: [...files.keys()], searches }
  if (diagnostics.length > 0) return { checked: { ok: false, diagnostics }, ...rest }
  const { further, diagnostics: read } = readFurther(found, files, document, schemas())
  if (hasErrors(read)) return { checked: { ok: false, diagnostics: sortDiagnostics(read) }, ...rest }
  const resolved = resolveMesh(intent, document, further)
  return { checked: { ...resolved, diagnostics: sortDiagnostics([...read, ...resolved.diagnostics]) }, ...rest }
}

export function missingMesh(meshFile: string): Failure {
  return new Failure(`there is no ${meshFile}`, {
    exitCode: exit.invalid,
    hints: ['meshwright init writes a first one; -f names another file, -C another folder'],
  })
}

/** Files of the lock as text, paths relative to the lock folder. */
export async function lockTexts(sources: Sources): Promise<ReadonlyMap<string, string>> {
  return textsOf(await sources.readAll(LOCK_FOLDER))
}

function textsOf(files: ReadonlyMap<string, Uint8Array>): Map<string, string> {
  return new Map([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('utf8')]))
}

/** Reads a mesh file alone, and keeps its text for code frames; what it includes is left out. */
export function readMesh(bytes: Uint8Array, meshFile: string, texts: Map<string, string>): Checked<Mesh> {
  const opened = openMesh(bytes, meshFile, texts)
  if (!opened.ok) return opened
  const resolved = resolveMesh(opened.value.intent, opened.value.document)
  return { ...resolved, diagnostics: sortDiagnostics(resolved.diagnostics) }
}

function openMesh(
  bytes: Uint8Array,
  meshFile: string,
  texts: Map<string, string>,
): Checked<{ readonly intent: Intent; readonly document: IntentDocument }> {
  keepText(texts, meshFile, bytes)
  const document = parseIntent(meshFile, bytes)
  if (!document.ok) return document
  const valid = validateIntent(document.value, schemas())
  if (!valid.ok) return { ok: false, diagnostics: sortDiagnostics(valid.diagnostics) }
  return { ok: true, value: { intent: valid.value, document: document.value }, diagnostics: [] }
}

/** A file that is refused for its size is not worth a code frame. */
function keepText(texts: Map<string, string>, path: string, bytes: Uint8Array): void {
  if (bytes.length <= INTENT_BYTES_MAX) texts.set(path, Buffer.from(bytes).toString('utf8'))
}

/** Text of a file of schemas/, which ships beside the code. */
export function schemaText(name: keyof Schemas = 'mesh'): string {
  return readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8')
}

let parsed: Schemas | undefined

function schemas(): Schemas {
  parsed ??= {
    mesh: JSON.parse(schemaText('mesh')) as Schemas['mesh'],
    included: JSON.parse(schemaText('included')) as Schemas['included'],
  }
  return parsed
}
