// What DuckDB says of a statement, as a failure that names the place in the user's own script.

import { CommandFailure } from '../../failure.ts';
import { startThatFits } from '../../formats/displayWidth.ts';

export interface Script {
  /** What the user calls it. */
  readonly name: string;
  readonly text: string;
}

/** The statement stands at its place in the script (splitStatements). */
export function scriptError(error: Error, { name, text }: Script, statement: string) {
  const message = error.message.replace(/^Failed to extract statements: /, '');
  const found = SHOWN.exec(message);
  const what = found === null ? message : message.slice(0, found.index);
  const shown = found && unwrapped(found, statement);
  const place = shown === null ? firstLineOf(statement) : placeOf(shown, text);
  return new CommandFailure(`Cannot run ${name}:${place}: ${what}${shown ? excerpt(shown) : ''}`, {
    cause: error,
    hint: hintOf(what, statement),
  });
}

/** How DuckDB shows where: `LINE 3: select x`, its ends left out when it is long, and a caret below. */
const SHOWN = /\n\n(LINE (\d+): )(.*)\n( *)\^\s*$/;

interface Shown {
  readonly line: number;
  readonly text: string;
  /** Where in the text the caret stands, in columns of a terminal. */
  readonly caret: number;
}

/** Enough to find a line again of which DuckDB leaves out the end. */
const BEGINNING_LENGTH = 20;

/** Without what stands before the statement when its result is copied to a file. */
function unwrapped(found: RegExpExecArray, statement: string): Shown {
  const [, label = '', line = '', text = '', spaces = ''] = found;
  const [first = ''] = statement.split('\n', 1);
  const wrapping = line === '1' ? Math.max(0, text.indexOf(first.slice(0, BEGINNING_LENGTH))) : 0;
  return {
    line: Number(line),
    text: text.slice(wrapping),
    caret: spaces.length - label.length - wrapping,
  };
}

function excerpt({ line, text, caret }: Shown): string {
  const label = `LINE ${line}: `;
  return `\n\n${label}${text}\n${' '.repeat(label.length + caret)}^`;
}

/** Line and column, from 1, as editors take them. */
function placeOf({ line, text, caret }: Shown, script: string): string {
  const before = startThatFits(text, caret);
  if (!text.startsWith('...')) return `${line}:${before.length + 1}`;
  const whole = script.split('\n')[line - 1] ?? '';
  const rest = text.slice(before.length).replace(/\.\.\.$/, '');
  return `${line}:${whole.lastIndexOf(rest) + 1}`;
}

function firstLineOf(statement: string): number {
  const [blank = ''] = /^\s*/.exec(statement) ?? [];
  return blank.split('\n').length;
}

const READS_ONLY =
  'The SQL reads its lake and writes nothing but its result, to standard output: for a file add --format csv (or jsonl, parquet, arrow) and > FILE';

function hintOf(what: string, statement: string): string | undefined {
  const [command] = /^\s*(\.[a-z]+)\b/.exec(statement) ?? [];
  if (command !== undefined) {
    return `${command.trim()} is a command of the DuckDB CLI, not SQL; the views and macros of sql/ are there without it`;
  }
  if (what.startsWith('Permission Error')) return READS_ONLY;
  if (/configuration has been locked/.test(what)) {
    return 'Settings are locked; memory and temporary files have options: --memory-limit, --max-temp-size';
  }
  return undefined;
}
