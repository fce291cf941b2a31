/**
 * Writes several folders as one: after a failure or a kill at any moment, either everything old or everything new.
 *
 * All new files are first staged beside their targets, on the same disk. A journal then names every change; its own
 * rename into place is the moment at which the write has happened. What follows can be done again: a run that finds a
 * journal finishes it first, and one that finds a staging folder without a journal throws it away.
 */
import { createHash } from 'node:crypto'
import { lstat, mkdir, open, readdir, readFile, rename, rm, rmdir, unlink } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { Failure, invariant } from '../diagnostics/failure.ts'
import { JOURNAL, newJournal, parseJournal, type ContentDigest, type Journal, type JournalFolder } from './journal.ts'
import { codeOf, isMissing } from './system-error.ts'

/** Name of the staging folder; it ignores itself in Git. */
export const STAGING = '.meshwright-write'

export interface FolderWrite {
  /** Absolute path; made when it is not there. */
  readonly folder: string
  /** Text by path, relative to the folder. */
  readonly put: ReadonlyMap<string, string>
  readonly remove: readonly string[]
  /** Whether a power cut must not lose it either: for what cannot be made again. */
  readonly durable: boolean
}

/** What became of an interrupted write. */
export type Recovery =
  | { readonly kind: 'none' }
  | { readonly kind: 'finished'; readonly paths: readonly string[] }
  /** Somebody changed these files since: what was staged is thrown away, and nothing is touched. */
  | { readonly kind: 'discarded'; readonly paths: readonly string[] }

/**
 * @param home folder that holds the journal and is held by one run at a time; absolute
 * @param writes what to write; `home` may be among the folders
 */
export async function writeAll(home: string, writes: readonly FolderWrite[]): Promise<void> {
  const wanted = writes.filter((w) => w.put.size + w.remove.length > 0)
  invariant(new Set(wanted.map((w) => w.folder)).size === wanted.length, 'a folder is written twice')
  if (wanted.length === 0) return
  try {
    await hold(home)
    await stage(home, wanted)
    const journal = await commit(home, wanted)
    await finish(home, journal)
  } catch (error) {
    if (error instanceof Failure) throw error
    // Staged files are thrown away, but a journal that is in place is the next run's to finish.
    const committed = await isInterrupted(home)
    if (!committed)
      await discard(
        home,
        writes.map((w) => w.folder),
      ).catch(() => undefined)
    throw writeFailure(error, committed)
  }
}

/**
 * Finishes or throws away what an interrupted run left.
 *
 * @param folders the folders that this run would write, absolute
 */
export async function recover(home: string, folders: readonly string[]): Promise<Recovery> {
  const holder = await holderOf(home)
  if (holder !== undefined && isAlive(holder)) throw busy(home, holder)
  try {
    const journal = await readJournal(home, folders)
    const recovery = journal === undefined ? ({ kind: 'none' } as const) : await settle(home, journal)
    await discard(home, folders)
    await discardUnheld(home)
    return recovery
  } catch (error) {
    throw error instanceof Failure ? error : writeFailure(error, true)
  }
}

/** Whether an interrupted write waits to be finished. */
export async function isInterrupted(home: string): Promise<boolean> {
  return (await lstat(join(home, STAGING, JOURNAL)).catch(() => undefined)) !== undefined
}

/** Takes the home folder for this run: a folder that is renamed into place is there for one of two runs only. */
async function hold(home: string): Promise<void> {
  const own = join(home, `${STAGING}.${process.pid}`)
  try {
    await mkdir(own, { recursive: true })
    // First, so that git never sees the rest of it.
    await put(join(own, '.gitignore'), '*\n', false)
    await put(join(own, 'pid'), String(process.pid), false)
    await rename(own, join(home, STAGING))
  } catch (error) {
    await rm(own, { recursive: true, force: true })
    const holder = await holderOf(home)
    if (holder !== undefined) throw busy(home, holder)
    throw error
  }
}

async function stage(home: string, writes: readonly FolderWrite[]): Promise<void> {
  for (const write of writes) {
    const staging = join(write.folder, STAGING)
    if (write.folder !== home) {
      await mkdir(staging, { recursive: true })
      await put(join(staging, '.gitignore'), '*\n', false)
    }
    for (const [i, text] of [...write.put.values()].entries()) await put(join(staging, String(i)), text, write.durable)
  }
}

async function commit(home: string, writes: readonly FolderWrite[]): Promise<Journal> {
  const journal = newJournal(await Promise.all(writes.map((write) => journalOf(home, write))))
  const path = join(home, STAGING, JOURNAL)
  await put(`${path}.new`, JSON.stringify(journal), true)
  await rename(`${path}.new`, path)
  await syncFolder(dirname(path))
  return journal
}

async function journalOf(home: string, write: FolderWrite): Promise<JournalFolder> {
  const changes = [...write.put].map(([path, text]) => ({ path, after: digestOf(text) as ContentDigest }))
  const removals = write.remove.map((path) => ({ path, after: null }))
  const entries = await Promise.all(
    [...changes, ...removals].map(async ({ path, after }) => ({
      path,
      before: await digestAt(join(write.folder, path)),
      after,
    })),
  )
  return { folder: relative(home, write.folder), entries }
}

/** Finishes what the journal says, unless a file is by now neither what it was nor what it was to become. */
async function settle(home: string, journal: Journal): Promise<Recovery> {
  const paths: string[] = []
  const moved: string[] = []
  for (const { folder, entries } of journal.folders) {
    for (const { path, before, after } of entries) {
      const place = join(folder, path)
      const now = await digestAt(resolve(home, place))
      if (now === before && now !== after) paths.push(place)
      else if (now !== after) moved.push(place)
    }
  }
  if (moved.length > 0) return { kind: 'discarded', paths: moved }
  await finish(home, journal)
  return { kind: 'finished', paths }
}

/** Does what the journal says, or the rest of it, and removes all traces. */
async function finish(home: string, journal: Journal): Promise<void> {
  const folders = journal.folders.map(({ folder }) => resolve(home, folder))
  for (const [n, { entries }] of journal.folders.entries()) {
    const folder = folders[n] ?? home
    for (const [i, { path, after }] of entries.entries()) {
      const target = join(folder, path)
      if (after === null) {
        await unlink(target).catch(unlessMissing)
        await removeEmptyParents(folder, path)
      } else {
        await mkdir(dirname(target), { recursive: true })
        await rename(join(folder, STAGING, String(i)), target).catch(unlessMissing)
      }
    }
    for (const parent of new Set(entries.map(({ path }) => dirname(join(folder, path))))) await syncFolder(parent)
  }
  await discard(home, folders)
}

/** Removes the staging folders, the one with the journal last. */
async function discard(home: string, folders: readonly string[]): Promise<void> {
  for (const folder of [...folders.filter((f) => f !== home), home]) {
    await rm(join(folder, STAGING), { recursive: true, force: true }).catch(unlessMissing)
  }
}

/** Removes what runs left that were killed before they held the home folder. */
async function discardUnheld(home: string): Promise<void> {
  for (const name of await readdir(home).catch(() => [])) {
    const pid = name.startsWith(`${STAGING}.`) ? Number(name.slice(STAGING.length + 1)) : undefined
    if (pid !== undefined && !isAlive(pid)) await rm(join(home, name), { recursive: true, force: true })
  }
}

async function removeEmptyParents(folder: string, path: string): Promise<void> {
  for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
    const left = await readdir(join(folder, parent)).catch(() => ['?'])
    if (left.length > 0) return
    await rmdir(join(folder, parent))
  }
}

async function put(path: string, text: string, durable: boolean): Promise<void> {
  const file = await open(path, 'w', 0o644)
  try {
    await file.writeFile(text)
    if (durable) await file.sync()
  } finally {
    await file.close()
  }
}

/** A rename lasts when the folder it happened in is written too; not every file system can be told so. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined)
  await folder?.sync().catch(() => undefined)
  await folder?.close()
}

async function readJournal(home: string, folders: readonly string[]): Promise<Journal | undefined> {
  const allowed = new Set(['', ...folders.map((folder) => relative(home, folder))])
  try {
    const text = await readFile(join(home, STAGING, JOURNAL), 'utf8')
    return parseJournal(text, join(home, STAGING), allowed)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function digestOf(content: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}

async function digestAt(path: string): Promise<ContentDigest> {
  try {
    return digestOf(await readFile(path))
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

async function holderOf(home: string): Promise<number | undefined> {
  const text = await readFile(join(home, STAGING, 'pid'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : Number(text)
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

function busy(home: string, pid: number): Failure {
  return new Failure(`another meshwright (process ${pid}) is writing here`, {
    hints: [`wait for it; if there is none, remove ${join(home, STAGING, 'pid')} and generate again`],
  })
}

function writeFailure(error: unknown, committed: boolean): unknown {
  const code = codeOf(error)
  if (code === '' || !(error instanceof Error)) return error
  const reason =
    {
      ENOSPC: 'the disk is full',
      EDQUOT: 'the disk quota is used up',
      EACCES: 'no permission',
      EROFS: 'the folder is read-only',
    }[code] ?? code
  const path = 'path' in error && typeof error.path === 'string' ? ` (${error.path})` : ''
  const left = committed ? 'the write is half done: the next generate finishes it' : 'nothing was changed'
  return new Failure(`cannot write: ${reason}${path}; ${left}`, { cause: error })
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error
}
