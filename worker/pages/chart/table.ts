// A report's rows as a table with the report's own headers: what a chart shows, to the last number.

import { html } from 'hono/html';
import type { Row } from '../../reportRows.ts';
import { count, exactPercent } from '../reports/words.ts';
import type { Period } from './periods.ts';
import { absent } from './rowName.ts';

/** A year day by day; the download has all. */
const MOST_ROWS = 366;

const TEXT = /^(Created .*|Channel|Gladly Agent|Guide|Handoff (Category|Subcategory))$/;
const RATIO = /(Rate|Share)$/;

function numberCell(column: string, cell: Row[string] | undefined) {
  if (typeof cell !== 'number') return html`<td class="number"></td>`;
  return html`<td class="number">${RATIO.test(column) ? exactPercent(cell) : count(cell)}</td>`;
}

function nameCell(column: string, cell: Row[string] | undefined, partial: ReadonlySet<string>) {
  const text = typeof cell === 'string' ? cell : absent(column);
  const isPeriod = column.startsWith('Created ');
  const isPartial = isPeriod && partial.has(text);
  return html`<th scope="row"${isPeriod ? html` class="period"` : ''}><bdi class="name">${text}</bdi>${isPartial ? html` <span class="quiet">in part</span>` : ''}</th>`;
}

/** There must be rows. */
export function table(caption: string, rows: readonly Row[], periods: readonly Period[]) {
  const columns = Object.keys(rows[0] ?? {});
  const partial = new Set(periods.filter((each) => each.isPartial).map(({ label }) => label));
  const shown = rows.slice(0, MOST_ROWS);
  return html`${rows.length > shown.length ? html`<p>The first ${count(shown.length)} of ${count(rows.length)} rows. The download has all.</p>` : ''}
<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
<table>
<caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${TEXT.test(column) ? '' : html` class="number"`}>${column}</th>`)}</tr></thead>
<tbody>
${shown.map(
  (
    row,
  ) => html`<tr>${columns.map((column) => (TEXT.test(column) ? nameCell(column, row[column], partial) : numberCell(column, row[column])))}</tr>
`,
)}</tbody>
</table>
</div>`;
}
