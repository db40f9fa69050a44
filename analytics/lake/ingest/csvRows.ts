// CSV files (RFC 4180) as rows of text in DuckDB, and the records of them that it cannot take apart.
// Knows nothing of what the columns mean.

import { open } from 'node:fs/promises';
import { literal } from '../../engine/open.ts';
import { csvShape } from './csvShape.ts';
import type { Workbench } from './workbench.ts';

/** A transcript is one cell. */
const MAX_RECORD_BYTES = 64 * 1024 * 1024;
const BUFFER_BYTES = 2 * MAX_RECORD_BYTES;
/** Records are numbered like the lines of a file without line breaks in cells: the header is 1. */
export const FIRST_RECORD = 2;
const HEADER_BYTES = 16 * 1024;
const CELL = /(?:^|,)("(?:[^"]|"")*"|[^,]*)/g;

/**
 * Names of the columns; none for an empty file. A file may be as Excel saved it: with a byte order
 * mark, CRLF, and quotes around the names.
 */
export async function readHeader(file: string): Promise<string[]> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(HEADER_BYTES) });
    const text = buffer.toString('utf8', 0, bytesRead).replace(/^\ufeff/, '');
    if (text.trim() === '') return [];
    const [line = ''] = text.split(/\r?\n/, 1);
    return Array.from(line.matchAll(CELL), ([, cell = '']) =>
      cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
    );
  } finally {
    await handle.close();
  }
}

/**
 * A SELECT of the file's cells, null where they are empty. One thread: a text with line breaks can
 * look like records to a thread that starts inside it.
 */
export function csvRows(file: string, header: readonly string[]): string {
  const columns = header.map((name) => `${literal(name)}: 'varchar'`).join(', ');
  return `
    from read_csv(
      ${literal(file)}, columns = {${columns}}, header = true, auto_detect = false, delim = ',',
      quote = '"', escape = '"', parallel = false, store_rejects = true,
      max_line_size = ${MAX_RECORD_BYTES}, buffer_size = ${BUFFER_BYTES}
    )`;
}

/** Notes the records that DuckDB could not take apart, and one that it drops without a word. */
export async function takeMalformed(
  { connection }: Workbench,
  source: string,
  file: string,
  stagedRows: number,
): Promise<void> {
  await connection.run(
    `insert into malformed_record
    select
      $source, line, 'must be a record like the header: ' || lower(any_value(error_type)),
      trim(any_value(csv_line), E'\\r\\n'),
      end_ordinal - $rows + line - ${FIRST_RECORD} + 1 - row_number() over (order by line)
    from reject_errors, (select max(end_ordinal) as end_ordinal from source_piece)
    group by line, end_ordinal`,
    { source, rows: stagedRows },
  );
  await connection.run('drop table reject_errors; drop table reject_scans');
  if ((await csvShape(file)).endsInsideQuotes) {
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
