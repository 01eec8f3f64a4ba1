#!/bin/zsh -f
# What zsh offers for command lines: offers.zsh DIRECTORY LINE...
# zsh completes only at a terminal, so there is one; instead of showing matches it prints them.
zmodload zsh/zpty
zpty shell zsh -f -i

setup='
unsetopt zle_bracketed_paste 2>/dev/null
PS1= ; stty -echo cols 1000
fpath=('${(q)1}' $fpath)
autoload -Uz compinit && compinit -u -D
compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
  local -a hits
  builtin compadd -A hits "$@"
  builtin compadd "$@"
  (( $#hits )) && print -rl -- "OFFER:"$^hits
}
zle -C offers list-choices _main_complete
finish() { BUFFER= ; print -r -- END }
zle -N finish
bindkey "^X" offers
bindkey "^E" finish
LISTMAX=1000
print "READ"Y
'
collect() {
  local text line
  while zpty -r shell line; do
    line=${line//[$'\r\n']/}
    [[ $line == *$1 ]] && return
    [[ $line == *OFFER:* ]] && print -r -- ${line##*OFFER:}
  done
}
zpty -w shell $setup
collect READY >/dev/null
shift
for line; do
  print -r -- "# $line"
  zpty -w -n shell $line$'\C-X\C-E'
  collect END
done
zpty -d shell
