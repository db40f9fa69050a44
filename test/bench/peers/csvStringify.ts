// A peer: the same report, DuckDB's rows as JavaScript values through csv-stringify, streamed.

import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { stringify } from 'csv-stringify';
import { answerJob } from '../../../analytics/bench/child.ts';
import { type Measurement, stopwatch } from '../../../analytics/bench/measurement.ts';
import { peakMegabytes } from '../../../analytics/bench/peakMemory.ts';
import { TIMEZONE } from '../../../analytics/bench/shape.ts';
import type { WriteJob } from '../../../analytics/bench/writeJob.ts';
import { readDefinitions } from '../../../analytics/engine/definitions.ts';
import { literal } from '../../../analytics/engine/open.ts';
import { lakeLayout } from '../../../analytics/lake/layout.ts';

/** DuckDB's writer quotes these too; then the files are the same, byte for byte. */
const DUCKDB_COMMENT = /#/;

await answerJob(
  async ({ dataDir, organisation, range, output }: WriteJob): Promise<Measurement[]> => {
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    await connection.run(`
    set global TimeZone = 'UTC';
    set variable lake = ${literal(lakeLayout(dataDir, organisation).root)};
    ${await readDefinitions()}
  `);
    const elapsed = stopwatch();
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
    const seconds = elapsed();
    const { size: bytes } = await stat(output);
    const memory = await peakMegabytes();
    connection.closeSync();
    instance.closeSync();
    return [{ seconds, bytes, peakMegabytes: memory }];
  },
);
