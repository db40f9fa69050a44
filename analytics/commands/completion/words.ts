// What can stand where on a command line, read off commander's own commands. What a value is, its
// placeholder says: <dir>, <file>, <org>.

import type { Argument, Command, Option } from 'commander';

export type Value =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'files' | 'folders' | 'organisations' | 'text' };

export interface OptionWords {
  /** As `--data`. */
  readonly flag: string;
  readonly description: string;
  /** Undefined for one that takes no value. */
  readonly value: Value | undefined;
}

export interface ArgumentWords {
  readonly name: string;
  readonly value: Value;
  readonly isVariadic: boolean;
}

export interface CommandWords {
  /** Below the program, which has none: `audit`, `verify`. */
  readonly path: readonly string[];
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly OptionWords[];
  readonly arguments: readonly ArgumentWords[];
}

/** The command and all below it, each before its own. */
export function commandWords(command: Command, path: readonly string[] = []): CommandWords[] {
  const help = command.createHelp();
  const own: CommandWords = {
    path,
    commands: help.visibleCommands(command).map((each) => ({
      name: each.name(),
      description: each.description(),
    })),
    options: help.visibleOptions(command).map(optionWords),
    arguments: command.registeredArguments.map(argumentWords),
  };
  return [own, ...command.commands.flatMap((each) => commandWords(each, [...path, each.name()]))];
}

function optionWords({ flags, long, description, argChoices, required }: Option): OptionWords {
  const [, placeholder = ''] = /<(.+)>/.exec(flags) ?? [];
  const value = required ? valueOf(placeholder, argChoices) : undefined;
  return { flag: long ?? flags, description, value };
}

function argumentWords(argument: Argument): ArgumentWords {
  const { argChoices, variadic: isVariadic } = argument;
  return { name: argument.name(), value: valueOf(argument.name(), argChoices), isVariadic };
}

const KINDS: Readonly<Record<string, 'files' | 'folders' | 'organisations'>> = {
  dir: 'folders',
  file: 'files',
  files: 'files',
  org: 'organisations',
};

function valueOf(placeholder: string, words: readonly string[] | undefined): Value {
  if (words !== undefined) return { kind: 'words', words };
  return { kind: KINDS[placeholder] ?? 'text' };
}
