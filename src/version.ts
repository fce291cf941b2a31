import { readFileSync } from 'node:fs'

/** Version of this package, from the package.json that ships with it. */
export function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
