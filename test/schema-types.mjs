/**
 * Writes what follows from schemas/mesh.schema.json: the types in src/intent/schema.gen.ts, and the schema of documents in
 * files of their own; with --check it only tells whether they are up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { compile } from 'json-schema-to-typescript'
import { format, resolveConfig } from 'prettier'

const project = new URL('../', import.meta.url)
const schema = JSON.parse(readFileSync(new URL('schemas/mesh.schema.json', project), 'utf8'))

/** The entry of a list as a document: what names it goes to metadata, everything else to spec. */
function documentOf(kind, ...names) {
  const { description, properties } = schema.definitions[kind]
  const pick = (wanted) =>
    Object.fromEntries(Object.entries(properties).filter(([key]) => names.includes(key) === wanted))
  const closed = { type: 'object', additionalProperties: false }
  return {
    title: `${kind}Document`,
    ...closed,
    required: ['apiVersion', 'kind', 'metadata'],
    description,
    properties: {
      apiVersion: schema.properties.apiVersion,
      kind: { const: kind, description: 'Kind of this document.' },
      metadata: {
        title: `${kind}Metadata`,
        ...closed,
        required: names,
        description: `What the ${kind.toLowerCase()} is called.`,
        properties: pick(true),
      },
      spec: {
        title: `${kind}Spec`,
        ...closed,
        description: `The same as an entry of ${kind.toLowerCase()}s in mesh.yaml. What it does not say has the defaults of the mesh.`,
        properties: pick(false),
      },
    },
  }
}

function included() {
  const definitions = {
    ClusterDocument: documentOf('Cluster', 'name'),
    ServiceDocument: documentOf('Service', 'name', 'namespace'),
  }
  const add = (text) => {
    for (const [, name] of text.matchAll(/"#\/definitions\/(\w+)"/g)) {
      if (name in definitions) continue
      definitions[name] = schema.definitions[name]
      add(JSON.stringify(definitions[name]))
    }
  }
  add(JSON.stringify(definitions))
  return {
    $schema: schema.$schema,
    $id: schema.$id.replace('mesh.schema', 'included.schema'),
    title: 'Included',
    description: 'One YAML document of a file that a mesh includes: a cluster or a service.',
    oneOf: [{ $ref: '#/definitions/ClusterDocument' }, { $ref: '#/definitions/ServiceDocument' }],
    definitions,
  }
}

const types = await compile(schema, 'Mesh', {
  additionalProperties: false,
  bannerComment: '/** Generated from schemas/mesh.schema.json by `npm run schema`. DO NOT EDIT. */',
  style: { semi: false, singleQuote: true, printWidth: 120 },
  unknownAny: true,
})
const includedFile = new URL('schemas/included.schema.json', project)
const json = await format(JSON.stringify(included()), { ...(await resolveConfig(includedFile)), parser: 'json' })
for (const [path, text] of [
  ['src/intent/schema.gen.ts', types],
  ['schemas/included.schema.json', json],
]) {
  const target = new URL(path, project)
  if (!process.argv.includes('--check')) {
    writeFileSync(target, text)
  } else if (readFileSync(target, 'utf8') !== text) {
    console.error(`${path} is not what schemas/mesh.schema.json gives: run npm run schema`)
    process.exitCode = 1
  }
}
