// What to do for an organisation that has no data yet: the commands that bring some in, ready to be typed.

import { html } from 'hono/html';

/** `organisation` is its name in the lake. */
export function noDataYet(organisation: string) {
  const example = `you@${organisation}.example`;
  return html`<section aria-labelledby="no-data">
<h2 id="no-data">There is no data yet</h2>
<p>Whoever runs the reports brings it in, with one of these commands, where the analytics service runs. Then load this page again.</p>
<dl>
<dt>From a Gladly account, with its API token in <code>GLADLY_API_TOKEN</code></dt>
<dd><pre><code>npx ai-sessions pull --url https://${organisation}.gladly.com --user ${example} --org ${organisation}</code></pre></dd>
<dt>From files downloaded from Gladly’s own two reports</dt>
<dd><pre><code>npx ai-sessions ingest gladly-csv GladlyAISessionsDetailReport-*.csv --org ${organisation} --timezone UTC</code></pre></dd>
<dt>From records of your own, as JSON Lines, CSV, Parquet or Arrow</dt>
<dd><pre><code>npx ai-sessions ingest sessions sessions.jsonl --org ${organisation}</code></pre>
<pre><code>npx ai-sessions ingest messages messages.jsonl --org ${organisation}</code></pre></dd>
<dt>Only to look around: made-up sessions</dt>
<dd><pre><code>npx ai-sessions sample --org ${organisation}</code></pre></dd>
</dl>
</section>
`;
}
