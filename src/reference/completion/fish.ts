/** Completion for fish 3 and later. */
import { stepsOf, valueOptions, type Grammar, type Option, type Place, type Values } from './words.ts'

export function fishCompletion(grammar: Grammar): string {
  return `# Completion of meshwright for fish: meshwright completion fish > ~/.config/fish/completions/meshwright.fish
function __meshwright_at
    # Whether the words of a command that stand on the line so far are these.
    set -l at ''
    set -l option ''
    set -l tokens (commandline -opc)
    for word in $tokens[2..-1]
        if test -n "$option"
            set option ''
            continue
        end
        switch $word
            case ${valueOptions(grammar).join(' ')}
                set option $word
            case '-*'
            case '*'
                if contains -- "$at $word" ${stepsOf(grammar).join(' ')}
                    set at (string trim -- "$at $word")
                end
        end
    end
    test "$at" = "$argv[1]"
end

complete -c meshwright -e
complete -c meshwright -f
${grammar.everywhere.map((option) => optionLine('complete -c meshwright', option)).join('\n')}
${grammar.places.map(placeLines).join('\n')}
`
}

function placeLines({ path, next, argument, options }: Place): string {
  const here = `complete -c meshwright -n '__meshwright_at "${path}"'`
  return [
    ...next.map(({ word, help }) => `${here} -a ${word} -d ${quoted(help)}`),
    ...(argument === undefined ? [] : [argumentLine(here, argument)].flat()),
    ...options.map((option) => optionLine(here, option)),
  ].join('\n')
}

function optionLine(start: string, option: Option): string {
  return `${start} ${optionWords(option)} -d ${quoted(option.help)}`
}

function argumentLine(here: string, values: Values): string | [] {
  switch (values.kind) {
    case 'file':
      return `${here} -F`
    case 'folder':
      return `${here} -a '(__fish_complete_directories)'`
    case 'words':
      return `${here} -a '${values.words.join(' ')}'`
    case 'free':
      return []
  }
}

function optionWords({ names, values }: Option): string {
  const words = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)).join(' ')
  switch (values?.kind) {
    case undefined:
      return words
    case 'file':
      return `${words} -r -F`
    case 'folder':
      return `${words} -x -a '(__fish_complete_directories)'`
    case 'words':
      return `${words} -x -a '${values.words.join(' ')}'`
    case 'free':
      return `${words} -x`
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`
}
