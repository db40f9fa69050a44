// The completion script for zsh, in the terms of its _arguments.

import type { ArgumentWords, CommandWords, OptionWords, Value } from './words.ts';

export function zshScript(commands: readonly CommandWords[]): string {
  return `#compdef ai-sessions
# Completion of ai-sessions for zsh: source <(ai-sessions completion zsh)

_ai_sessions_organisations() {
  local data=\${opt_args[--data]:-\${AI_SESSIONS_DATA:-data}}
  local -a names=(\${~data}/*(/N:t))
  compadd -a names
}

${commands.map(commandFunction).join('\n')}
if [[ $funcstack[1] == _ai_sessions ]]; then
  _ai_sessions "$@"
else
  compdef _ai_sessions ai-sessions
fi
`;
}

const functionName = (path: readonly string[]) => ['_ai_sessions', ...path].join('_');

function commandFunction({ path, commands, options, arguments: args }: CommandWords): string {
  const specs = options.map(optionSpec);
  if (commands.length === 0) {
    return definition(path, [...specs, ...args.map(argumentSpec)], '');
  }
  const names = commands.map(({ name, description }) => quoted(`${name}:${description}`));
  const cases = commands.map(({ name }) => {
    const called = functionName([...path, name]);
    return `        ${name}) (( $+functions[${called}] )) && ${called} ;;`;
  });
  const dispatch = `
  case $state in
    command)
      local -a commands=(${names.join(' ')})
      _describe command commands
      ;;
    rest)
      case $words[1] in
${cases.join('\n')}
      esac
      ;;
  esac`;
  return definition(path, [...specs, "'1: :->command'", "'*:: :->rest'"], dispatch);
}

function definition(path: readonly string[], specs: readonly string[], rest: string): string {
  return `${functionName(path)}() {
  local state line
  local -A opt_args
  _arguments -C \\
    ${specs.join(' \\\n    ')}${rest}
}
`;
}

function optionSpec({ flag, description, value }: OptionWords): string {
  const about = `[${escaped(description)}]`;
  if (value === undefined) return quoted(flag + about);
  return quoted(`*${flag}=${about}:${value.kind}:${action(value)}`);
}

function argumentSpec({ name, value, isVariadic }: ArgumentWords): string {
  return quoted(`${isVariadic ? '*' : ''}:${name}:${action(value)}`);
}

function action(value: Value): string {
  switch (value.kind) {
    case 'words':
      return `(${value.words.join(' ')})`;
    case 'files':
      return '_files';
    case 'folders':
      return '_files -/';
    case 'organisations':
      return '_ai_sessions_organisations';
    case 'text':
      return ' ';
  }
}

const escaped = (text: string) => text.replaceAll(/[[\]:\\]/g, String.raw`\$&`);
const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
