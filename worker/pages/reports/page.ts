// The Reports page: choose a report, see what it would be, run it, watch it, have it. All of it comes
// from here; the script only asks for parts of it again (worker/browser).

import { html } from 'hono/html';
import { AUDIT_ROLES } from '../../../sql/contract/audit.ts';
import type { Choices, Estimate, Preview } from '../../../sql/contract/glance.ts';
import { localDateOf } from '../../../sql/contract/localDate.ts';
import type { OrganisationProfile } from '../../../sql/contract/organisationProfile.ts';
import type { Fault } from '../../../sql/contract/problem.ts';
import { REPORTS } from '../../../sql/contract/report.ts';
import { type Caller, hasRole } from '../../../sql/contract/roles.ts';
import { defaultRange } from '../../../sql/contract/run.ts';
import type { RunStatus } from '../../../sql/contract/runStatus.ts';
import type { Reach } from '../../../sql/contract/runText.ts';
import type { Way } from '../../auth/authenticate.ts';
import { PAGE_SCRIPT } from '../../browser/script.ts';
import { dataThrough } from '../dataThrough.ts';
import { document } from '../document.ts';
import { noDataYet } from '../noData.ts';
import { signedIn, signOutButton } from '../signedIn.ts';
import { reportForm } from './form.ts';
import { formAddress, REPORT_FIELD, readForm } from './formQuery.ts';
import { estimateText, faultList, previewTable } from './glance.ts';
import { mayReadMessages } from './permission.ts';
import { presets } from './presets.ts';
import { recentRuns } from './runs.ts';
import { REPORTS_STYLE } from './style.ts';

/** What has been looked up for a page without a script. */
export interface Shown {
  readonly choices?: Choices;
  readonly estimate?: Estimate;
  readonly preview?: Preview;
}

export interface ReportsPage {
  readonly organisation: OrganisationProfile;
  readonly caller: Caller;
  readonly way: Way;
  /** What the form holds; empty for a start. */
  readonly fields: URLSearchParams;
  readonly faults: readonly Fault[];
  readonly runs: readonly RunStatus[];
  readonly reach: Reach;
  readonly shown: Shown;
  readonly now: Date;
  readonly nonce: string | undefined;
}

/** What the caller may run of what is asked for; where that is not the same, what is. */
function permitted(fields: URLSearchParams, caller: Caller, organisation: OrganisationProfile) {
  const asked = readForm(fields);
  if (!REPORTS[asked.report].withMessages || mayReadMessages(caller, organisation)) {
    return { ...asked, notPermitted: undefined };
  }
  const others = new URLSearchParams(fields);
  others.delete(REPORT_FIELD);
  return { ...readForm(others), notPermitted: asked.report };
}

/** The form as it starts: with the last 30 full days. */
function filledIn(fields: URLSearchParams, { timezone }: OrganisationProfile, now: Date) {
  const filled = new URLSearchParams(fields);
  const { from, to } = defaultRange(timezone, now);
  if (!filled.has('from') && !filled.has('to')) {
    filled.set('from', from);
    filled.set('to', to);
  }
  return filled;
}

export function reportsPage(page: ReportsPage) {
  const { organisation, caller, way, faults, runs, reach, shown, now, nonce } = page;
  const fields = filledIn(page.fields, organisation, now);
  const { report, query, notPermitted } = permitted(fields, caller, organisation);
  const today = localDateOf(now, organisation.timezone);
  const form = {
    organisation,
    caller,
    report,
    notPermitted,
    fields,
    presets: presets(today, organisation.weekStart),
    presetAddress: ({ from, to }: { from: string; to: string }) => {
      const other = new URLSearchParams(query);
      other.set('from', from);
      other.set('to', to);
      return formAddress({ report, query: other });
    },
    choices: shown.choices,
    choicesAddress: '/page/choices',
  };
  const glance = html`<section class="glance" aria-labelledby="glance-title">
<h2 id="glance-title" class="visually-hidden">What it would be</h2>
<div id="estimate" role="status" data-address="/page/estimate">${
    faults.length > 0 ? faultList(faults) : ''
  }${shown.estimate === undefined ? '' : estimateText(shown.estimate)}</div>
<div id="preview" data-address="/page/preview">${shown.preview === undefined ? '' : previewTable(shown.preview)}</div>
</section>`;
  return document(
    'Gladly AI reports',
    nonce,
    html`<header class="top">
<div><p class="path">Reports</p>
<h1>Gladly AI</h1>
<p><bdi>${organisation.name}</bdi>. ${dataThrough(organisation)}</p></div>
<div class="who">${signedIn(caller, way)}
${way === 'session' ? signOutButton('Sign out') : ''}</div>
</header>
${organisation.dataThrough == null ? noDataYet(organisation.organisation) : ''}
${reportForm(form, glance)}
<p id="announcer" class="visually-hidden" role="status"></p>
${recentRuns(runs, organisation, reach)}
<footer>
${hasRole(caller, AUDIT_ROLES) ? html`<p><a href="/reports/audit.csv">Audit: who ran what</a></p>` : ''}
<p class="quiet">For programs: <a href="/docs">the API</a>.</p>
</footer>
<script type="module" nonce="${nonce}" src="${PAGE_SCRIPT.path}"></script>`,
    REPORTS_STYLE,
  );
}
