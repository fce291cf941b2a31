/**
 * The edge of the command line: finds the command, reads its options, turns what goes wrong into messages and an exit
 * code. Data goes to stdout, messages to stderr.
 */
import { parseArgs } from 'node:util'
import { COMMANDS, COMMON_OPTIONS } from './command-table.ts'
import type { Command, OptionSpec } from './command.ts'
import { exit, exitMeanings, Failure, type ExitCode } from './diagnostics/failure.ts'
import { suggest } from './diagnostics/suggest.ts'
import { Invocation, type World } from './invocation.ts'
import { version } from './version.ts'

export async function run(world: World): Promise<ExitCode> {
  try {
    return await dispatch(world)
  } catch (error) {
    const { paint, err } = world
    if (error instanceof Failure) {
      err(`meshwright: ${paint.red('error')}: ${error.message}\n`)
      for (const hint of error.hints) err(`meshwright: ${paint.bold('hint')}: ${hint}\n`)
      return error.exitCode
    }
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    err(`meshwright: ${paint.red('error')}: this is a bug of meshwright, please report it\n${stack}\n`)
    return exit.bug
  }
}

async function dispatch(world: World): Promise<ExitCode> {
  const { words, rest } = splitWords(world.argv)
  if (words.length === 0) {
    if (rest.includes('--version')) world.out(`${version()}\n`)
    else if (rest.some((a) => !/^(-h|--help)$/.test(a)))
      throw usage(`no command before ${rest[0]}`, 'meshwright --help lists the commands')
    else world.out(overview())
    return rest.length === 0 ? exit.invalid : exit.done
  }
  if (words[0] === 'help') return help(world, words.slice(1))
  const command = commandOf(words)
  if (command === undefined && rest.some((option) => /^(-h|--help)$/.test(option))) return help(world, words)
  if (command === undefined) throw unknownCommand(words)
  const { values, positionals } = parse(command, [...rest, ...words.slice(command.name.split(' ').length)])
  const invocation = new Invocation(world, values, positionals)
  if (invocation.flag('help')) return help(world, command.name.split(' '))
  if (invocation.flag('version')) {
    world.out(`${version()}\n`)
    return exit.done
  }
  const [min, max] = command.arity
  if (positionals.length < min)
    throw usage(`${command.name} needs ${command.arguments}`, `meshwright ${command.name} --help`)
  if (positionals.length > max)
    throw usage(`${command.name} does not take ${positionals[max]}`, `meshwright ${command.name} --help`)
  const { run: runCommand } = await command.load()
  return runCommand(invocation, { commands: COMMANDS, options: COMMON_OPTIONS })
}

/** Command words and arguments on one side, options with their values on the other. */
function splitWords(argv: readonly string[]): { words: string[]; rest: string[] } {
  const specs = [COMMON_OPTIONS, ...COMMANDS.map((c) => c.options)].flatMap((o) => Object.entries(o))
  const takesValue = (argument: string): boolean =>
    !argument.includes('=') &&
    specs.some(([name, spec]) => spec.type === 'string' && (argument === `--${name}` || argument === `-${spec.short}`))
  const words: string[] = []
  const rest: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] ?? ''
    if (argument === '--') {
      words.push(...argv.slice(i + 1))
      break
    }
    if (!argument.startsWith('-') || argument === '-') {
      words.push(argument)
      continue
    }
    rest.push(argument)
    const value = argv[i + 1]
    if (takesValue(argument) && value !== undefined) {
      rest.push(value)
      i++
    }
  }
  return { words, rest }
}

function commandOf(words: readonly string[]): Command | undefined {
  return COMMANDS.find((c) => c.name.split(' ').every((part, i) => words[i] === part))
}

function parse(
  command: Command,
  args: readonly string[],
): { values: ConstructorParameters<typeof Invocation>[1]; positionals: string[] } {
  const options = { ...COMMON_OPTIONS, ...command.options }
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(
        Object.entries(options).map(([name, { type, short, multiple }]) => [
          name,
          { type, ...(short !== undefined && { short }), ...(multiple === true && { multiple }) },
        ]),
      ),
    })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const unknown = /Unknown option '(-[^']*)'/.exec(message)?.[1]
    if (unknown === undefined)
      throw usage(
        message.charAt(0).toLowerCase() + message.slice(1).replace(/\.?\s*$/, ''),
        `meshwright ${command.name} --help`,
      )
    const meant = suggest(unknown.replace(/^-+/, ''), Object.keys(options))
    throw usage(
      `${command.name} has no option ${unknown}`,
      meant === undefined ? `meshwright ${command.name} --help` : `did you mean --${meant}?`,
    )
  }
}

function unknownCommand(words: readonly string[]): Failure {
  const word = words.join(' ')
  const below = [words, words.slice(0, 1)].map(commandsBelow).find(({ length }) => length > 0) ?? []
  if (below.length > 0) return usage(`there is no command ${word}`, `there is: ${below.map((c) => c.name).join(', ')}`)
  const meant = suggest(
    words[0] ?? '',
    COMMANDS.map((c) => c.name),
  )
  return usage(
    `there is no command ${words[0]}`,
    meant === undefined ? 'meshwright --help lists the commands' : `did you mean ${meant}?`,
  )
}

function usage(message: string, hint: string): Failure {
  return new Failure(message, { exitCode: exit.invalid, hints: [hint] })
}

function help(world: World, words: readonly string[]): ExitCode {
  const command = commandOf(words)
  const below = command === undefined ? commandsBelow(words) : []
  if (words.length === 0) world.out(overview())
  else if (below.length > 0) world.out(`${listOf(below)}\n`)
  else if (command === undefined) throw unknownCommand(words)
  else world.out(helpOf(command))
  return exit.done
}

function commandsBelow(words: readonly string[]): readonly Command[] {
  return words.length === 0 ? [] : COMMANDS.filter((c) => `${c.name} `.startsWith(`${words.join(' ')} `))
}

function listOf(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((c) => usageOf(c).length))
  return commands.map((c) => `  ${usageOf(c).padEnd(width)}  ${c.summary}`).join('\n')
}

function overview(): string {
  return `meshwright ${version()}
From one mesh.yaml: what several Istio clusters need to trust and find each other.

usage: meshwright COMMAND [OPTION...]

${listOf(COMMANDS)}

options of every command:
${optionLines(COMMON_OPTIONS)}

exit codes: ${exitMeanings.map(([code, meaning]) => `${code} ${meaning}`).join(', ')}
`
}

function helpOf(command: Command): string {
  const own = optionLines(command.options)
  return `usage: meshwright ${usageOf(command)} [OPTION...]

${command.summary}
${command.details === undefined ? '' : `\n${command.details}\n`}${own === '' ? '' : `\noptions:\n${own}\n`}
options of every command:
${optionLines(COMMON_OPTIONS)}
`
}

function usageOf({ name, arguments: args }: Command): string {
  return args === undefined ? name : `${name} ${args}`
}

function optionLines(options: Readonly<Record<string, OptionSpec>>): string {
  return Object.entries(options)
    .map(([name, { short, value, help }]) => {
      const left = `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`
      return left.length > 32 ? `  ${left}\n${' '.repeat(36)}${help}` : `  ${left.padEnd(34)}${help}`
    })
    .join('\n')
}
