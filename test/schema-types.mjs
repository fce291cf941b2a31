/** Writes src/intent/schema.gen.ts from the schema; with --check it only tells whether the file is up to date. */
import { readFileSync, writeFileSync } from 'node:fs'
import { compile } from 'json-schema-to-typescript'

const target = new URL('../src/intent/schema.gen.ts', import.meta.url)
const schema = JSON.parse(readFileSync(new URL('../schemas/mesh.schema.json', import.meta.url), 'utf8'))
const types = await compile(schema, 'Mesh', {
  additionalProperties: false,
  bannerComment: '/** Generated from schemas/mesh.schema.json by `npm run schema`. DO NOT EDIT. */',
  style: { semi: false, singleQuote: true, printWidth: 120 },
  unknownAny: true,
})
if (!process.argv.includes('--check')) {
  writeFileSync(target, types)
} else if (readFileSync(target, 'utf8') !== types) {
  console.error('src/intent/schema.gen.ts is not what schemas/mesh.schema.json gives: run npm run schema')
  process.exitCode = 1
}
