// The completion script for fish: a line for each word that can stand somewhere.

import type { CommandWords, OptionWords, Value } from './words.ts';

export function fishScript(commands: readonly CommandWords[]): string {
  return `# Completion of ai-sessions for fish: ai-sessions completion fish | source

function __ai_sessions_organisations
    set -l data data
    set -q AI_SESSIONS_DATA; and set data $AI_SESSIONS_DATA
    set -l words (commandline -opc)
    set -l at (contains -i -- --data $words); and set data $words[(math $at + 1)]
    for folder in $data/*/
        basename $folder
    end
end

complete -c ai-sessions -f
${commands.flatMap(lines).join('\n')}
`;
}

function lines({ path, commands, options, arguments: args }: CommandWords): string[] {
  const within = path.map((name) => `__fish_seen_subcommand_from ${name}`);
  const names = commands.map(({ name }) => name).join(' ');
  const isOpen = commands.length > 0 ? [`not __fish_seen_subcommand_from ${names}`] : [];
  const condition = [...within, ...isOpen].join('; and ');
  const start = `complete -c ai-sessions${condition === '' ? '' : ` -n ${quoted(condition)}`}`;
  return [
    ...commands.map(({ name, description }) => `${start} -a ${name} -d ${quoted(description)}`),
    ...args.map(({ value }) => `${start} ${suggestions(value)}`),
    ...options.map((option) => `${start} ${optionText(option)}`),
  ];
}

function optionText({ flag, description, value }: OptionWords): string {
  const takes = value === undefined ? '' : `-r ${suggestions(value)} `;
  return `-l ${flag.replace(/^--/, '')} ${takes}-d ${quoted(description)}`;
}

function suggestions(value: Value): string {
  switch (value.kind) {
    case 'words':
      return `-f -a ${quoted(value.words.join(' '))}`;
    case 'files':
      return '-F';
    case 'folders':
      return "-f -a '(__fish_complete_directories)'";
    case 'organisations':
      return "-f -a '(__ai_sessions_organisations)'";
    case 'text':
      return '-f';
  }
}

const quoted = (text: string) => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
