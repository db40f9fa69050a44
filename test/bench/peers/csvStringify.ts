// A peer: the same report, DuckDB's rows as JavaScript values through csv-stringify, streamed.

import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { answerJob } from '../../../analytics/bench/child.ts';
import type { Measurement } from '../../../analytics/bench/measurement.ts';
import { peakMegabytes } from '../../../analytics/bench/peakMemory.ts';
import { openPlainEngine } from '../../../analytics/bench/plainEngine.ts';
import { TIMEZONE } from '../../../analytics/bench/shape.ts';
import { lastDayOf, type WriteJob } from '../../../analytics/bench/writeJob.ts';
import { literal } from '../../../analytics/engine/open.ts';
import { stopwatch } from '../../../analytics/stopwatch.ts';

/** DuckDB's writer quotes these too; then the files are the same, byte for byte. */
const DUCKDB_COMMENT = /#/;

type Connection = Awaited<ReturnType<typeof openPlainEngine>>['connection'];

async function write(connection: Connection, { range, output }: WriteJob): Promise<void> {
  const result = await connection.stream(`
    from ai_sessions_detail(
      from_date := date ${literal(range.from)}, to_date := date ${literal(range.to)},
      timezone := ${literal(TIMEZONE)}
    )
  `);
  async function* rows() {
    for await (const chunk of result.yieldRowsJs()) yield* chunk;
  }
  await pipeline(
    Readable.from(rows()),
    stringify({
      header: true,
      columns: result.columnNames(),
      cast: { boolean: String },
      quoted_match: DUCKDB_COMMENT,
    }),
    createWriteStream(output),
  );
}

await answerJob(async (job: WriteJob): Promise<Measurement[]> => {
  const { connection, close } = await openPlainEngine(job);
  await write(connection, lastDayOf(job));
  const elapsed = stopwatch();
  await write(connection, job);
  const seconds = elapsed();
  const { size: bytes } = await stat(job.output);
  const memory = await peakMegabytes();
  close();
  return [{ seconds, bytes, peakMegabytes: memory }];
});
