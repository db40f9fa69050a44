// What analytics/README.md tells those who run the service, held against the service: its options, its
// metrics, its log, its reasons, the unit for systemd.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { serveCommand } from '../../analytics/commands/serve.ts';
import { openMetrics } from '../../analytics/metrics/metrics.ts';
import { watchUnderWay } from '../../analytics/underWay.ts';
import { readMetrics } from './support/metricsText.ts';

const readme = readFileSync('analytics/README.md', 'utf8');

const options = serveCommand().options;

/** Rows of tables whose first cell matches, as the texts of their cells. */
const rows = (first: RegExp) =>
  readme
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
    .map(([, ...cells]) => cells)
    .filter(([name = '']) => first.test(name));

/** What the pattern finds in a file of the service. */
const kinds = (file: string, pattern: RegExp) =>
  [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, kind = '']) => kind);

test('every option of `serve` is in the table, with its variable and its default', () => {
  const documented = rows(/^--/);
  expect(new Set(documented.map(([flag]) => flag))).toEqual(
    new Set(options.map(({ long }) => long)),
  );
  for (const { long, envVar, defaultValue } of options) {
    const [, variable, said = ''] = documented.find(([flag]) => flag === long) ?? [];
    expect(variable, long ?? '').toBe(envVar);
    const expected =
      defaultValue === undefined ? /^(none|\.\w+ in the data folder)/ : String(defaultValue);
    expect(said, long ?? '').toMatch(expected);
  }
});

test('every metric is in the table, with its type', async () => {
  const standing = { runsWorking: 0, runsWaiting: 0, statementsWorking: 0, statementsWaiting: 0 };
  const parts = { rendered: 0, shared: 0, spool: 0 };
  const { fetch } = openMetrics({
    spool: { usedBytes: () => 0 },
    spoolLimit: 1,
    workshop: { standing: () => ({ ...standing, parts }) },
    organisations: { opened: async () => [] },
    underWay: watchUnderWay(),
  });
  const response = await fetch(new Request('http://127.0.0.1/metrics'));
  const { types } = readMetrics(await response.text());
  const own = [...types].filter(([name]) => name.startsWith('ai_sessions_'));
  expect(new Map(rows(/^ai_sessions_/).map(([name = '', type = '']) => [name, type]))).toEqual(
    new Map(own),
  );
});

test('every kind of entry and every reason is in a table', () => {
  const named = rows(/./).map(([name]) => name);
  const entries = kinds('analytics/http/logEntry.ts', /readonly event: '([a-z]+)'/g);
  const reasons = kinds('analytics/readiness.ts', /^ {2}\| '([a-z-]+)'/gm);
  expect(entries.length).toBeGreaterThan(4);
  expect(reasons.length).toBeGreaterThan(3);
  expect(named).toEqual(expect.arrayContaining([...entries, ...reasons]));
});

test('the unit for systemd starts the service, with variables that it reads', () => {
  const [, unit = ''] = /```systemd\n(.*?)```/s.exec(readme) ?? [];
  expect(unit).toContain('\nExecStart=/usr/bin/node analytics/cli.ts serve\n');
  const variables = [...unit.matchAll(/^Environment=(\w+)=/gm)].map(([, name = '']) => name);
  expect(options.map(({ envVar }) => envVar)).toEqual(expect.arrayContaining(variables));
  const waits = Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]);
  const stops = options.find(({ long }) => long === '--stop-within')?.defaultValue;
  expect(waits).toBeGreaterThan(Number(stops));
});
