// The rows of a counting report, read from its JSON Lines (SPEC 3.7) for a page to show: as many as a
// page can be made of. Knows no report.

import * as v from 'valibot';

/** Some 7,000 rows: five years day by day, or a year day by day for twenty agents. */
export const MAX_PAGE_BYTES = 2 * 1024 * 1024;

const Row = v.record(v.string(), v.nullable(v.union([v.string(), v.number()])));

/** Cells by the names of their columns, in the order of the report. */
export type Row = Readonly<v.InferOutput<typeof Row>>;

export type Rows =
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  /** More than a page can show; the rest has not been read. */
  | { readonly kind: 'too-many' };

/** Undefined when the body breaks off, or is no JSON Lines. */
export async function readRows(body: ReadableStream<Uint8Array>): Promise<Rows | undefined> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes > MAX_PAGE_BYTES) return { kind: 'too-many' }; // leaving the loop cancels the body
      text += decoder.decode(chunk, { stream: true });
    }
    const lines = text.split('\n').filter((line) => line !== '');
    return { kind: 'rows', rows: lines.map((line) => v.parse(Row, JSON.parse(line))) };
  } catch {
    return undefined;
  }
}
