// `sql`: an analyst's own statements over a lake, with the views and macros of sql/ at hand (SPEC 6).
// The last statement's result is the output. Whose terminal it is may see what DuckDB says.

import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import {
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  ResultReturnType,
  StatementType,
} from '@duckdb/node-api';
import { Command, Option } from 'commander';
import { readDefinitions } from '../engine/definitions.ts';
import { literal, openEngine } from '../engine/open.ts';
import { openPreparer, type Preparer } from '../engine/preparer.ts';
import { splitStatements } from '../engine/splitStatements.ts';
import { CommandFailure, UsageError } from '../failure.ts';
import { arrowStream } from '../formats/arrow.ts';
import type { Columns } from '../formats/columns.ts';
import { csvCopyOptions, csvHeader } from '../formats/csv.ts';
import { exactly, JSON_LINES, TYPED } from '../formats/exactly.ts';
import { tableText } from '../formats/table.ts';
import { nodeDisk } from '../lake/disk.ts';
import { finishInterrupted } from '../lake/holdLake.ts';
import { ifMissing } from '../lake/ifMissing.ts';
import { PARQUET_OPTIONS } from '../lake/parquet.ts';
import { openScratch } from '../scratch.ts';
import { addEngineOptions, type EngineOptions, spoolFolder } from './engineOptions.ts';
import { chooseLake, dataOption, orgOption } from './options.ts';
import { stopSignal } from './stopSignal.ts';

const FORMATS = ['table', 'csv', 'jsonl', 'parquet', 'arrow'] as const;

type Format = (typeof FORMATS)[number];
type Parameters = ReadonlyMap<string, string>;
type Output = AsyncIterable<Uint8Array | string, void, undefined>;

interface Options extends EngineOptions {
  readonly data: string;
  readonly org?: string;
  readonly param: Parameters;
  readonly format: Format;
}

const CSV = { excel: false };

/** Formats that have not all that DuckDB has. */
const LACKS = { jsonl: JSON_LINES, parquet: TYPED, arrow: TYPED };

/** Formats that DuckDB writes itself, as options of a COPY. */
const COPY_OPTIONS = {
  csv: csvCopyOptions(CSV),
  jsonl: 'format json',
  parquet: PARQUET_OPTIONS,
};

export function sqlCommand(): Command {
  const command = new Command('sql')
    .description('run SQL over the lake and write the result of its last statement')
    .argument('<file>', 'file of SQL statements; - is standard input')
    .addOption(dataOption())
    .addOption(orgOption())
    .addOption(
      new Option('--param <name=value>', 'text for $name in the SQL; may be repeated')
        .argParser(parseParameter)
        .default(new Map(), 'none'),
    )
    .addOption(new Option('--format <format>', 'what to write').choices(FORMATS).default('table'));
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
  const name = file === '-' ? 'standard input' : file;
  const statements = splitStatements(await readScript(file));
  const last = statements.pop();
  if (last === undefined) throw new UsageError(`Cannot run ${name}: it holds no statement`);
  const layout = await chooseLake(options);
  const { root } = layout;
  const folder = await stat(root).catch(ifMissing(undefined));
  if (!folder?.isDirectory()) throw new CommandFailure(`Cannot find a lake in ${root}`);
  await finishInterrupted(layout, nodeDisk);

  const scratch = await openScratch(resolve(spoolFolder(options)));
  const stop = stopSignal();
  try {
    const connection = await connect(root, scratch.directory, options);
    stop.addEventListener('abort', () => connection.interrupt());
    const preparer = openPreparer(connection, options.param);
    for (const statement of statements) await (await preparer.prepare(statement)).run();
    const output = await lastResult(preparer, last, options.format, scratch.directory);
    if (output === undefined) process.stderr.write('Done\n');
    else await pipeline(whole(output, stop), process.stdout, { end: false });
  } catch (error) {
    stop.throwIfAborted();
    if (!isDuckDBError(error)) throw error;
    throw new CommandFailure(`Cannot run ${name}: ${error.message}`, { cause: error });
  } finally {
    await scratch.close();
  }
}

/** A plain error whose message names its class, as in `Binder Error: …`. */
function isDuckDBError(error: unknown): error is Error {
  return error instanceof Error && /^([\w ]+: )?[\w ]+ Error: /.test(error.message);
}

/** A connection on which the views and macros read this lake, which is all it can read. */
async function connect(
  lake: string,
  tempDirectory: string,
  { memoryLimit, maxTempSize }: EngineOptions,
): Promise<DuckDBConnection> {
  const threads = availableParallelism();
  const instance = await openEngine({
    directories: [lake],
    threads,
    memoryLimit,
    tempDirectory,
    maxTempDirectorySize: maxTempSize,
  });
  const connection = await instance.connect();
  await connection.run(`set variable lake = ${literal(lake)};\n${await readDefinitions()}`);
  return connection;
}

async function readScript(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  const script = await readFile(file, 'utf8').catch(ifMissing(undefined));
  if (script === undefined) throw new CommandFailure(`Cannot find the file "${file}"`);
  return script;
}

/** Runs the last statement; undefined when it has no result. */
async function lastResult(
  preparer: Preparer,
  statement: string,
  format: Format,
  folder: string,
): Promise<Output | undefined> {
  const prepared = await preparer.prepare(statement);
  preparer.refuseUnused();
  if (format === 'table') {
    const result = await prepared.stream();
    return hasRows(result) ? tableText(result) : undefined;
  }
  if (prepared.statementType !== StatementType.SELECT) {
    if (!hasRows(await prepared.stream())) return undefined;
    throw new CommandFailure(
      `Cannot write the result of this statement as ${format}: write it as table, or select from it`,
    );
  }
  const query =
    format === 'csv'
      ? statement
      : exactly(statement, await columnsOf(preparer, statement), format, LACKS[format]);
  if (format === 'arrow') {
    const result = await (await preparer.prepare(query)).stream();
    return arrowStream(result, { zone: 'UTC' });
  }
  const path = join(folder, `result.${format}`);
  const copy = await preparer.prepare(
    `copy (${query}\n) to ${literal(path)} (${COPY_OPTIONS[format]})`,
  );
  await copy.run();
  return format === 'csv' ? withHeader(prepared, path) : createReadStream(path);
}

function hasRows({ returnType }: DuckDBResult): boolean {
  return returnType === ResultReturnType.QUERY_RESULT;
}

/** What a prepared statement does not know while its parameters have no values. */
async function columnsOf(preparer: Preparer, statement: string): Promise<Columns> {
  return (await preparer.prepare(`from (${statement}\n) limit 0`)).run();
}

async function* withHeader(prepared: DuckDBPreparedStatement, path: string): Output {
  const columns = Array.from({ length: prepared.columnCount }, (_, index) =>
    prepared.columnName(index),
  );
  yield csvHeader(columns, CSV);
  yield* createReadStream(path);
}

/** DuckDB ends an interrupted result as if that were all of it. */
async function* whole(output: Output, signal: AbortSignal): Output {
  for await (const part of output) {
    signal.throwIfAborted();
    yield part;
  }
}
