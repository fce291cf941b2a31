/**
 * Writes several folders as one: after a failure or a kill at any moment, either everything old or everything new.
 *
 * All new files are first staged beside their targets, on the same disk. A journal then names every rename and removal;
 * its own rename into place is the moment at which the write has happened. What follows can be done again: a run that
 * finds a journal finishes it first, and one that finds a staging folder without a journal throws it away.
 */
import { mkdir, open, readFile, readdir, rename, rm, rmdir, unlink } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { Failure } from '../diagnostics/failure.ts'

/** Name of the staging folder; it ignores itself in Git. */
export const STAGING = '.meshwright-write'
const JOURNAL = 'journal.json'
const JOURNAL_VERSION = 1

export interface FolderWrite {
  /** Absolute path; made when it is not there. */
  readonly folder: string
  /** Text by path, relative to the folder. */
  readonly put: ReadonlyMap<string, string>
  readonly remove: readonly string[]
  /** Whether a power cut must not lose it either: for what cannot be made again. */
  readonly durable: boolean
}

interface Journal {
  readonly version: typeof JOURNAL_VERSION
  /** Folders relative to the home folder; the files staged in each are named by their index in `put`. */
  readonly folders: readonly {
    readonly folder: string
    readonly put: readonly string[]
    readonly remove: readonly string[]
  }[]
}

/**
 * @param home folder that holds the journal and is held by one run at a time; absolute
 * @param writes what to write; `home` may be among the folders
 */
export async function writeAll(home: string, writes: readonly FolderWrite[]): Promise<void> {
  const wanted = writes.filter((w) => w.put.size + w.remove.length > 0)
  if (wanted.length === 0) return
  try {
    await hold(home)
    await stage(home, wanted)
    await finish(home, await commit(home, wanted))
  } catch (error) {
    if (error instanceof Failure) throw error
    // Staged files are thrown away, but a journal that is in place is the next run's to finish.
    const committed = await readJournal(home).catch(() => undefined)
    if (committed === undefined)
      await discard(
        home,
        writes.map((w) => w.folder),
      ).catch(() => undefined)
    throw writeFailure(error, committed !== undefined)
  }
}

/** Finishes or throws away what an interrupted run left. True when there was a write to finish. */
export async function recover(home: string, folders: readonly string[]): Promise<boolean> {
  const holder = await holderOf(home)
  if (holder !== undefined && isAlive(holder)) throw busy(home, holder)
  try {
    const journal = await readJournal(home)
    if (journal !== undefined) await finish(home, journal)
    await discard(home, folders)
    await discardUnheld(home)
    return journal !== undefined
  } catch (error) {
    throw error instanceof Failure ? error : writeFailure(error, true)
  }
}

/** Whether an interrupted write waits to be finished. */
export async function isInterrupted(home: string): Promise<boolean> {
  return (await readJournal(home)) !== undefined
}

/** Takes the home folder for this run: a folder that is renamed into place is there for one of two runs only. */
async function hold(home: string): Promise<void> {
  const own = join(home, `${STAGING}.${process.pid}`)
  await mkdir(own, { recursive: true })
  await put(join(own, 'pid'), String(process.pid), false)
  await put(join(own, '.gitignore'), '*\n', false)
  try {
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
  const journal: Journal = {
    version: JOURNAL_VERSION,
    folders: writes.map((w) => ({ folder: relative(home, w.folder), put: [...w.put.keys()], remove: w.remove })),
  }
  const path = join(home, STAGING, JOURNAL)
  await put(`${path}.new`, JSON.stringify(journal), true)
  await rename(`${path}.new`, path)
  return journal
}

/** Does what the journal says, or the rest of it, and removes all traces. */
async function finish(home: string, journal: Journal): Promise<void> {
  const folders = journal.folders.map((f) => ({ ...f, folder: resolve(home, f.folder) }))
  for (const { folder, put: paths, remove } of folders) {
    for (const [i, path] of paths.entries()) {
      const target = join(folder, path)
      await mkdir(dirname(target), { recursive: true })
      await rename(join(folder, STAGING, String(i)), target).catch(unlessMissing)
    }
    for (const path of remove) {
      await unlink(join(folder, path)).catch(unlessMissing)
      await removeEmptyParents(folder, path)
    }
  }
  await discard(
    home,
    folders.map((f) => f.folder),
  )
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

async function readJournal(home: string): Promise<Journal | undefined> {
  let text: string
  try {
    text = await readFile(join(home, STAGING, JOURNAL), 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  const journal = JSON.parse(text) as Journal
  if (journal.version === JOURNAL_VERSION) return journal
  throw new Failure(`${join(home, STAGING)} holds an unfinished write of another version of meshwright`, {
    hints: ['run generate with that version once, so that it finishes'],
  })
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
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function busy(home: string, pid: number): Failure {
  return new Failure(`another meshwright (process ${pid}) is writing here`, {
    hints: [`wait for it; if there is none, remove ${join(home, STAGING)}`],
  })
}

function writeFailure(error: unknown, committed: boolean): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  const reason = {
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
    EACCES: 'no permission',
    EROFS: 'the folder is read-only',
  }[String(error.code)]
  const left = committed ? 'the write is half done: the next generate finishes it' : 'nothing was changed'
  return new Failure(`cannot write: ${reason ?? String(error.code)}; ${left}`, { cause: error })
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error
}

/** There is nothing at that path, or one of its parents is no folder. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
