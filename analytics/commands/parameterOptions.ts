// The parameters of a Run as command-line options: one for each name in the contract.

import { type Command, Option } from 'commander';
import { optionName, PARAMETER_NAMES, REPEATABLE } from '../../sql/contract/parameters.ts';

const HELP: Partial<Record<string, string>> = {
  from: 'first local date, YYYY-MM-DD (default: 30 full days)',
  to: 'last local date, YYYY-MM-DD (default: yesterday)',
  timezone: 'IANA time zone (default: the organisation’s)',
  grouping: 'none, day, week, month, quarter or year',
  weekStart: 'monday or sunday',
  columns: 'standard or extended',
  messages: 'text or json',
  dates: 'local or iso',
  excel: 'UTF-8 byte order mark and CRLF: true or false',
  formulaGuard: 'keep spreadsheets from running text: true or false',
};

export function addParameterOptions(command: Command): Command {
  for (const name of PARAMETER_NAMES) {
    const help = HELP[name] ?? (REPEATABLE.has(name) ? 'filter; may be repeated' : 'see SPEC 3.6');
    const option = new Option(`--${optionName(name)} <value>`, help);
    command.addOption(
      option.argParser((value: string, earlier: string[] | undefined) => [
        ...(earlier ?? []),
        value,
      ]),
    );
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
