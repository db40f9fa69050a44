// The completion script for bash: a table of what can stand where, and a function that finds the place.

import type { CommandWords, Value } from './words.ts';

export function bashScript(commands: readonly CommandWords[]): string {
  const rows = commands.flatMap(tableRows);
  const paths = commands.flatMap(({ path }) => (path.length > 0 ? [quoted(path.join(' '))] : []));
  return `# Completion of ai-sessions for bash: source <(ai-sessions completion bash)

# Sets what can stand at a place: words, or the kind of a value. Fails where nothing is to follow.
_ai_sessions_at() {
  case $1 in
${rows.map(([place, value]) => `    ${place}) at=${quoted(value)} ;;`).join('\n')}
    *) return 1 ;;
  esac
}

_ai_sessions_is_command() {
  case $1 in
    ${paths.join(' | ')}) ;;
    *) return 1 ;;
  esac
}

_ai_sessions_paths() {
  local IFS=$'\n' # names may hold spaces
  compopt -o filenames 2> /dev/null
  COMPREPLY=($(compgen "$1" -- "$2"))
}

_ai_sessions() {
  local path= position=1 option= data=\${AI_SESSIONS_DATA:-data} at= index word
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ -n $option && $word == = ]]; then
      continue # bash takes --option=value for three words
    elif [[ -n $option ]]; then
      [[ $option == --data ]] && data=\${word/#\\~/$HOME}
      option=
    elif [[ $word == -* ]]; then
      _ai_sessions_at "$path $word" && option=$word
    elif _ai_sessions_is_command "\${path:+$path }$word"; then
      path="\${path:+$path }$word"
    else
      ((position++))
    fi
  done

  local current=\${COMP_WORDS[COMP_CWORD]}
  [[ $current == = ]] && current=
  local place=$position
  [[ $current == -* ]] && place=-
  [[ -n $option ]] && place=$option
  COMPREPLY=()
  _ai_sessions_at "$path $place" || return 0
  case $at in
    @text) ;;
    @files) _ai_sessions_paths -f "$current" ;;
    @folders) _ai_sessions_paths -d "$current" ;;
    @organisations)
      local names= folder
      for folder in "$data"/*/; do [[ -d $folder ]] && names+=" $(basename "$folder")"; done
      COMPREPLY=($(compgen -W "$names" -- "$current"))
      ;;
    *) COMPREPLY=($(compgen -W "$at" -- "$current")) ;;
  esac
}

complete -F _ai_sessions ai-sessions
`;
}

type Row = readonly [place: string, value: string];

/** Places are the command and an option, the number of an argument, or - for the names of options. */
function tableRows({ path, commands, options, arguments: args }: CommandWords): Row[] {
  const at = (place: string) => quoted(`${path.join(' ')} ${place}`);
  const rows: Row[] = [[at('-'), options.map(({ flag }) => flag).join(' ')]];
  if (commands.length > 0) rows.push([at('1'), commands.map(({ name }) => name).join(' ')]);
  args.forEach(({ value, isVariadic }, index) => {
    const place = isVariadic ? `${at('')}[1-9]*` : at(String(index + 1)); // behind those before it
    rows.push([place, valueText(value)]);
  });
  for (const { flag, value } of options) {
    if (value !== undefined) rows.push([at(flag), valueText(value)]);
  }
  return rows;
}

function valueText(value: Value): string {
  return value.kind === 'words' ? value.words.join(' ') : `@${value.kind}`;
}

const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
