import { COMPLETE_COMMAND } from './completion.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * A script that makes a shell complete `command`: it asks the command itself (`COMMAND __complete WORD... PREFIX`), so it
 * stays right when the command changes.
 *
 * @example source <(steward completion bash)
 */
export const completionScript = (shell: Shell, { command }: { readonly command: string }): string =>
  SCRIPTS[shell](command, `_${command.replace(/\W/g, '_')}_complete`);

const bash = (
  command: string,
  fn: string,
): string => `# bash completion of ${command}; use: source <(${command} completion bash)
${fn}() {
  local line word prefix="" typed="\${COMP_LINE:0:COMP_POINT}"
  local -a words
  read -ra words <<<"$typed"
  [[ "$typed" == *[[:blank:]] ]] && words+=("")
  word="\${words[\${#words[@]} - 1]}"
  # Bash completes what stands behind the last = or : of a word.
  [[ "$word" == *[=:]* ]] && prefix="\${word%"\${word##*[=:]}"}"
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :0) COMPREPLY=($(compgen -f -- "\${word#"$prefix"}")); compopt -o filenames 2>/dev/null ;;
      :*) ;;
      *) line="\${line%%$'\\t'*}"; COMPREPLY+=("\${line#"$prefix"}") ;;
    esac
  done < <(${command} ${COMPLETE_COMMAND} "\${words[@]:1}" 2>/dev/null)
}
complete -o nosort -F ${fn} ${command} 2>/dev/null || complete -F ${fn} ${command}
`;

const zsh = (command: string, fn: string): string => `#compdef ${command}
# zsh completion of ${command}; use: source <(${command} completion zsh)
${fn}() {
  local line files=0
  local -a candidates
  while IFS= read -r line; do
    case "$line" in
      :0) files=1 ;;
      :*) ;;
      *) candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}\${\${(M)line:#*$'\\t'*}:+:\${line#*$'\\t'}}") ;;
    esac
  done < <(${command} ${COMPLETE_COMMAND} "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( files )); then _files; else _describe -V ${command} candidates; fi
}
if [ "$funcstack[1]" = "${fn}" ]; then ${fn} "$@"; else compdef ${fn} ${command}; fi
`;

const fish = (
  command: string,
  fn: string,
): string => `# fish completion of ${command}; use: ${command} completion fish | source
function ${fn}
    set -l words (commandline -opc)[2..-1] (commandline -ct)
    for line in (${command} ${COMPLETE_COMMAND} $words 2>/dev/null)
        switch $line
            case ':0'
                __fish_complete_path (commandline -ct)
            case ':*'
            case '*'
                echo $line
        end
    end
end
complete -c ${command} -f -a '(${fn})'
`;

const SCRIPTS: Record<Shell, (command: string, fn: string) => string> = { bash, zsh, fish };
