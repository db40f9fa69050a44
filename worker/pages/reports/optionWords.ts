// A Run's range and options in a few words; what is as usual is left unsaid.

import { isCsv } from '../../../sql/contract/format.ts';
import type { OrganisationProfile } from '../../../sql/contract/organisationProfile.ts';
import type { RunParameters } from '../../../sql/contract/parameters.ts';

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

const OPTION_WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
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

/** `1 Jul 2026 – 31 Jul 2026`. */
export function rangeInWords({ from, to }: RunParameters): string {
  const [first, last] = [from, to].map((date) => new Date(`${date}T00:00:00Z`));
  return DATE.formatRange(first ?? 0, last ?? 0);
}

/** What else than the range and the filters is not as usual. */
export function optionsInWords(
  parameters: RunParameters,
  { timezone, weekStart }: OrganisationProfile,
): string[] {
  const { formulaGuard, ...others } = parameters;
  const guard = isCsv(parameters.format) ? { formulaGuard } : {};
  const words = Object.entries({ ...others, ...guard }).flatMap(
    ([name, value]) => OPTION_WORDS[name]?.[String(value)] ?? [],
  );
  const zone = parameters.timezone ?? timezone;
  const firstDay = parameters.weekStart ?? weekStart;
  const isOtherWeek = parameters.grouping === 'week' && firstDay !== weekStart;
  return [
    ...(zone === timezone ? [] : [zone]),
    ...words,
    ...(isOtherWeek ? [`weeks from ${firstDay}`] : []),
  ];
}
