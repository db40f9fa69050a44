// Stages session records and their messages from a report's own CSV (SPEC 3.1), in DuckDB. A file
// whose columns are not the report's is refused before anything is staged.

import { open, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CommandFailure } from '../../commands/failure.ts';
import { literal } from '../../engine/open.ts';
import { endsInsideQuotes } from './quotes.ts';
import { stage } from './stage.ts';
import { ingestSql, type Workbench } from './workbench.ts';

const REQUIRED_COLUMNS = [
  'Session ID',
  'Customer ID',
  'Conversation ID',
  'Channel',
  'Gladly Agent',
  'Guides Used',
  'Created Date',
  'Was Handed Off',
  'Was Resolved',
  'Was Recontacted Resolution - 24 Hours',
  'Was Responded To',
  'Handoff Category',
  'Handoff Subcategory',
  'Handoff Reason',
  'Transfer Rationale',
  'Conversation Link',
];
const HISTORY_COLUMN = 'Message History';
const GROUPED_COLUMN = /^Created (Week|Month|Quarter|Year)$/;

/** A transcript is one cell. */
const MAX_RECORD_BYTES = 64 * 1024 * 1024;
const BUFFER_BYTES = 2 * MAX_RECORD_BYTES;
const HEADER_BYTES = 4096;
/** Records are numbered like the lines of a file without line breaks in cells: the header is 1. */
const FIRST_RECORD = 2;

export async function readGladlyCsv(
  workbench: Workbench,
  sources: readonly string[],
  timezone: string,
): Promise<void> {
  const { connection, scratch } = workbench;
  const headers = await Promise.all(sources.map(readHeader));
  await connection.run(await ingestSql('report_cells.sql'));
  await connection.run(`set variable zone = ${literal(timezone)}`);
  const select = await ingestSql('read_gladly.sql');
  for (const [index, source] of sources.entries()) {
    const file = join(scratch, `report-${index}.csv`);
    await symlink(resolve(source), file); // a name of ours: DuckDB takes [ and * in a name for a pattern
    const from = cellRows(file, headers[index] ?? []);
    const rows = await stage(workbench, {
      source,
      firstLine: FIRST_RECORD,
      table: 'staged_session',
      select,
      from,
    });
    await takeMalformed(workbench, source, rows);
  }
}

/** A file may be as Excel saved it: with a byte order mark, CRLF, and quotes around the names. */
async function readHeader(source: string): Promise<string[]> {
  const handle = await open(source, 'r');
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(HEADER_BYTES) });
    const [line = ''] = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/, 1);
    const header = line
      .replace(/^\ufeff/, '')
      .split(',')
      .map((name) => name.replace(/^"(.*)"$/, '$1'));
    refuseOtherColumns(source, header);
    return header;
  } finally {
    await handle.close();
  }
}

function refuseOtherColumns(source: string, header: readonly string[]): void {
  const known = [...REQUIRED_COLUMNS, HISTORY_COLUMN];
  const refuse = (reason: string) => {
    throw new CommandFailure(`Cannot ingest ${source}: ${reason}`);
  };
  const grouped = header.find((name) => GROUPED_COLUMN.test(name));
  if (grouped !== undefined) {
    refuse(`"${grouped}" has lost when a session began; download the report without a grouping`);
  }
  const missing = REQUIRED_COLUMNS.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    refuse(`it lacks ${quoted(missing)}; a Gladly AI Sessions Detail report has this column`);
  }
  const unknown = header.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    refuse(`it has ${quoted(unknown)}; download the report with its standard columns`);
  }
  if (new Set(header).size < header.length) refuse('it has a column twice');
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

/** One thread: a text with line breaks can look like records to a thread that starts inside it. */
function cellRows(file: string, header: readonly string[]): string {
  const columns = header.map((name) => `${literal(name)}: 'varchar'`).join(', ');
  const history = header.includes(HISTORY_COLUMN) ? '' : `, null::varchar as "${HISTORY_COLUMN}"`;
  return `
    select *${history} from read_csv(
      ${literal(file)}, columns = {${columns}}, header = true, auto_detect = false, delim = ',',
      quote = '"', escape = '"', parallel = false, store_rejects = true,
      max_line_size = ${MAX_RECORD_BYTES}, buffer_size = ${BUFFER_BYTES}
    )`;
}

/** Notes the records that DuckDB could not take apart, and one that it drops without a word. */
async function takeMalformed(
  { connection }: Workbench,
  source: string,
  stagedRows: number,
): Promise<void> {
  await connection.run(
    `insert into malformed_record
    select
      $source, line, 'must be a record of the report: ' || lower(any_value(error_type)),
      trim(any_value(csv_line), E'\\r\\n'),
      end_ordinal - $rows + line - ${FIRST_RECORD} + 1 - row_number() over (order by line)
    from reject_errors, (select max(end_ordinal) as end_ordinal from source_piece)
    group by line, end_ordinal`,
    { source, rows: stagedRows },
  );
  await connection.run('drop table reject_errors; drop table reject_scans');
  if (await endsInsideQuotes(source)) {
    await connection.run(
      `insert into malformed_record
      select
        $source,
        ${FIRST_RECORD} + $rows + (select count(*) from malformed_record where source = $source),
        'must end: the file is cut off, or a quote is missing', null,
        (select max(end_ordinal) from source_piece)`,
      { source, rows: stagedRows },
    );
  }
}
