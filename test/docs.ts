/** Writes what is generated for readers again; test/reference/documents.test.ts holds it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PROJECT } from './fixture.ts'
import { documents } from './reference/documents.ts'

for (const [path, text] of await documents()) {
  mkdirSync(dirname(join(PROJECT, path)), { recursive: true })
  writeFileSync(join(PROJECT, path), text)
}
