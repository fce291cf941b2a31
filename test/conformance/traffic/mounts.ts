/** Writes a volume as the kubelet does, so that whoever watches it sees what it would see in a pod. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/**
 * Brings the files of `from` into the volume: a new folder beside the old one, and one rename of the link `..data` that
 * all of the files go through (kubernetes, pkg/volume/util/atomic_writer.go). The new folder is filled before it gets
 * there, so that a slow machine does not make two changes of it.
 */
export function mountFiles(volume: string, from: string): void {
  mkdirSync(volume, { recursive: true })
  const data = join(volume, '..data')
  const before = existsSync(data) ? readlinkSync(data) : undefined
  const next = `..${Number(before?.slice(2) ?? 0) + 1}`
  const filled = `${volume}${next}`
  cpSync(from, filled, { recursive: true })
  renameSync(filled, join(volume, next))
  symlinkSync(next, `${data}_tmp`)
  renameSync(`${data}_tmp`, data)
  if (before !== undefined) return rmSync(join(volume, before), { recursive: true })
  for (const file of readdirSync(from)) symlinkSync(join('..data', file), join(volume, file))
}

/** Writes files below a folder, with the folders that they need. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}
