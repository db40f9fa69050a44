// CSV as SPEC 3.7 says, written by DuckDB's own writer; the header row by csv-stringify, which the
// tests also hold the writer against, byte for byte.

import { stringify } from 'csv-stringify/sync';

export interface CsvOptions {
  /** For Excel: UTF-8 byte order mark and CRLF. */
  readonly excel: boolean;
}

const BYTE_ORDER_MARK = '\ufeff';

function lineEnd({ excel }: CsvOptions): string {
  return excel ? '\r\n' : '\n';
}

/** The options of a COPY that writes rows without a header. */
export function csvCopyOptions(options: CsvOptions): string {
  const newLine = options.excel ? String.raw`'\r\n'` : String.raw`'\n'`;
  return `format csv, header false, delimiter ',', quote '"', escape '"', nullstr '', new_line ${newLine}`;
}

/** The first line of every file, byte order mark included. */
export function csvHeader(columns: readonly string[], options: CsvOptions): Uint8Array {
  const line = stringify([[...columns]], { record_delimiter: lineEnd(options) });
  return new TextEncoder().encode((options.excel ? BYTE_ORDER_MARK : '') + line);
}
