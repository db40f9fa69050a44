// A counting report as a page: a chart, the numbers behind it as a table, and the same as files.

import { html } from 'hono/html';
import { FORMATS, isCsv } from '../../../sql/contract/format.ts';
import { localDateOf } from '../../../sql/contract/localDate.ts';
import type { OrganisationProfile } from '../../../sql/contract/organisationProfile.ts';
import { GROUPINGS } from '../../../sql/contract/parameters.ts';
import { REPORTS } from '../../../sql/contract/report.ts';
import type { Caller } from '../../../sql/contract/roles.ts';
import type { ResolvedRun } from '../../../sql/contract/run.ts';
import type { Way } from '../../auth/authenticate.ts';
import type { Row, Rows } from '../../reportRows.ts';
import { dataThrough } from '../dataThrough.ts';
import { document } from '../document.ts';
import { FILTER_NAMES, filtersInWords } from '../filterWords.ts';
import { noDataYet } from '../noData.ts';
import { FORMAT_LABELS, GROUPING_LABELS } from '../reports/form.ts';
import { formAddress } from '../reports/formQuery.ts';
import { rangeInWords } from '../reports/optionWords.ts';
import { signedIn } from '../signedIn.ts';
import { barChart } from './barChart.ts';
import { type Period, periodsOf } from './periods.ts';
import { type CountReportName, PLANS, type Plan } from './plan.ts';
import { RECONTACT } from './series.ts';
import { CHART_STYLE } from './style.ts';
import { table } from './table.ts';
import { timeChart } from './timeChart.ts';
import { isDense } from './timePlot.ts';

const PERIOD_LABELS = { ...GROUPING_LABELS, none: 'Whole range' };

export interface ChartPage {
  readonly report: CountReportName;
  readonly parameters: ResolvedRun['parameters'];
  /** The request's own parameters, with the range that they have come to. */
  readonly query: URLSearchParams;
  readonly rows: Rows;
  readonly organisation: OrganisationProfile;
  readonly caller: Caller;
  readonly way: Way;
  readonly nonce: string | undefined;
}

/** The same parameters, with one set or left out. */
function changed(query: URLSearchParams, name: string, value: string | undefined): string {
  const copy = new URLSearchParams(query);
  if (value === undefined) copy.delete(name);
  else copy.set(name, value);
  return copy.toString();
}

function links(
  label: string,
  items: readonly { text: string; href: string; isCurrent?: boolean }[],
) {
  return html`<nav aria-label="${label}"><ul class="links"><li>${label}:</li>
${items.map(
  ({
    text,
    href,
    isCurrent,
  }) => html`<li><a href="${href}"${isCurrent ? html` aria-current="true"` : ''}>${text}</a></li>
`,
)}</ul></nav>`;
}

function groupingLinks({ report, parameters, query }: ChartPage) {
  return links(
    'By',
    GROUPINGS.map((grouping) => ({
      text: PERIOD_LABELS[grouping],
      href: `/reports/${report}?${changed(query, 'grouping', grouping)}`,
      isCurrent: grouping === parameters.grouping,
    })),
  );
}

const PARTS = [
  ['All together', undefined],
  ['Channel', 'channel'],
  ['Gladly Agent', 'agent'],
] as const;

function partLinks({ report, parameters, query }: ChartPage) {
  if (report !== 'ai-sessions-summary') return '';
  return links(
    'For each',
    PARTS.map(([text, by]) => ({
      text,
      href: `/reports/${report}?${changed(query, 'by', by)}`,
      isCurrent: by === parameters.by,
    })),
  );
}

/** `excel` is for CSV alone. */
function downloadLinks({ report, query }: ChartPage) {
  return links(
    'Download',
    FORMATS.map((format) => {
      const search = isCsv(format) ? query.toString() : changed(query, 'excel', undefined);
      return { text: FORMAT_LABELS[format], href: `/reports/${report}.${format}?${search}` };
    }),
  );
}

function nothing({ report, parameters, query, organisation }: ChartPage) {
  if (organisation.dataThrough == null) return noDataYet(organisation.organisation);
  const isFiltered = FILTER_NAMES.some((name) => parameters[name] !== undefined);
  const unfiltered = new URLSearchParams(query);
  for (const name of FILTER_NAMES) unfiltered.delete(name);
  return html`<section aria-labelledby="nothing">
<h2 id="nothing">Nothing in this range</h2>
<p>There are no ${PLANS[report].subject} ${isFiltered ? 'that fit the filters ' : ''}in this range.</p>
${isFiltered ? html`<p><a href="/reports/${report}?${unfiltered.toString()}">Look without the filters</a></p>` : ''}
<p><a href="${formAddress({ report, query })}">Choose another range</a></p>
</section>`;
}

const TOO_MANY = html`<section aria-labelledby="too-many">
<h2 id="too-many">Too much for a page</h2>
<p>This report has more rows than a page can show. Choose longer periods above, or download it: the files have everything.</p>
</section>`;

/** What a reader must know of the drawing. */
function remarks(periods: readonly Period[], { rates }: Plan) {
  const partial = periods.filter(({ isPartial }) => isPartial).map(({ label }) => label);
  const unsettled = rates.includes(RECONTACT) && periods.find(({ isUnsettled }) => isUnsettled);
  return [
    isDense(periods) ? 'Longer periods show better how things go. ' : '',
    partial.length > 0
      ? `On a shaded ground: ${partial.join(' and ')}, of which the range or the data hold only a part. `
      : '',
    unsettled
      ? `The recontact rate ends before ${unsettled.label}: 24 hours have to pass after each resolution.`
      : '',
  ];
}

function content(page: ChartPage, rows: readonly Row[]) {
  const { report, parameters, organisation } = page;
  const { dataThrough: instant } = organisation;
  const through = instant == null ? undefined : localDateOf(new Date(instant), parameters.timezone);
  const periods = periodsOf(parameters, through);
  const plan = PLANS[report];
  return html`<figure aria-labelledby="chart">
<h2 id="chart">${plan.title}${periods.length > 0 ? `, by ${parameters.grouping}` : ''}</h2>
${periods.length > 0 ? timeChart(rows, periods, plan) : barChart(rows, plan)}
<figcaption class="quiet">${remarks(periods, plan)}</figcaption>
</figure>
<h2>Numbers</h2>
${table(`${REPORTS[report].title}, ${parameters.from} to ${parameters.to}`, rows, periods)}`;
}

function body(page: ChartPage) {
  const { rows } = page;
  if (rows.kind === 'too-many') return TOO_MANY;
  return rows.rows.length === 0 ? nothing(page) : content(page, rows.rows);
}

export function chartPage(page: ChartPage) {
  const { report, parameters, query, organisation, caller, way, nonce } = page;
  const filters = filtersInWords(parameters);
  return document(
    REPORTS[report].title,
    nonce,
    html`<p><a href="${formAddress({ report, query })}">All reports, and change this one</a></p>
<h1>${REPORTS[report].title}</h1>
<p>${REPORTS[report].description}</p>
<p><bdi>${organisation.name}</bdi>. Sessions created ${rangeInWords(parameters)} (${parameters.timezone}). ${dataThrough(organisation)}</p>
${filters.length > 0 ? html`<p>Only ${filters}.</p>` : ''}
${groupingLinks(page)}
${partLinks(page)}
${downloadLinks(page)}
${body(page)}
${signedIn(caller, way)}`,
    CHART_STYLE,
  );
}
