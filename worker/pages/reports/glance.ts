// What is known of a Run before it is run, in words and as a table: how many sessions match, how large
// the file will be, how it begins.

import { html } from 'hono/html';
import { type Estimate, PREVIEW_ROWS, type Preview } from '../../../sql/contract/glance.ts';
import type { Fault } from '../../../sql/contract/problem.ts';
import { counted, size } from './words.ts';

export function estimateText({ sessions, isAtMost, bytes }: Estimate) {
  if (sessions === 0) {
    return html`<p><strong>No session matches.</strong> The file would have a header and no rows.</p>`;
  }
  const match = sessions === 1 ? 'matches' : 'match';
  const matching = isAtMost
    ? html`At most <strong>${counted(sessions, 'session')}</strong> ${match}.`
    : html`<strong>${counted(sessions, 'session')}</strong> ${match}.`;
  return bytes === null
    ? html`<p>${matching} They are counted into a small file.</p>`
    : html`<p>${matching} The file will have about ${size(bytes)}.</p>`;
}

export function previewTable({ columns, rows }: Preview) {
  const caption =
    rows.length < PREVIEW_ROWS
      ? `All ${counted(rows.length, 'row')}`
      : `The first ${PREVIEW_ROWS} rows`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Preview">
<table><caption>${caption}</caption>
<thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr>${row.map((cell) => html`<td dir="auto"><div>${cell}</div></td>`)}</tr>
`,
  )}</tbody></table></div>`;
}

/** What has to be put right first. */
export function faultList(faults: readonly Fault[]) {
  return html`<div class="alert"><p><strong>This cannot be run yet:</strong></p>
<ul>${faults.map(({ parameter, detail }) => html`<li><strong>${parameter}</strong> ${detail}</li>`)}</ul></div>`;
}
