// Stages session, message and merge records, and items of an export, in DuckDB. Whatever they come
// as, what is read is one line of JSON for each: JSON Lines, CSV, Parquet, Arrow IPC.

import { rm } from 'node:fs/promises';
import { readDefinitions } from '../../engine/definitions.ts';
import { literal } from '../../engine/open.ts';
import { ahead } from './ahead.ts';
import { arrowLines } from './arrowLines.ts';
import { csvRows, FIRST_RECORD, readHeader, takeMalformed } from './csvRows.ts';
import { type Cell, fieldsOf, type RecordKind } from './fields.ts';
import { type LinePiece, linePieces, NO_DELIMITER } from './lines.ts';
import { plainBytes, plainFile, type Source, withSourceFolder } from './source.ts';
import { SourceFailure } from './sourceFailure.ts';
import { type StagingTable, stage } from './stage.ts';
import { ingestSql, type Workbench } from './workbench.ts';

interface Reader {
  readonly table: StagingTable;
  /** A SELECT over source_row(line), in a file of this folder. */
  readonly sql: string;
}

const READERS: Readonly<Record<RecordKind | 'gladly-export', Reader>> = {
  sessions: { table: 'staged_session', sql: 'read_sessions.sql' },
  messages: { table: 'staged_message', sql: 'read_messages.sql' },
  merges: { table: 'staged_merge', sql: 'read_merges.sql' },
  'gladly-export': { table: 'staged_message', sql: 'read_export.sql' },
};

/** Several buffers to a piece, so that several threads can read it. */
const MIN_BUFFER_BYTES = 4 * 1024 * 1024;

export async function readRecords(
  workbench: Workbench,
  kind: keyof typeof READERS,
  sources: readonly Source[],
): Promise<void> {
  const reading = { workbench, kind, select: await ingestSql(READERS[kind].sql) };
  for (const source of sources) {
    await withSourceFolder(workbench.scratch, async (folder) => {
      if (source.format === 'jsonl') {
        await stageLines(reading, source, linePieces(plainBytes(source, folder), folder));
        return;
      }
      const file = await plainFile(source, folder);
      if (source.format === 'arrow') {
        await stageLines(reading, source, linePieces(arrowLines(source.name, file), folder));
      } else if (source.format === 'csv') {
        await stageCsv(reading, source, file);
      } else {
        await stageParquet(reading, source, file);
      }
    });
  }
}

interface Reading {
  readonly workbench: Workbench;
  readonly kind: keyof typeof READERS;
  readonly select: string;
}

async function stageLines(
  { workbench, kind, select }: Reading,
  { name }: Source,
  pieces: AsyncGenerator<LinePiece, undefined>,
): Promise<void> {
  let firstLine = 1;
  for await (const piece of ahead(pieces)) {
    const { table } = READERS[kind];
    const from = rawLines(piece);
    firstLine += await stage(workbench, { source: name, firstLine, table, select, from });
    await rm(piece.file);
  }
}

function rawLines({ file, longestBytes }: LinePiece): string {
  const lineBytes = Math.max(longestBytes, MIN_BUFFER_BYTES / 2);
  return `
    select line from read_csv(
      ${literal(file)}, columns = {line: 'varchar'}, header = false, auto_detect = false,
      delim = ${literal(NO_DELIMITER)}, quote = '', escape = '', new_line = '\\n',
      strict_mode = false, max_line_size = ${lineBytes}, buffer_size = ${2 * lineBytes}
    )`;
}

async function stageCsv(reading: Reading, { name }: Source, file: string): Promise<void> {
  const { connection } = reading.workbench;
  const header = await readHeader(file);
  if (header.length === 0) return;
  await connection.run(await readDefinitions());
  await connection.run(await ingestSql('report_cells.sql'));
  const values = new Map<string, (cell: Cell) => string>(
    header.map((column) => [column, (cell) => `csv_${cell}(${identifier(column)})`]),
  );
  const rows = await stageValues(reading, name, FIRST_RECORD, values, csvRows(file, header));
  await takeMalformed(reading.workbench, name, file, rows);
}

async function stageParquet(reading: Reading, { name }: Source, file: string): Promise<void> {
  const from = `from read_parquet(${literal(file)})`;
  const described = await reading.workbench.connection
    .runAndReadAll(`describe ${from}`)
    .catch((cause: Error) => {
      throw new SourceFailure(name, 'it cannot be read as Parquet', { cause });
    });
  const values = new Map(
    described.getRows().map(([column, type]) => {
      const value = identifier(String(column));
      const isInstant = type === 'TIMESTAMP WITH TIME ZONE';
      return [String(column), () => (isInstant ? `instant_json(${value})` : `to_json(${value})`)];
    }),
  );
  await stageValues(reading, name, 1, values, from);
}

/** Stages rows whose columns are named like the fields, each as a line of JSON. */
async function stageValues(
  { workbench, kind, select }: Reading,
  source: string,
  firstLine: number,
  values: ReadonlyMap<string, (cell: Cell) => string>,
  from: string,
): Promise<number> {
  if (kind === 'gladly-export') throw new Error('Cannot stage an export: its items are not flat');
  const pairs = fieldsOf(kind).flatMap(([field, cell]) => {
    const value = values.get(field);
    return value === undefined ? [] : [`${literal(field)}, ${value(cell)}`];
  });
  if (pairs.length === 0) {
    const names = fieldsOf(kind).map(([field]) => field);
    throw new SourceFailure(source, `it has none of the columns ${names.join(', ')}`);
  }
  const line = `select json_object(${pairs.join(', ')})::varchar as line ${from}`;
  return stage(workbench, { source, firstLine, table: READERS[kind].table, select, from: line });
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
