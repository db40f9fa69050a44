// The formats of a report (SPEC 3.6), each as what its file is made of: a header, segments that can
// be put one behind the other, an end; how a segment is written; and how the whole is compressed.

import type { DuckDBResult } from '@duckdb/node-api';
import type { FormatName } from '../../sql/contract/format.ts';
import type { RunParameters } from '../../sql/contract/parameters.ts';
import { PARQUET_OPTIONS } from '../lake/parquet.ts';
import { ARROW_END, type ArrowOptions, arrowBatches, arrowSchema } from './arrow.ts';
import type { Columns } from './columns.ts';
import type { Encoding } from './compress.ts';
import { csvCopyOptions, csvHeader } from './csv.ts';

type Options = Pick<RunParameters, 'excel' | 'timezone'>;

export interface SegmentFormat {
  readonly extension: string;
  /**
   * By DuckDB's own writer, as options of a COPY; or chunk by chunk, from a result whose first column
   * may be the UTC day (sql/lib/detail_columns.sql).
   */
  readonly writer:
    | { readonly copyOptions: (options: Options) => string }
    | {
        /** Another one for other bytes: a segment that lies in the spool is known by it. */
        readonly layout: string;
        readonly encode: (
          result: DuckDBResult,
          options: Options,
          count: (rows: number) => void,
        ) => AsyncIterable<Uint8Array>;
      };
  readonly header: (columns: Columns, options: Options) => Uint8Array;
  readonly end: Uint8Array;
  /**
   * When segments put one behind the other are no file: how they are copied into one, as options of a
   * COPY.
   */
  readonly assembleOptions: string | undefined;
}

export interface ReportFormat {
  readonly segmentFormat: SegmentFormat;
  /** Of the file itself, whatever the transfer adds. */
  readonly compression: Encoding | undefined;
  /** Whether a transfer may compress it. */
  readonly isCompressible: boolean;
}

const NOTHING = new Uint8Array();

const CSV: SegmentFormat = {
  extension: 'csv',
  writer: { copyOptions: csvCopyOptions },
  header: (columns, options) => csvHeader(columns.columnNames(), options),
  end: NOTHING,
  assembleOptions: undefined,
};

const JSON_LINES: SegmentFormat = {
  extension: 'jsonl',
  writer: { copyOptions: () => 'format json' },
  header: () => NOTHING,
  end: NOTHING,
  assembleOptions: undefined,
};

/** Read once: the quickest to write. */
const PARQUET_PART_OPTIONS = 'format parquet, compression snappy, row_group_size 122880';

const PARQUET: SegmentFormat = {
  extension: 'parquet',
  writer: { copyOptions: () => PARQUET_PART_OPTIONS },
  header: () => NOTHING,
  end: NOTHING,
  assembleOptions: PARQUET_OPTIONS,
};

/** Columns of reports in which the same few texts come again and again. */
const REPEATING = new Set([
  'Channel',
  'Gladly Agent',
  'Guides Used',
  'Created Month',
  'Created Quarter',
  'Created Year',
  'Handoff Category',
  'Handoff Subcategory',
  'Outcome',
  'Recontact Status',
  'Next Session Channel',
]);

/** No header begins with a small letter. */
const UTC_DAY = 'day';

function arrowOptions(columns: Columns, { timezone = 'UTC' }: Options): ArrowOptions {
  const isSplitByFirst = columns.columnNames()[0] === UTC_DAY;
  return { zone: timezone, repeating: REPEATING, isSplitByFirst };
}

const ARROW: SegmentFormat = {
  extension: 'arrow',
  writer: {
    layout: 'arrow 2',
    encode: (result, options, count) =>
      arrowBatches(result, { ...arrowOptions(result, options), count }),
  },
  header: (columns, options) => arrowSchema(columns, arrowOptions(columns, options)),
  end: ARROW_END,
  assembleOptions: undefined,
};

const plain = (segmentFormat: SegmentFormat, isCompressible: boolean) => ({
  segmentFormat,
  compression: undefined,
  isCompressible,
});

const compressed = (compression: Encoding) => ({
  segmentFormat: CSV,
  compression,
  isCompressible: false,
});

const FORMATS: Record<FormatName, ReportFormat> = {
  csv: plain(CSV, true),
  'csv.gz': compressed('gzip'),
  'csv.zst': compressed('zstd'),
  jsonl: plain(JSON_LINES, true),
  parquet: plain(PARQUET, false),
  arrow: plain(ARROW, false),
};

export function formatOf({ format }: Pick<RunParameters, 'format'>): ReportFormat {
  return FORMATS[format];
}
