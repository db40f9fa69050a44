// Stages session records and their messages from a report's own CSV (SPEC 3.1), in DuckDB.

import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readDefinitions } from '../../engine/definitions.ts';
import { literal } from '../../engine/open.ts';
import { HISTORY_COLUMN, readHeader } from './gladlyHeader.ts';
import { endsInsideQuotes } from './quotes.ts';
import { stage } from './stage.ts';
import { ingestSql, type Workbench } from './workbench.ts';

/** A transcript is one cell. */
const MAX_RECORD_BYTES = 64 * 1024 * 1024;
const BUFFER_BYTES = 2 * MAX_RECORD_BYTES;
/** Records are numbered like the lines of a file without line breaks in cells: the header is 1. */
const FIRST_RECORD = 2;

export async function readGladlyCsv(
  workbench: Workbench,
  sources: readonly string[],
  timezone: string,
): Promise<void> {
  const { connection, scratch } = workbench;
  const headers = await Promise.all(sources.map(readHeader));
  await connection.run(await readDefinitions());
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
