#!/bin/bash
# What bash offers for command lines: offers.bash COMPLETION LINE...
# shellcheck source=/dev/null
source "$1"
shift
for line; do
  echo "# $line"
  # As readline does it: `=` is a word of its own, and a blank at the end begins another.
  read -r -a COMP_WORDS <<<"${line//=/ = }"
  if [[ $line == *[\ =] && ${COMP_WORDS[-1]} != = ]]; then COMP_WORDS+=(""); fi
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  "$(complete -p "${COMP_WORDS[0]}" | sed 's/.*-F \([^ ]*\) .*/\1/')"
  if ((${#COMPREPLY[@]})); then printf '%s\n' "${COMPREPLY[@]}"; fi
done
