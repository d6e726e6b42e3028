// Each script passes the words of the line, and shows the candidates.
export const SCRIPTS = {
  bash: `_filmgate() {
  local IFS=$'\\n'
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=($(compgen -W "$(filmgate completion bash --candidates -- "\${words[@]}" 2>/dev/null | cut -f1)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _filmgate filmgate`,
  zsh: `#compdef filmgate
_filmgate() {
  local -a candidates
  local line value
  for line in "\${(@f)$(filmgate completion zsh --candidates -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -z $line ]] && continue
    value=\${line%%$'\\t'*}
    candidates+=("\${value//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#candidates} )); then _describe filmgate candidates; else _files; fi
}
compdef _filmgate filmgate`,
  fish: `function __filmgate_candidates
  set -l words (commandline -opc)[2..-1] (commandline -ct)
  filmgate completion fish --candidates -- $words 2>/dev/null
end
complete -c filmgate -a '(__filmgate_candidates)'`,
};

export type Shell = keyof typeof SCRIPTS;
