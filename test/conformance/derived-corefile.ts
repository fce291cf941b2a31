/**
 * A Corefile that runs on this machine, made of one for a cluster by the least that is needed:
 *
 * - every block listens on a free port of 127.0.0.1: the port of its keys, and `bind`
 * - `forward` goes to a block that is added here and knows a few names, so that nothing leaves the machine
 * - the user's own blocks lose the plugins that need a cluster, a fixed port or a real network (DROPPED)
 *
 * Our own block keeps every other byte; assertUntouched() proves it. Lines are read in a simple way, apart from src/dns.
 */

export interface Derivation {
  /** Zone of our own block. */
  readonly suffix: string
  readonly port: number
  /** Port of the block that all forwards go to. */
  readonly upstreamPort: number
  /** Names that it answers with 192.0.2.1; it has no other. */
  readonly known: readonly string[]
}

const DROPPED = new Set(['kubernetes', 'prometheus', 'health', 'ready', 'loop'])

interface Block {
  /** Comments and blank lines before it. */
  readonly before: readonly string[]
  /** First line, without its `{`. */
  readonly keys: string
  /** Lines of plugins, each with what is in its braces. */
  readonly plugins: readonly (readonly string[])[]
}

export function deriveCorefile(text: string, derivation: Derivation): string {
  const { suffix, port, upstreamPort, known } = derivation
  const blocks = blocksOf(text).map(({ before, keys, plugins }) => {
    const kept = isOwn(keys, suffix) ? plugins : plugins.filter((plugin) => !DROPPED.has(nameOf(plugin)))
    const lines = kept.filter((plugin) => nameOf(plugin) !== 'bind').flatMap((plugin) => local(plugin, upstreamPort))
    return [...before, `${listen(keys, port)} {`, '    bind 127.0.0.1', ...lines, '}'].join('\n')
  })
  return `${blocks.join('\n')}\n${upstream(upstreamPort, known)}`
}

/** Fails unless our block differs from the original in port, bind and forward only, and no forward leaves the machine. */
export function assertUntouched(text: string, derived: string, suffix: string): void {
  const [before, after] = [text, derived].map((source) => {
    const own = blocksOf(source).filter(({ keys }) => isOwn(keys, suffix))
    return own.map(({ keys, plugins }) => [
      keys.replace(/:\d+/, ''),
      ...plugins.filter((plugin) => nameOf(plugin) !== 'bind').flatMap((plugin) => local(plugin, 0)),
    ])
  })
  if (JSON.stringify(before) !== JSON.stringify(after)) {
    throw new Error(`our block was changed:\n${JSON.stringify(before, null, 1)}\n${JSON.stringify(after, null, 1)}`)
  }
  for (const { plugins } of blocksOf(derived)) {
    for (const plugin of plugins.filter((p) => nameOf(p) === 'forward')) {
      if (!/^\s*forward \S+ 127\.0\.0\.1:\d+( \{)?\s*$/.test(plugin[0] ?? '')) {
        throw new Error(`this would leave the machine: ${plugin[0]}`)
      }
    }
  }
}

/** Whether these are the keys of our block. */
function isOwn(keys: string, suffix: string): boolean {
  return new RegExp(`^${suffix.replaceAll('.', '\\.')}:\\d+$`).test(keys)
}

function listen(keys: string, port: number): string {
  return keys
    .split(/[\s,]+/)
    .map((key) => `${key.replace(/:\d+$/, '')}:${port}`)
    .join(' ')
}

function nameOf(plugin: readonly string[]): string {
  return plugin[0]?.trim().split(/\s/)[0] ?? ''
}

/** A plugin as it is, but for the targets of a forward. */
function local(plugin: readonly string[], upstreamPort: number): readonly string[] {
  if (nameOf(plugin) !== 'forward') return plugin
  const [first = '', ...rest] = plugin
  return [first.replace(/^(\s*forward \S+) .*?( \{)?\s*$/, `$1 127.0.0.1:${upstreamPort}$2`), ...rest]
}

function upstream(port: number, known: readonly string[]): string {
  const names = known.map((name) => name.replaceAll('.', '\\.')).join('|')
  return `.:${port} {
    bind 127.0.0.1
    template IN A . {
        match "^(${names})\\.$"
        answer "{{ .Name }} 30 IN A 192.0.2.1"
        fallthrough
    }
    template IN ANY . {
        rcode NXDOMAIN
    }
}
`
}

/** Comments within blocks count as plugins. */
function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  let keys: string | undefined
  let before: string[] = []
  let plugins: string[][] = []
  let depth = 0
  for (const line of text.split('\n')) {
    const code = line.replace(/(^|\s)#[^\n]*$/, '').trim()
    if (keys === undefined && code === '') {
      before.push(line)
      continue
    }
    if (keys === undefined) {
      if (!code.endsWith(' {')) throw new Error(`not read: ${line}`)
      keys = code.slice(0, -2)
      continue
    }
    if (code === '}' && depth === 0) {
      blocks.push({ before, keys, plugins })
      keys = undefined
      before = []
      plugins = []
      continue
    }
    if (depth === 0) plugins.push([line])
    else plugins.at(-1)?.push(line)
    if (code.endsWith(' {')) depth += 1
    if (code === '}') depth -= 1
  }
  if (keys !== undefined) throw new Error(`the block ${keys} is not closed`)
  return blocks
}
