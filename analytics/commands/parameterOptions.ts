// The parameters of a Run as command-line options: one for each name in the contract, spelled with
// hyphens like every option, `--week-start`, or as the contract does, `--weekStart`.

import { type Command, Option } from 'commander';
import {
  CHOICES,
  optionName,
  PARAMETER_NAMES,
  type ParameterName,
  REPEATABLE,
  takesParameter,
} from '../../sql/contract/parameters.ts';
import { REPORT_NAMES } from '../../sql/contract/report.ts';

const HELP: Partial<Record<ParameterName, string>> = {
  from: 'first local date, YYYY-MM-DD (default: 30 full days)',
  to: 'last local date, YYYY-MM-DD (default: yesterday)',
  timezone: 'IANA time zone (default: the organisation’s)',
  grouping: 'how dates are cut (default: none; of the summary: month)',
  weekStart: 'first day of a week (default: the organisation’s)',
  by: 'what periods are split by',
  columns: 'which columns (default: standard)',
  messages: 'how Message History is written (default: text)',
  dates: 'how instants are written (default: local)',
  format: 'of the file (default: csv)',
  excel: 'UTF-8 byte order mark and CRLF (default: false)',
  formulaGuard: 'keep spreadsheets from running text (default: true for CSV)',
};

function helpOf(name: ParameterName): string {
  const help = HELP[name] ?? 'filter';
  const those = REPORT_NAMES.filter((report) => takesParameter(report, name));
  return [
    help,
    ...(REPEATABLE.has(name) ? ['may be repeated'] : []),
    ...(those.length < REPORT_NAMES.length ? [`only ${those.join(', ')}`] : []),
  ].join('; ');
}

function parameterOption(name: ParameterName, spelling: string): Option {
  const option = new Option(`--${spelling} <value>`, helpOf(name));
  // For the help and for completion: what is refused, the contract says, with every other fault.
  const choices = CHOICES[name];
  if (choices !== undefined) option.argChoices = [...choices];
  return option.argParser((value: string, earlier: string[] | undefined) => [
    ...(earlier ?? []),
    value,
  ]);
}

export function addParameterOptions(command: Command): Command {
  for (const name of PARAMETER_NAMES) {
    const spelling = optionName(name);
    command.addOption(parameterOption(name, spelling));
    if (spelling !== name) command.addOption(parameterOption(name, name).hideHelp());
  }
  return command;
}

/** The given options as the name and value pairs of a query string. */
export function parameterPairs(options: Readonly<Record<string, unknown>>): [string, string][] {
  return PARAMETER_NAMES.flatMap((name) => {
    const values = options[name];
    return Array.isArray(values) ? values.map((value): [string, string] => [name, value]) : [];
  });
}
