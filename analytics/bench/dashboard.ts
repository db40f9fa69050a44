// Figures as benchmark dashboards read them (customSmallerIsBetter), and as a later bench compares
// itself with: a list of numbers that are better the smaller they are. Pure.

import * as v from 'valibot';
import type { Figures } from './figures.ts';
import type { Summary } from './statistics.ts';

export const RATIO_UNIT = '÷ plain COPY';

export const DashboardEntries = v.array(
  v.object({
    name: v.string(),
    unit: v.string(),
    value: v.number(),
    range: v.optional(v.string()),
    extra: v.optional(v.string()),
  }),
);

export type DashboardEntries = v.InferOutput<typeof DashboardEntries>;

const DIGITS = 4;

const rounded = (value: number) => Number(value.toPrecision(DIGITS));

/** `extra` says what was measured: entries of other lakes cannot be compared. */
export function dashboardEntries(figures: readonly Figures[], extra: string): DashboardEntries {
  const entry = (name: string, unit: string, summary: Summary | undefined): DashboardEntries =>
    summary === undefined
      ? []
      : [
          {
            name,
            unit,
            value: rounded(summary.median),
            range: `${rounded(summary.min)}–${rounded(summary.max)}`,
            extra,
          },
        ];
  return figures.flatMap(({ title, seconds, ratio, headerMs, firstRowMs, peakMegabytes }) => [
    ...entry(title, 's', seconds),
    ...entry(`${title}: ratio`, RATIO_UNIT, ratio),
    ...entry(`${title}: header`, 'ms', headerMs),
    ...entry(`${title}: first rows`, 'ms', firstRowMs),
    ...entry(`${title}: peak memory`, 'MB', peakMegabytes),
  ]);
}
