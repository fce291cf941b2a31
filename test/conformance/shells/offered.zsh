# usage: zsh -f offered.zsh SCRIPT LINE
# Types LINE and a tab into an interactive zsh that has loaded SCRIPT, in a terminal of its own, and prints what was
# offered. What compadd is given is written down by a function in its place; calls that only compute are left alone.
zmodload zsh/zpty zsh/zselect || exit 2
typeset offered=$PWD/.offered
: > $offered
zpty shell "TERM=dumb ZDOTDIR=$PWD zsh -f -i"
zpty -w shell "PS1= PS2=; unsetopt prompt_cr prompt_sp; autoload -Uz compinit; compinit -u -D
source ${(q)1}
compadd() {
  if (( \${@[(I)-[a-zA-Z]#[OAD]]} )); then builtin compadd \"\$@\"; return; fi
  local -a hits
  builtin compadd -O hits \"\$@\"
  (( \$#hits )) && print -rl -- \$hits >> ${(q)offered}
  builtin compadd \"\$@\"
}
setopt extended_glob
print -r -- ready >> ${(q)offered}"
wait_for() {
  repeat 200; do
    [[ "$(< $offered)" == *$1* ]] && return
    zpty -r -t shell >/dev/null
    zselect -t 5
  done
  print -ru2 -- "zsh has not become $1"
  exit 1
}
wait_for ready
zpty -w -n shell "$2"$'\t'
# A control character that clears the line comes after the completion, and so does what is said then.
zpty -w -n shell $'\C-u'
zpty -w shell "print -r -- finished >> ${(q)offered}"
wait_for finished
zpty -d shell
grep -vxE 'ready|finished' $offered | sort -u
