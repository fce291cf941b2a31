import { spawnSync } from 'node:child_process'
import { COMMANDS, COMMON_OPTIONS } from '../../src/command-table.ts'
import { grammarOf } from '../../src/reference/completion/words.ts'
import { sandbox, type Sandbox } from '../cli/sandbox.ts'
import { describe, equal, is, match, ok } from '../suite.ts'
import { COMPLETION_CASES } from './completion-cases.ts'

const CALL = `source "$1"; shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_meshwright
if ((\${#COMPREPLY[@]} > 0)); then printf '%s\\n' "\${COMPREPLY[@]}"; fi`

/** As bash calls it: with the words of the line, in which it has = apart. */
function offered(box: Sandbox, line: string): string[] {
  const words = line.split(' ').flatMap((word) => word.split(/(=)/).filter((part, i) => i === 0 || part !== ''))
  const args = ['--norc', '--noprofile', '-c', CALL, 'bash', 'completion.bash', ...words]
  const { status, stdout, stderr } = spawnSync('bash', args, { cwd: box.mesh, encoding: 'utf8' })
  is(`${status} ${stderr}`, '0 ')
  return stdout.split('\n').filter(Boolean).sort()
}

describe('completion', (test) => {
  test('bash offers what can stand there', () => {
    const box = sandbox()
    for (const path of ['mesh.yaml', 'a.txt', 'sub/x']) box.write(path, '')
    box.write('completion.bash', box.meshwright('completion', 'bash').out)
    for (const { line, offered: wanted } of COMPLETION_CASES) equal(offered(box, line), wanted, line)
    const all = offered(box, 'meshwright ')
    for (const { name } of COMMANDS) ok(all.includes(name.split(' ')[0] ?? ''), name)
    box.done()
  })

  test('the values of an option are words, paths, or free', () => {
    const load = (): Promise<never> => Promise.reject(new Error('not run'))
    const { places, everywhere } = grammarOf({
      commands: [
        {
          name: 'a b',
          arguments: '[DIR]',
          summary: 'does b',
          arity: [0, 1],
          options: {
            words: { type: 'string', value: 'x|y-2', help: '' },
            host: { type: 'string', value: 'HOST|IP', help: '' },
            key: { type: 'string', value: 'age1...', help: '' },
            flag: { type: 'boolean', help: '' },
          },
          load,
        },
      ],
      options: { file: { type: 'string', short: 'f', value: 'FILE', help: 'it' } },
    })
    equal(
      places.map(({ path, next, argument }) => [path, next.map((n) => n.word), argument?.kind]),
      [
        ['', ['a'], undefined],
        ['a', ['b'], undefined],
        ['a b', [], 'folder'],
      ],
    )
    equal(
      places.at(-1)?.options.map(({ values }) => values),
      [{ kind: 'words', words: ['x', 'y-2'] }, { kind: 'free' }, { kind: 'free' }, undefined],
    )
    equal(everywhere, [{ names: ['--file', '-f'], help: 'it', values: { kind: 'file' } }])
  })

  test('each shell has a script with every command and option; another shell is refused', () => {
    const { meshwright, done } = sandbox()
    const words = COMMANDS.flatMap(({ name, options }) => [...name.split(' '), ...Object.keys(options)])
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { out, code } = meshwright('completion', shell)
      is(code, 0)
      for (const word of [...words, ...Object.keys(COMMON_OPTIONS)]) ok(out.includes(word), `${shell}: ${word}`)
    }
    const { code, err } = meshwright('completion', 'tcsh')
    is(code, 2)
    match(err, /allowed: bash, zsh, fish/)
    done()
  })
})
