#compdef falloutd
# Completion of falloutd for zsh. `falloutd __complete` knows the words; this shows them.
_falloutd() {
  local -a lines entries
  # Words as they are without their quotes.
  lines=("${(@f)$(command falloutd __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  case $lines[1] in
    files|folders)
      [[ $PREFIX == --*=* ]] && compset -P '*='
      if [[ $lines[1] == files ]]; then _files; else _files -/; fi
      ;;
    words)
      shift lines
      (( $#lines )) || return 1
      # WORD:WHAT IT IS, where a colon in the word has a backslash.
      entries=("${(@)lines//:/\\:}")
      entries=("${(@)entries/$'\t'/:}")
      if [[ $lines[1] == *= ]]; then
        _describe -V falloutd entries -S ''
      else
        _describe -V falloutd entries
      fi
      ;;
    *) return 1 ;;
  esac
}
if [[ $funcstack[1] == _falloutd ]]; then
  # A file of fpath, which zsh has loaded because it is needed.
  _falloutd "$@"
else
  compdef _falloutd falloutd
fi
