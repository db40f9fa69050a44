// The Reports page: one form, one button a report. Works without scripts, because each button names
// its own address and the browser does the rest.

import { html } from 'hono/html';
import { AUDIT_ROLES } from '../../sql/contract/audit.ts';
import type { OrganisationProfile } from '../../sql/contract/organisationProfile.ts';
import { GROUPINGS, type Grouping } from '../../sql/contract/parameters.ts';
import { REPORT_NAMES, REPORTS, type ReportName } from '../../sql/contract/report.ts';
import { type Caller, hasRole } from '../../sql/contract/roles.ts';
import { defaultRange } from '../../sql/contract/run.ts';
import type { Way } from '../auth/authenticate.ts';
import { dataThrough } from './dataThrough.ts';
import { document } from './document.ts';
import { signedIn, signOutButton } from './signedIn.ts';

const GROUPING_LABELS: Record<Grouping, string> = {
  none: 'Date and time',
  day: 'Day',
  week: 'Week',
  month: 'Month',
  quarter: 'Quarter',
  year: 'Year',
};

interface ReportsPage {
  readonly organisation: OrganisationProfile;
  readonly caller: Caller;
  readonly way: Way;
  readonly now: Date;
  readonly nonce: string | undefined;
}

export function reportsPage({ organisation, caller, way, now, nonce }: ReportsPage) {
  const range = defaultRange(organisation.timezone, now);
  return document(
    'Gladly AI reports',
    nonce,
    html`<h1>Gladly AI reports</h1>
<p>${organisation.name}. ${dataThrough(organisation)}</p>
${signedIn(caller, way)}
<form method="get">
<fieldset>
<legend>Sessions</legend>
<div class="fields">
<label>Created from
<input type="date" name="from" value="${range.from}" required></label>
<label>Created to, this day included
<input type="date" name="to" value="${range.to}" required></label>
<label>Time zone
<select name="timezone">${timezones(organisation).map((zone) => option(zone, zone))}</select></label>
<label>Show the Created Date as
<select name="grouping">${option('', 'As usual for the report')}${GROUPINGS.map((each) => option(each, GROUPING_LABELS[each]))}</select></label>
</div>
</fieldset>
<fieldset>
<legend>Reports</legend>
${REPORT_NAMES.map(runButton)}
</fieldset>
</form>
${hasRole(caller, AUDIT_ROLES) ? html`<p><a href="/reports/audit.csv">Audit: who ran what</a></p>` : ''}
${way === 'session' ? signOutButton('Sign out') : ''}
<p class="quiet">For programs: <a href="/docs">the API</a>.</p>`,
  );
}

/** The organisation's own zone first: the first option is the one that is chosen. */
function timezones({ timezone }: OrganisationProfile): string[] {
  return [...new Set([timezone, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
}

function option(value: string, label: string) {
  return html`<option value="${value}">${label}</option>`;
}

function runButton(name: ReportName) {
  return html`<section>
<p id="${name}">${REPORTS[name].description}</p>
<button formaction="/reports/${name}.csv" aria-describedby="${name}">Run ${REPORTS[name].title}</button>
</section>
`;
}
