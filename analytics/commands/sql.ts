// `sql`: an analyst's own statements over a lake, with the views and macros of sql/ at hand (SPEC 6).
// The last statement's result is the output. Whose terminal it is may see what DuckDB says.

import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { DuckDBInstance } from '@duckdb/node-api';
import { Command, Option } from 'commander';
import { readDefinitions } from '../engine/definitions.ts';
import { literal, openEngine } from '../engine/open.ts';
import { freshConnections } from '../engine/pool.ts';
import { openPreparer } from '../engine/preparer.ts';
import { splitStatements } from '../engine/splitStatements.ts';
import { withConnection } from '../engine/statement.ts';
import { CommandFailure, UsageError } from '../failure.ts';
import { ROWS_SHOWN } from '../formats/table.ts';
import { nodeDisk } from '../lake/disk.ts';
import { finishInterrupted } from '../lake/holdLake.ts';
import { addEngineOptions, type EngineOptions, scratchOf } from './engineOptions.ts';
import { type Example, examples } from './examples.ts';
import { dataOption, findLake, orgOption, wholeNumberOption } from './options.ts';
import { FORMATS, type Format, type Output, resultOf } from './sql/result.ts';
import { type Script, scriptError } from './sql/scriptError.ts';
import { stopSignal } from './stopSignal.ts';
import { isDuckDBError, reasonOf } from './told.ts';

type Parameters = ReadonlyMap<string, string>;

/** More than anybody reads, and less than fills the memory. */
const MAX_ROWS_SHOWN = 1_000_000;

interface Options extends EngineOptions {
  readonly data: string;
  readonly org?: string;
  readonly param: Parameters;
  readonly format: Format;
  readonly rows?: number;
  readonly explain?: true;
  readonly explainAnalyze?: true;
}

const EXAMPLES: readonly Example[] = [
  {
    does: 'a question of one line',
    line: 'echo "select channel, count(*) as sessions from ai_sessions() group by all order by all" | ai-sessions sql -',
  },
  {
    does: 'a file with $from and $to in it, as CSV',
    line: 'ai-sessions sql question.sql --param from=2026-07-01 --param to=2026-07-31 --format csv > answer.csv',
  },
  {
    does: 'where its time goes',
    line: 'ai-sessions sql question.sql --param from=2026-07-01 --param to=2026-07-31 --explain-analyze',
  },
];

export function sqlCommand(): Command {
  const command = new Command('sql')
    .description('run SQL over the lake and write the result of its last statement')
    .argument('<file>', 'file of SQL statements; - is standard input')
    .addHelpText('after', examples(EXAMPLES))
    .addOption(dataOption())
    .addOption(orgOption())
    .addOption(
      new Option('--param <name=value>', 'text for $name in the SQL; may be repeated')
        .argParser(parseParameter)
        .default(new Map(), 'none'),
    )
    .addOption(new Option('--format <format>', 'what to write').choices(FORMATS).default('table'))
    .addOption(
      wholeNumberOption(
        'rows',
        `rows that a table shows (default: ${ROWS_SHOWN})`,
        1,
        MAX_ROWS_SHOWN,
      ),
    )
    .option('--explain', 'write how DuckDB would run the last statement, and do not run it')
    .addOption(
      new Option('--explain-analyze', 'run it, and write how long each step of it took').conflicts(
        'explain',
      ),
    );
  return addEngineOptions(command).action(sql);
}

function parseParameter(given: string, earlier: Parameters): Parameters {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(given) ?? [];
  if (name === undefined || value === undefined) {
    throw new UsageError(`--param must be name=value: not "${given}"`);
  }
  return new Map([...earlier, [name, value]]);
}

async function sql(file: string, options: Options): Promise<void> {
  const { format, rows } = options;
  if (format !== 'table' && (rows ?? options.explain ?? options.explainAnalyze) !== undefined) {
    throw new UsageError(
      `--rows, --explain and --explain-analyze belong to --format table: not to ${format}`,
    );
  }
  const script = await readScript(file);
  const statements = splitStatements(script.text);
  const last = statements.pop();
  if (last === undefined) throw new UsageError(`Cannot run ${script.name}: it holds no statement`);
  const layout = await findLake(options);
  await finishInterrupted(layout, nodeDisk);

  const scratch = await scratchOf(options);
  const stop = stopSignal();
  let running = '';
  try {
    const instance = await openLake(layout.root, scratch.directory, options);
    const definitions = `set variable lake = ${literal(layout.root)};\n${await readDefinitions()}`;
    await withConnection(freshConnections(instance), definitions, stop, async (connection) => {
      const preparer = openPreparer(connection, options.param);
      const prepare = (statement: string) => {
        running = statement;
        return preparer.prepare(statement);
      };
      for (const statement of statements) await (await prepare(statement)).prepared.run();
      const prepared = await prepare(last);
      preparer.refuseUnused();
      const output = await resultOf(preparer, last, prepared, {
        format,
        rows,
        width: terminalWidth(),
        plan: options.explainAnalyze ? 'explain analyze' : options.explain && 'explain',
        folder: scratch.directory,
      });
      if (output === undefined) process.stderr.write('Done\n');
      else await pipeline(whole(output, stop), process.stdout, { end: false });
    });
  } catch (error) {
    throw isDuckDBError(error) ? scriptError(error, script, running) : error;
  } finally {
    await scratch.close();
  }
}

/** DuckDB that can reach this lake and nothing else. */
function openLake(
  lake: string,
  tempDirectory: string,
  { memoryLimit, maxTempSize }: EngineOptions,
): Promise<DuckDBInstance> {
  return openEngine({
    directories: [lake],
    threads: availableParallelism(),
    memoryLimit,
    tempDirectory,
    maxTempDirectorySize: maxTempSize,
  });
}

async function readScript(file: string): Promise<Script> {
  if (file === '-') return { name: 'standard input', text: await text(process.stdin) };
  const script = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandFailure(`Cannot read the file "${file}": ${reasonOf(error)}`);
  });
  return { name: file, text: script };
}

/** Some terminals do not know how wide they are. */
const USUAL_WIDTH = 80;

function terminalWidth(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns || USUAL_WIDTH : undefined;
}

/** DuckDB ends an interrupted result as if that were all of it. */
async function* whole(output: Output, signal: AbortSignal): Output {
  for await (const part of output) {
    signal.throwIfAborted();
    yield part;
  }
}
