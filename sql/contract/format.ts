// The formats of a report's file (SPEC 3.6) and their media types. How they are made is not known here.

export const FORMATS = ['csv', 'csv.gz', 'csv.zst', 'jsonl', 'parquet', 'arrow'] as const;

export type FormatName = (typeof FORMATS)[number];

export const MEDIA_TYPES: Record<FormatName, string> = {
  csv: 'text/csv; charset=utf-8',
  'csv.gz': 'application/gzip',
  'csv.zst': 'application/zstd',
  jsonl: 'application/jsonl; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
  arrow: 'application/vnd.apache.arrow.stream',
};

/** Keeps the types of its values: an instant is an instant, and no text. */
export function isTyped(format: FormatName): boolean {
  return format === 'parquet' || format === 'arrow';
}

/** Only in a spreadsheet can text run as a formula. */
export function isCsv(format: FormatName): boolean {
  return format.startsWith('csv');
}
