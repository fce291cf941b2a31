/** Completion for bash 3.2 and later, without the package bash-completion. */
import { optionValueCases, wordCases } from './cases.ts'
import { stepsOf, valueOptions, type Grammar, type Option, type Values } from './words.ts'

export function bashCompletion(grammar: Grammar): string {
  const { places, everywhere } = grammar
  return `# Completion of meshwright for bash: source <(meshwright completion bash)
_meshwright() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path='' option='' word i
  COMPREPLY=()
  # Bash takes the = of --option=value for a word of its own.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == '=' ]]; then continue; fi
    if [[ -n $option ]]; then
      option=''
      continue
    fi
    case $word in
      ${valueOptions(grammar).join('|')}) option=$word ;;
      -*) ;;
      *)
        case "$path $word" in
          ${stepsOf(grammar).join('|')}) path=\${path:+$path }$word ;;
        esac
        ;;
    esac
  done
  if [[ $cur == '=' ]]; then cur=''; fi
  if [[ -n $option ]]; then
    case "$path $option" in
${optionValueCases(grammar, callFor)}
    esac
  elif [[ $cur == -* ]]; then
    case $path in
${places
  .filter(({ options }) => options.length > 0)
  .map(({ path, options }) => `      '${path}') _meshwright_words '${names([...options, ...everywhere])}' ;;`)
  .join('\n')}
      *) _meshwright_words '${names(everywhere)}' ;;
    esac
  else
    case $path in
${wordCases(grammar, callFor, (next) => `_meshwright_words '${next.map(({ word }) => word).join(' ')}'`)}
    esac
  fi
}

_meshwright_words() {
  while IFS='' read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$1" -- "$cur")
}

_meshwright_paths() {
  compopt -o filenames 2>/dev/null
  while IFS='' read -r word; do COMPREPLY+=("$word"); done < <(compgen "$1" -- "$cur")
}

complete -F _meshwright meshwright
`
}

function names(options: readonly Option[]): string {
  return options.flatMap((option) => option.names).join(' ')
}

function callFor(values: Values): string | undefined {
  switch (values.kind) {
    case 'file':
      return '_meshwright_paths -f'
    case 'folder':
      return '_meshwright_paths -d'
    case 'words':
      return `_meshwright_words '${values.words.join(' ')}'`
    case 'free':
      return undefined
  }
}
