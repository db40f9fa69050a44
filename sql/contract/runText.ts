// A Run as text that somebody else can run: with curl, with the command line, as SQL. Whatever its
// values hold, they stay values there. Holds no secret.

import { isCsv, isTyped } from './format.ts';
import { MACRO_PARAMETER_NAMES, MACRO_PARAMETERS, macroTakes } from './macroParameters.ts';
import { optionName } from './parameters.ts';
import { shellWord, sqlText } from './quoted.ts';
import { REPORTS } from './report.ts';
import { fileName, givenPairs, givenParameters, type ResolvedRun, reportLink } from './run.ts';
import { runLinks } from './runStatus.ts';

function sqlValue(value: string | boolean | readonly string[]): string {
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? sqlText(value) : `[${value.map(sqlText).join(', ')}]`;
}

const commandLine = (...words: readonly string[]) => words.join(' \\\n  ');

const option = (name: string, value: string) => `--${name}=${shellWord(value)}`;

/** How a program reaches the worker. */
export interface Reach {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly needsToken: boolean;
}

/** Enough of an id to tell a Run's download from another's of the same name. */
const ID_CHARACTERS = 8;

/**
 * Downloads the file of the Run with that id, which can be gone on with; without one the report, as the
 * data is by then. Under the file's name there is only ever a whole one.
 */
export function asCurl(run: ResolvedRun, { origin, needsToken }: Reach, id?: string): string {
  const path = id === undefined ? reportLink(run) : runLinks(id).download;
  const name = fileName(run);
  const part = id === undefined ? `${name}.part` : `${name}.${id.slice(0, ID_CHARACTERS)}.part`;
  const said = [
    ...(needsToken ? ['curl asks for a password: your API token.'] : []),
    ...(id === undefined ? [] : ['The same again goes on where it stopped.']),
  ];
  const command = commandLine(
    'curl --fail',
    ...(needsToken ? ['--user you@example.com'] : []),
    ...(id === undefined ? [] : ['--continue-at -']),
    `--output ${part}`,
    shellWord(origin + path),
    `&& mv ${part} ${name}`,
  );
  return said.length === 0 ? command : `# ${said.join(' ')}\n${command}`;
}

/** Writes the Run's file from a lake on the machine. */
export function asCommand(run: ResolvedRun, organisation: string): string {
  return commandLine(
    `npx ai-sessions run ${run.report}`,
    option('org', organisation),
    ...givenPairs(run).map(([name, value]) => option(optionName(name), value)),
    option('output', fileName(run)),
  );
}

/** The defaults of the macros are those of this format. */
const MACRO_DEFAULT = 'csv';

/** The rows as a call of the report's macro. */
export function asSql(run: ResolvedRun, organisation: string): string {
  const { report, parameters } = run;
  const { format } = parameters;
  const given = givenParameters({ report, parameters: { ...parameters, format: MACRO_DEFAULT } });
  const list = MACRO_PARAMETER_NAMES.flatMap((name) => {
    const value = given[name];
    if (value === undefined || !macroTakes(report, name)) return [];
    return [`  ${MACRO_PARAMETERS[name]} := ${sqlValue(value)}`];
  });
  if (isTyped(format)) list.push('  typed := true');
  const to = option('format', isCsv(format) ? MACRO_DEFAULT : format);
  return `-- npx ai-sessions sql report.sql ${option('org', organisation)} ${to}
from ${REPORTS[report].macro}(
${list.join(',\n')}
);`;
}
