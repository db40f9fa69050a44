// The caller's recent Runs, each a card that says how it stands and what can be done with it. A card is
// the same whether the page comes with it or a script asks for it again.

import { html } from 'hono/html';
import type { OrganisationProfile } from '../../../sql/contract/organisationProfile.ts';
import { kindOf } from '../../../sql/contract/problem.ts';
import { REPORTS } from '../../../sql/contract/report.ts';
import { parseRun, reportLink, resolveRun } from '../../../sql/contract/run.ts';
import type { RunStatus } from '../../../sql/contract/runStatus.ts';
import type { Reach } from '../../../sql/contract/runText.ts';
import { filtersInWords } from '../filterWords.ts';
import { nextStep, OF_WORK } from '../nextStep.ts';
import { chartAddress, formAddress, formOf } from './formQuery.ts';
import { optionsInWords, rangeInWords } from './optionWords.ts';
import { runTexts } from './runTexts.ts';
import { count, counted, size, time } from './words.ts';

const LISTED = 20;

/** A listener is told of so many steps, not of every percent. */
const ANNOUNCED_PERCENT = 25;

type Html = ReturnType<typeof html>;

/** What somebody who does not see the card is told when it changes. */
function announcement({ status, percent, rows, problem }: RunStatus, title: string): string {
  switch (status) {
    case 'queued':
      return `${title}: waiting`;
    case 'running':
      return `${title}: ${percent - (percent % ANNOUNCED_PERCENT)} percent`;
    case 'complete':
      return `${title}: complete, ${counted(rows, 'row')}`;
    case 'failed':
      return `${title}: failed. ${problem?.title ?? ''}`;
    case 'cancelled':
      return `${title}: cancelled`;
  }
}

function failure(problem: RunStatus['problem']): Html {
  if (problem === null) return html`<p>Failed.</p>`;
  return html`<div class="alert"><p><strong>${problem.title}.</strong> ${problem.detail}.</p>
${nextStep(kindOf(problem.type), OF_WORK)}</div>`;
}

function standing(run: RunStatus, { timezone }: OrganisationProfile): Html {
  const { status, percent, rows, bytes, problem, dataThrough, finishedAt, expiresAt, sha256 } = run;
  switch (status) {
    case 'queued':
      return html`<progress max="100" aria-label="Progress"></progress>
<p>Waiting for its turn.</p>`;
    case 'running':
      return html`<progress max="100" value="${percent}" aria-label="Progress"></progress>
<p>${percent} %, ${counted(rows, 'row')} and ${size(bytes)} so far.</p>`;
    case 'complete':
      return html`<p><strong>${counted(rows, 'row')}, ${size(bytes)}.</strong> ${
        dataThrough === null ? '' : html`Data through ${time(dataThrough, timezone)}. `
      }${finishedAt === null ? '' : html`Complete since ${time(finishedAt, timezone)}. `}${
        expiresAt === null ? '' : html`Kept until ${time(expiresAt, timezone)}. `
      }</p>
<details><summary data-key="sums">SHA-256 and exact size</summary><p>${count(bytes)} bytes, SHA-256 <code>${sha256}</code></p></details>`;
    case 'failed':
      return failure(problem);
    case 'cancelled':
      return html`<p>Cancelled.</p>`;
  }
}

const isUnderWay = ({ status }: RunStatus) => status === 'queued' || status === 'running';

export function runCard(run: RunStatus, organisation: OrganisationProfile, reach: Reach): Html {
  const { id, links, startedAt } = run;
  const parsed = parseRun(run);
  if ('problem' in parsed) return html``;
  const resolved = resolveRun(parsed.run, organisation, new Date(startedAt));
  if (!resolved.ok) return html``;
  const { report, parameters } = resolved.value;
  const { title, grain, withMessages } = REPORTS[report];
  const form = formOf(resolved.value);
  const words = [rangeInWords(parameters), ...optionsInWords(parameters, organisation)];
  const filters = filtersInWords(parameters);
  return html`<li class="run" id="run-${id}" data-state="${run.status}" data-card="/page/runs/${id}" data-download="${links.download}" data-bytes="${run.bytes}" data-announce="${announcement(run, title)}">
<h3>${title}</h3>
<p>${words.join('; ')}${filters.length > 0 ? html`<br>${filters}` : ''}</p>
<p class="quiet">Begun ${time(startedAt, organisation.timezone)}</p>
<div class="standing">${standing(run, organisation)}</div>
<p class="actions">
${
  run.status === 'failed' || run.status === 'cancelled'
    ? ''
    : html`<a class="button" href="${links.download}" download data-key="download">Download ${parameters.format.toUpperCase()}${isUnderWay(run) ? ' while it runs' : ''}</a>`
}
${grain === 'count' ? html`<a href="${chartAddress(form)}" data-key="chart">Chart</a>` : ''}
${isUnderWay(run) || withMessages ? '' : html`<a href="${reportLink(resolved.value)}" data-key="again">Run again</a>`}
<a href="${formAddress(form)}" data-key="change">Change and run</a>
</p>
${
  run.status === 'complete'
    ? html`<div class="downloading" hidden><progress aria-label="Downloaded" value="0"></progress>
<div role="status"></div><button class="quiet-button" type="button" data-key="stop">Stop the download</button></div>`
    : ''
}
${runTexts(resolved.value, run, organisation.organisation, reach)}
${
  isUnderWay(run)
    ? html`<form method="post" action="/page/runs/${id}/cancel"><button class="quiet-button" data-key="cancel">Cancel</button></form>`
    : ''
}
</li>
`;
}

export function recentRuns(
  runs: readonly RunStatus[],
  organisation: OrganisationProfile,
  reach: Reach,
): Html {
  return html`<section id="recent" aria-labelledby="recent-title">
<h2 id="recent-title">Recent Runs</h2>
<p class="quiet" id="no-runs"${runs.length > 0 ? html` hidden` : ''}>Reports that you run appear here.</p>
<ol class="runs" id="runs">
${runs.slice(0, LISTED).map((run) => runCard(run, organisation, reach))}</ol>
</section>`;
}
