# Completion of falloutd for bash 4.4 and newer. `falloutd __complete` knows the words; this shows them.
_falloutd() {
  local -a words=() lines=()
  local word i
  # Bash splits words at `=` and `:` too.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if ((i > 1)) && [[ $word == [=:]* || ${COMP_WORDS[i - 1]} == *[=:] ]]; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
  done
  word=${words[-1]}
  # Without the quotes and backslashes that it keeps.
  mapfile -t lines < <(command falloutd __complete "${words[@]//[\\\'\"]/}" 2>/dev/null)
  COMPREPLY=()
  case ${lines[0]-} in
    # Bash completes names of files by itself where there are no words: with quotes, `~` and blanks.
    files) return ;;
    folders)
      compopt +o default -o dirnames 2>/dev/null
      return
      ;;
  esac
  compopt +o default -o nosort 2>/dev/null
  lines=("${lines[@]:1}")
  lines=("${lines[@]%%$'\t'*}")
  # What it replaces is only what follows the last `=` or `:`.
  COMPREPLY=("${lines[@]#"${word%"${word##*[=:]}"}"}")
  [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -o default -F _falloutd falloutd
