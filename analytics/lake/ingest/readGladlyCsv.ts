// Stages session records and their messages from a report's own CSV (SPEC 3.1), in DuckDB.

import { readDefinitions } from '../../engine/definitions.ts';
import { literal } from '../../engine/open.ts';
import { csvRows, FIRST_RECORD, readHeader, takeMalformed } from './csvRows.ts';
import { HISTORY_COLUMN, refuseOtherColumns } from './gladlyHeader.ts';
import { plainFile, type Source, withSourceFolder } from './source.ts';
import { stage } from './stage.ts';
import { ingestSql, type Workbench } from './workbench.ts';

export async function readGladlyCsv(
  workbench: Workbench,
  sources: readonly Source[],
  timezone: string,
): Promise<void> {
  const { connection } = workbench;
  await connection.run(await readDefinitions());
  await connection.run(await ingestSql('report_cells.sql'));
  await connection.run(`set variable zone = ${literal(timezone)}`);
  for (const source of sources) {
    await withSourceFolder(workbench.scratch, async (folder) => {
      await readReport(workbench, source.name, await plainFile(source, folder));
    });
  }
}

/** A range without sessions may come as an empty file. */
async function readReport(workbench: Workbench, source: string, file: string): Promise<void> {
  const header = await readHeader(file);
  if (header.length === 0) return;
  refuseOtherColumns(source, header);
  const history = header.includes(HISTORY_COLUMN) ? '' : `, null::varchar as "${HISTORY_COLUMN}"`;
  const rows = await stage(workbench, {
    source,
    firstLine: FIRST_RECORD,
    table: 'staged_session',
    select: await ingestSql('read_gladly.sql'),
    from: `select *${history} ${csvRows(file, header)}`,
  });
  await takeMalformed(workbench, source, file, rows);
}
