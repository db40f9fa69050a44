// DuckDB's CSV writer, which every file comes from, held against csv-stringify, which knows nothing of
// it, byte for byte; and read back by three readers.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { stringify } from 'csv-stringify/sync';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { literal } from '../../analytics/engine/open.ts';
import { type CsvOptions, csvCopyOptions, csvHeader } from '../../analytics/formats/csv.ts';
import { CSV_READERS } from './support/csvReaders.ts';

const COLUMNS = ['Session ID', 'Gladly Agent', 'Message History'];

/** A report never has an empty text, only cells without a value (test/cases: empty-text). */
type Row = readonly (string | null)[];

/** In a CSV file a cell without a value is an empty one. */
const withoutNulls = (row: Row) => row.map((text) => text ?? '');

const NASTY = Array.from(',"\n\r\t #=+-@;|\\\'a7\u0001\u00a0\u0085\u2028\ufeff＝éß漢ر😀');

const character = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const cell = fc.option(fc.string({ unit: character, minLength: 1, maxLength: 12 }), { freq: 4 });
const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 20 });

/**
 * DuckDB also quotes a cell with a `#` in it, which its own reader may take for the beginning of a
 * comment. Readers that know no comments take these quotes off like any others.
 */
const DUCKDB_COMMENT = /#/;

const FORMATS = { LF: { excel: false }, 'CRLF and a byte order mark': { excel: true } };

let folder: string;
let file: string;
let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  file = join(folder, 'report.csv');
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
});

afterAll(async () => {
  connection.closeSync();
  instance.closeSync();
  await rm(folder, { recursive: true });
});

/** A whole file: the header as a Run writes it, and the rows as DuckDB does. */
async function write(values: readonly Row[], options: CsvOptions): Promise<Buffer> {
  const list = '["varchar"]';
  await connection.run(
    `copy (
       select cells[1], cells[2], cells[3]
       from (select unnest(from_json($rows::json, '[${list}]')) as cells)
     ) to ${literal(file)} (${csvCopyOptions(options)})`,
    { rows: JSON.stringify(values) },
  );
  return Buffer.concat([csvHeader(COLUMNS, options), await readFile(file)]);
}

for (const [name, options] of Object.entries(FORMATS)) {
  describe(`a CSV file with ${name}`, () => {
    test('has the very bytes that csv-stringify writes', async () => {
      await fc.assert(
        fc.asyncProperty(rows, async (values) => {
          const expected = stringify([COLUMNS, ...values], {
            bom: options.excel,
            record_delimiter: options.excel ? '\r\n' : '\n',
            quote_record_delimiter: true, // of the other kinds too: else a bare CR would part rows
            quoted_match: DUCKDB_COMMENT,
          });
          expect((await write(values, options)).toString()).toBe(expected);
        }),
      );
    });

    for (const [reader, read] of Object.entries(CSV_READERS)) {
      test(`is read back by ${reader} as what was written`, async () => {
        await fc.assert(
          fc.asyncProperty(rows, async (values) => {
            const found = await read(await write(values, options));
            expect(found).toEqual([COLUMNS, ...values.map(withoutNulls)]);
          }),
        );
      });
    }
  });
}
