// A Run as text to take along: for a terminal that reaches the worker, for one that has the lake, for
// DuckDB. The buttons copy, which takes a script: they are shown by it.

import { html } from 'hono/html';
import type { ResolvedRun } from '../../../sql/contract/run.ts';
import type { RunStatus } from '../../../sql/contract/runStatus.ts';
import { asCommand, asCurl, asSql, type Reach } from '../../../sql/contract/runText.ts';

export function runTexts(
  run: ResolvedRun,
  { id, status }: Pick<RunStatus, 'id' | 'status'>,
  organisation: string,
  reach: Reach,
) {
  const isOver = status === 'failed' || status === 'cancelled';
  const texts = [
    ['curl', 'With curl', asCurl(run, reach, isOver ? undefined : id)],
    ['command', 'On the command line, where the lake is', asCommand(run, organisation)],
    ['sql', 'As SQL', asSql(run, organisation)],
  ] as const;
  return html`<details><summary data-key="texts">As a command or SQL</summary>
${texts.map(([name, title, text]) => {
  const code = `run-${id}-${name}`;
  return html`<h4 id="${code}-title">${title}</h4>
<pre><code id="${code}">${text}</code></pre>
<button class="quiet-button with-script" type="button" data-copy="${code}" data-key="copy-${name}" aria-describedby="${code}-title" hidden>Copy</button>
`;
})}</details>`;
}
