// Figures as Markdown that a terminal shows well too. Pure.

import type { Compared } from './baseline.ts';
import type { Figures } from './figures.ts';
import type { Summary } from './statistics.ts';
import type { Target } from './targets.ts';

const BYTES_PER_MEGABYTE = 1e6;

/** Three digits that say something, and no more. */
export function number(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : 2);
}

export function spread({ median, min, max }: Summary): string {
  return min === max ? number(median) : `${number(median)} (${number(min)}–${number(max)})`;
}

const whole = (summary: Summary | undefined) =>
  summary === undefined ? '' : summary.median.toFixed(0);

/** Columns are as wide as their widest cell; all but the first are numbers and stand to the right. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) =>
    Math.max(...all.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${cells.join(' | ')} |`;
  };
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}

export function figuresTable(figures: readonly Figures[]): string {
  const header = [
    'case',
    'seconds: median (range)',
    '÷ plain COPY',
    'MB',
    'MB/s',
    'header, ms',
    'first rows, ms',
    'peak memory, MB',
  ];
  const rows = figures.map(({ title, bytes, seconds, ratio, ...more }) => {
    const megabytes = bytes / BYTES_PER_MEGABYTE;
    return [
      title,
      spread(seconds),
      number(ratio.median),
      number(megabytes),
      number(megabytes / seconds.median),
      whole(more.headerMs),
      whole(more.firstRowMs),
      more.peakMegabytes === undefined ? '' : more.peakMegabytes.max.toFixed(0),
    ];
  });
  return table(header, rows);
}

export function targetsTable(targets: readonly Target[]): string {
  const rows = targets.map(({ text, value, isMet }) => [
    text,
    number(value),
    isMet ? 'met' : 'not met',
  ]);
  return table(['target', 'measured', ''], rows);
}

/** The whole file. */
export function markdownReport(
  about: readonly string[],
  figures: readonly Figures[],
  targets: readonly Target[],
): string {
  const parts = ['# Benchmark', about.map((line) => `- ${line}`).join('\n'), figuresTable(figures)];
  return `${[...parts, '## Targets', targetsTable(targets)].join('\n\n')}\n`;
}

const percent = (increase: number) =>
  `${increase < 0 ? '−' : '+'}${Math.abs(increase * 100).toFixed(0)} %`;

/** Of two benches, for whoever reads a pull request. */
export function comparisonReport(compared: Compared): string {
  const title = '### Times, with plain `COPY` as 1';
  if (!compared.ok) return `${title}\n\nCannot compare with the base: ${compared.reason}.\n`;
  const { comparisons } = compared;
  const worse = comparisons.filter(({ isWorse }) => isWorse).length;
  const rows = comparisons.map(({ name, before, now, increase, isWorse }) => [
    name,
    number(before),
    number(now),
    percent(increase),
    isWorse ? 'yes' : '',
  ]);
  const verdict = `${worse} of ${comparisons.length} are worse by more than 20 %.`;
  return `${[title, table(['case', 'base', 'now', 'change', 'worse'], rows), verdict].join('\n\n')}\n`;
}
