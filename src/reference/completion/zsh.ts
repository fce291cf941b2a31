/** Completion for zsh, to be sourced, or to lie in a folder of $fpath as _meshwright. */
import { optionValueCases, wordCases } from './cases.ts'
import { stepsOf, valueOptions, type Grammar, type Option, type Values } from './words.ts'

export function zshCompletion(grammar: Grammar): string {
  const { places, everywhere } = grammar
  return `#compdef meshwright
# Completion of meshwright for zsh: source <(meshwright completion zsh)
_meshwright() {
  local at='' option='' word
  local -a offered
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n $option ]]; then
      option=''
      continue
    fi
    case $word in
      ${valueOptions(grammar).join('|')}) option=$word ;;
      -*) ;;
      *)
        case "$at $word" in
          ${stepsOf(grammar).join('|')}) at=\${at:+$at }$word ;;
        esac
        ;;
    esac
  done
  if [[ -z $option && $PREFIX == --*=* ]]; then
    option=\${PREFIX%%=*}
    compset -P '*='
  fi
  if [[ -n $option ]]; then
    case "$at $option" in
${optionValueCases(grammar, callFor)}
    esac
  elif [[ $PREFIX == -* ]]; then
    offered=(${described(everywhere)})
    case $at in
${places
  .filter(({ options }) => options.length > 0)
  .map(({ path, options }) => `      '${path}') offered+=(${described(options)}) ;;`)
  .join('\n')}
    esac
    _describe -o option offered
  else
    case $at in
${wordCases(grammar, callFor, (next) => `offered=(${next.map(({ word, help }) => entry(word, help)).join(' ')}); _describe command offered`)}
    esac
  fi
}

if [[ \${funcstack[1]} == _meshwright ]]; then
  _meshwright "$@"
else
  compdef _meshwright meshwright
fi
`
}

function described(options: readonly Option[]): string {
  return options.flatMap(({ names, help }) => names.map((name) => entry(name, help))).join(' ')
}

function callFor(values: Values): string | undefined {
  switch (values.kind) {
    case 'file':
      return '_files'
    case 'folder':
      return '_files -/'
    case 'words':
      return `compadd -- ${values.words.join(' ')}`
    case 'free':
      return undefined
  }
}

/** An entry for _describe, in single quotes. */
function entry(word: string, help: string): string {
  return `'${`${word.replaceAll(':', '\\:')}:${help}`.replaceAll("'", String.raw`'\''`)}'`
}
