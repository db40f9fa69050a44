// The form that a Run is asked for with: every report and every parameter. Works without a script;
// which fields belong to the chosen report is the style's matter, and what they mean is the server's.

import { html } from 'hono/html';
import { FORMATS, type FormatName } from '../../../sql/contract/format.ts';
import { CHOICE_FILTERS, type Choices } from '../../../sql/contract/glance.ts';
import type { OrganisationProfile } from '../../../sql/contract/organisationProfile.ts';
import { GROUPINGS, type Grouping, RECONTACTED } from '../../../sql/contract/parameters.ts';
import { REPORT_NAMES, REPORTS, type ReportName } from '../../../sql/contract/report.ts';
import type { Caller } from '../../../sql/contract/roles.ts';
import { OUTCOME_LABELS, RECONTACTED_LABELS } from '../filterWords.ts';
import { choiceGroups, hasChoices, keptChoices } from './choices.ts';
import { ACTION_FIELD, CONSENT_FIELD, ID_FILTERS, REPORT_FIELD, SHOW_FIELD } from './formQuery.ts';
import { mayReadMessages, rolesInWords } from './permission.ts';
import type { Preset } from './presets.ts';
import { zones } from './zones.ts';

export const GROUPING_LABELS: Record<Grouping, string> = {
  none: 'Date and time',
  day: 'Day',
  week: 'Week',
  month: 'Month',
  quarter: 'Quarter',
  year: 'Year',
};

export const FORMAT_LABELS: Record<FormatName, string> = {
  csv: 'CSV',
  'csv.gz': 'CSV, compressed (gzip)',
  'csv.zst': 'CSV, compressed (Zstandard)',
  jsonl: 'JSON Lines',
  parquet: 'Parquet',
  arrow: 'Arrow stream',
};

const ID_LABELS: Record<(typeof ID_FILTERS)[number], string> = {
  sessionId: 'Session IDs',
  conversationId: 'Conversation IDs',
  customerId: 'Customer IDs',
};

const MORE_OPTIONS = [
  'excel',
  'columns',
  'messages',
  'dates',
  'formulaGuard',
  'weekStart',
] as const;

export interface Form {
  readonly organisation: OrganisationProfile;
  readonly caller: Caller;
  readonly report: ReportName;
  /** What the address asks for instead, where the caller may not run it. */
  readonly notPermitted: ReportName | undefined;
  /** What the fields hold, right or wrong. */
  readonly fields: URLSearchParams;
  readonly presets: readonly Preset[];
  /** The address of the form with other dates in it. */
  readonly presetAddress: (preset: Preset) => string;
  /** Values of the filters, where they have been looked up. */
  readonly choices: Choices | undefined;
  /** Where they can be looked up. */
  readonly choicesAddress: string;
}

type Html = ReturnType<typeof html>;

interface Options {
  readonly name: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly chosen: string;
}

function select(label: string, { name, options, chosen }: Options, hint: Html | string = '') {
  return html`<label>${label}
<select name="${name}">${options.map(
    ([value, text]) =>
      html`<option value="${value}"${value === chosen ? html` selected` : ''}>${text}</option>`,
  )}</select>${hint}</label>
`;
}

function tick(label: string, name: string, value: string, isTicked: boolean) {
  return html`<label class="tick"><input type="checkbox" name="${name}" value="${value}"${isTicked ? html` checked` : ''}> <span>${label}</span></label>
`;
}

const checked = (is: boolean) => (is ? html` checked` : '');

function reportChoice({ report: chosen, caller, organisation }: Form) {
  return REPORT_NAMES.map((name) => {
    const { title, description, withMessages } = REPORTS[name];
    const isPermitted = !withMessages || mayReadMessages(caller, organisation);
    const needed = rolesInWords(organisation.messagesRoles);
    return html`<label class="report"><input type="radio" name="${REPORT_FIELD}" value="${name}" id="report-${name}"${checked(name === chosen)}${isPermitted ? '' : html` disabled`} aria-describedby="about-${name}">
<span><strong>${title}</strong>${withMessages ? html` <span class="badge">Personal data</span>` : ''}
<span class="about" id="about-${name}">${description}${
      isPermitted ? '' : html` <strong>Only for ${needed}.</strong>`
    }</span></span></label>
`;
  });
}

function notPermitted({ notPermitted: name, organisation }: Form) {
  if (name === undefined) return '';
  return html`<p class="alert">You have been sent a link to <strong>${REPORTS[name].title}</strong>, which is only for ${rolesInWords(organisation.messagesRoles)}.</p>`;
}

/** Never ticked beforehand, whatever the address says. */
function consent({ organisation, caller }: Form) {
  if (!mayReadMessages(caller, organisation)) return '';
  return html`<div class="for-messages consent">
<label class="tick"><input type="checkbox" name="${CONSENT_FIELD}" value="understood" data-consent-to="ai-sessions-detail-with-messages"> <span>I know that this file holds what customers have written, which may be <strong>personal data</strong>, and need it for my work. The download is recorded.</span></label>
</div>`;
}

function dates({ fields, presets, presetAddress, organisation }: Form) {
  const [from, to] = [fields.get('from') ?? '', fields.get('to') ?? ''];
  return html`<fieldset>
<legend>Sessions created</legend>
<ul class="presets" aria-label="Ranges">${presets.map((preset) => {
    const isCurrent = preset.from === from && preset.to === to;
    return html`<li><a href="${presetAddress(preset)}" data-from="${preset.from}" data-to="${preset.to}"${
      isCurrent ? html` aria-current="true"` : ''
    }>${preset.label}</a></li>`;
  })}</ul>
<div class="fields">
<label>From
<input type="date" name="from" value="${from}" required></label>
<label>To, this day included
<input type="date" name="to" value="${to}" required></label>
<label>Time zone
<input name="timezone" list="zones" value="${fields.get('timezone') ?? organisation.timezone}" required autocomplete="off" spellcheck="false"></label>
${select('Show the Created Date as', {
  name: 'grouping',
  options: [
    ['', 'As usual for the report'],
    ...GROUPINGS.map((each) => [each, GROUPING_LABELS[each]] as const),
  ],
  chosen: fields.get('grouping') ?? '',
})}
<div class="for-summary">${select('A row for each', {
    name: 'by',
    options: [
      ['', 'Period'],
      ['channel', 'Period and channel'],
      ['agent', 'Period and Gladly Agent'],
    ],
    chosen: fields.get('by') ?? '',
  })}</div>
</div>
<datalist id="zones">${zones(organisation, fields.get('timezone')).map((zone) => html`<option value="${zone}"></option>`)}</datalist>
</fieldset>`;
}

function filters({ fields, choices, choicesAddress }: Form) {
  const names = [...CHOICE_FILTERS, ...ID_FILTERS, 'outcome', 'recontacted'];
  const used = names.filter((name) => (fields.get(name) ?? '') !== '').length;
  return html`<details id="filters"${used > 0 || choices !== undefined ? html` open` : ''}>
<summary><span>Filters</span> <span class="badge" id="filters-used"${used === 0 ? html` hidden` : ''}>${used} used</span></summary>
<div class="choice-groups" id="choices" data-address="${choicesAddress}">
${
  choices === undefined
    ? html`${hasChoices(fields) ? keptChoices(fields) : ''}<p><button class="quiet-button" formaction="/" name="${SHOW_FIELD}" value="choices">Show the channels, agents, guides and handoffs of these dates</button></p>`
    : choiceGroups(choices, fields)
}</div>
<div id="choices-failure" role="status"></div>
<div class="choice-groups">
<fieldset><legend>Outcome</legend>${Object.entries(OUTCOME_LABELS).map(([value, label]) =>
    tick(label, 'outcome', value, fields.getAll('outcome').includes(value)),
  )}</fieldset>
<div>${select('Resolved customers', {
    name: 'recontacted',
    options: [
      ['', 'All sessions'],
      ...RECONTACTED.map((each) => [each, RECONTACTED_LABELS[each]] as const),
    ],
    chosen: fields.get('recontacted') ?? '',
  })}
${ID_FILTERS.map(
  (name) => html`<label>${ID_LABELS[name]}
<input name="${name}" value="${fields.getAll(name).join(' ')}" autocomplete="off" spellcheck="false" placeholder="one or more, with spaces between"></label>
`,
)}</div>
</div>
</details>`;
}

function file({ fields, organisation }: Form) {
  const isOpen = MORE_OPTIONS.some((name) => (fields.get(name) ?? '') !== '');
  return html`<details id="file"${isOpen ? html` open` : ''}>
<summary>File format and options</summary>
<div class="fields">
${select('Format', {
  name: 'format',
  options: FORMATS.map((each) => [each, FORMAT_LABELS[each]] as const),
  chosen: fields.get('format') ?? 'csv',
})}
${select('Columns', {
  name: 'columns',
  options: [
    ['', 'Standard'],
    ['extended', 'Also outcome, next session, times of end and update'],
  ],
  chosen: fields.get('columns') ?? '',
})}
${select('Dates and times', {
  name: 'dates',
  options: [
    ['', 'Local, like 2026-07-01 09:15:22'],
    ['iso', 'ISO 8601, like 2026-07-01T09:15:22.123-07:00'],
  ],
  chosen: fields.get('dates') ?? '',
})}
${select('Weeks start on', {
  name: 'weekStart',
  options: [
    ['', organisation.weekStart === 'monday' ? 'Monday, as usual' : 'Sunday, as usual'],
    ['monday', 'Monday'],
    ['sunday', 'Sunday'],
  ],
  chosen: fields.get('weekStart') ?? '',
})}
${select('Text that begins like a formula', {
  name: 'formulaGuard',
  options: [
    ['', 'Kept from running, by an apostrophe'],
    ['false', 'As it is'],
  ],
  chosen: fields.get('formulaGuard') ?? '',
})}
<div class="for-messages">${select('Message History', {
    name: 'messages',
    options: [
      ['', 'Text, a line for each message'],
      ['json', 'JSON'],
    ],
    chosen: fields.get('messages') ?? '',
  })}</div>
</div>
${tick('For Excel: marked as UTF-8, so that it shows every letter right (CSV only)', 'excel', 'true', fields.get('excel') === 'true')}
</details>`;
}

/** The first button of a form is the one that Enter presses in a field. */
const ENTER = html`<button class="visually-hidden" tabindex="-1" name="${ACTION_FIELD}" value="run" aria-hidden="true">Run</button>`;

/** `glance` is what is known of the Run before it is run. */
export function reportForm(form: Form, glance: Html) {
  return html`<form method="get" action="/page/run" id="form">
${ENTER}
<fieldset class="reports">
<legend>Report</legend>
${notPermitted(form)}
${reportChoice(form)}
${consent(form)}
</fieldset>
${dates(form)}
${filters(form)}
${file(form)}
${glance}
<p class="actions">
<button class="primary" name="${ACTION_FIELD}" value="run">Run</button>
<button class="for-charts" name="${ACTION_FIELD}" value="chart">Show as a chart</button>
<button formaction="/" name="${SHOW_FIELD}" value="preview">Preview</button>
</p>
</form>`;
}
