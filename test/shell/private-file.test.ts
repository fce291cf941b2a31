import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure } from '../../src/diagnostics/failure.ts'
import { writePrivateFile, type PlaceOption } from '../../src/shell/private-file.ts'
import { describe, match, not } from '../suite.ts'

async function hints(file: string, option: PlaceOption): Promise<string> {
  try {
    await writePrivateFile(file, Buffer.from('x'), option)
  } catch (error) {
    if (error instanceof Failure) return error.hints.join()
    throw error
  }
  throw new Error('it was written')
}

describe('a file that holds a secret', (test) => {
  test('its refusals name the option that has said where it goes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'meshwright-private-'))
    try {
      writeFileSync(join(folder, 'there'), '')
      mkdirSync(join(folder, 'tree', '.git'), { recursive: true })
      for (const file of ['there', 'tree/new']) {
        const stored = await hints(join(folder, file), '--store-files FOLDER')
        match(stored, /--store-files FOLDER/)
        not.match(stored, /--key-out/)
        match(await hints(join(folder, file), '--key-out FILE'), /--key-out FILE/)
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
