// A Run's parameters as a person would say them; what is as usual is left unsaid.

import type { OrganisationProfile } from '../../../sql/contract/organisationProfile.ts';
import { REPEATABLE, type RunParameters } from '../../../sql/contract/parameters.ts';

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

const FILTER_WORDS: Readonly<Record<string, string>> = {
  channel: 'channel',
  agent: 'Gladly Agent',
  guide: 'guide',
  outcome: 'outcome',
  handoffCategory: 'handoff category',
  handoffSubcategory: 'handoff subcategory',
  customerId: 'customer',
  conversationId: 'conversation',
  sessionId: 'session',
  recontacted: 'recontacted',
};

const OTHER_WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  grouping: {
    day: 'by day',
    week: 'by week',
    month: 'by month',
    quarter: 'by quarter',
    year: 'by year',
  },
  by: { channel: 'for each channel', agent: 'for each Gladly Agent' },
  columns: { extended: 'with extended columns' },
  messages: { json: 'messages as JSON' },
  dates: { iso: 'ISO dates' },
  formulaGuard: { false: 'formulas not guarded' },
  excel: { true: 'for Excel' },
};

const SHOWN_VALUES = 3;

/** `1 Jul 2026 – 31 Jul 2026`. */
export function rangeInWords({ from, to }: RunParameters): string {
  const [first, last] = [from, to].map((date) => new Date(`${date}T00:00:00Z`));
  return DATE.formatRange(first ?? 0, last ?? 0);
}

function filterInWords(name: string, value: string | readonly string[]): string {
  const values = typeof value === 'string' ? [value] : value;
  const shown = values.slice(0, SHOWN_VALUES).join(', ');
  const others = values.length - SHOWN_VALUES;
  return `${FILTER_WORDS[name]} ${shown}${others > 0 ? ` and ${others} more` : ''}`;
}

export function parametersInWords(
  parameters: RunParameters,
  { timezone, weekStart }: OrganisationProfile,
): string[] {
  const words = Object.entries(parameters).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const isFilter = REPEATABLE.has(name) || name === 'recontacted';
    if (isFilter && typeof value !== 'boolean') return [filterInWords(name, value)];
    const said = OTHER_WORDS[name]?.[String(value)];
    return said === undefined ? [] : [said];
  });
  const zone = parameters.timezone ?? timezone;
  const firstDay = parameters.weekStart ?? weekStart;
  const isOtherWeek = parameters.grouping === 'week' && firstDay !== weekStart;
  return [
    ...(zone === timezone ? [] : [zone]),
    ...words,
    ...(isOtherWeek ? [`weeks from ${firstDay}`] : []),
  ];
}
