// Sessions in groups, by period and by keys, as rows of counts (SPEC 3.5). Knows no report.

import type { ResolvedRun } from '../../sql/contract/run.ts';
import { compareText, type Facts } from './facts.ts';
import { createdHeader, periodOf } from './localTime.ts';
import type { Table } from './table.ts';

interface Group {
  readonly period: string;
  readonly keys: readonly string[];
  readonly facts: Facts[];
}

export interface GroupedReport {
  /** Header of each key, and how its cell shows it. */
  readonly keys: Readonly<Record<string, (key: string) => string>>;
  /** The groups that a session belongs to; a session with three guides belongs to three. */
  readonly keysOf: (facts: Facts) => readonly (readonly string[])[];
  /** Header of each count, and what it counts in a group. */
  readonly measures: Readonly<Record<string, (group: readonly Facts[]) => string>>;
  readonly order: 'by keys' | 'most frequent first';
}

export function groupedTable(
  { parameters }: ResolvedRun,
  sessions: readonly Facts[],
  report: GroupedReport,
): Table {
  const { grouping, weekStart } = parameters;
  const groups: Group[] = [];
  for (const facts of sessions) {
    const period = grouping === 'none' ? '' : periodOf(facts.date, grouping, weekStart);
    for (const keys of report.keysOf(facts)) {
      const group = groups.find((each) => each.period === period && isEqual(each.keys, keys));
      if (group) group.facts.push(facts);
      else groups.push({ period, keys, facts: [facts] });
    }
  }
  groups.sort(
    (one, other) =>
      compareText(one.period, other.period) ||
      (report.order === 'by keys' ? 0 : other.facts.length - one.facts.length) ||
      compareKeys(one.keys, other.keys),
  );
  const keyCells = Object.values(report.keys);
  const withPeriod = grouping !== 'none';
  return {
    header: [
      ...(withPeriod ? [createdHeader(grouping)] : []),
      ...Object.keys(report.keys),
      ...Object.keys(report.measures),
    ],
    rows: groups.map(({ period, keys, facts }) => [
      ...(withPeriod ? [period] : []),
      ...keyCells.map((cell, index) => cell(keys[index] ?? '')),
      ...Object.values(report.measures).map((measure) => measure(facts)),
    ]),
  };
}

function isEqual(keys: readonly string[], others: readonly string[]): boolean {
  return keys.every((key, index) => key === others[index]);
}

/** Empty last. */
function compareKeys(keys: readonly string[], others: readonly string[]): number {
  for (const [index, key] of keys.entries()) {
    const other = others[index] ?? '';
    if (key === other) continue;
    if (key === '') return 1;
    return other === '' ? -1 : compareText(key, other);
  }
  return 0;
}
