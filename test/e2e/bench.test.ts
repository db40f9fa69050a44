// `ai-sessions bench` once, on a lake as small as can be: every case measures something, the files are
// there, a baseline is held against it, and being interrupted leaves nothing behind. No speed is
// asserted.

import { on } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CASE_NAMES, CASES } from '../../analytics/bench/cases.ts';
import { DashboardEntries, RATIO_UNIT } from '../../analytics/bench/dashboard.ts';
import { startProgram, untilEnd } from './support/program.ts';

const SHAPE = ['--sessions', '2000', '--days', '40', '--repetitions', '1'];
const TIMEOUT_MS = 300_000;

const PEERS: readonly string[] = ['csv-stringify', 'chdb', 'whole-chdb'];

let temp: string;

beforeAll(async () => {
  temp = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
});

afterAll(() => rm(temp, { recursive: true, force: true }));

const ratio = (title: string, value: number) => {
  const extra = '2000 sessions in 40 days';
  return { name: `${title}: ratio`, unit: RATIO_UNIT, value, extra };
};

const leftovers = async () =>
  (await readdir(temp)).filter((name) => name.startsWith('ai-sessions-'));

test(
  'bench measures every case, writes its files, and names what is worse than the baseline, as compare.ts does',
  async () => {
    const [json, markdown, baseline] = ['b.json', 'b.md', 'old.json'].map((name) =>
      join(temp, name),
    ) as [string, string, string];
    const earlier = [ratio(CASES.detail.title, 1e6), ratio(CASES.summary.title, 1e-6)];
    await writeFile(baseline, JSON.stringify(earlier));

    const files = ['--json', json, '--markdown', markdown, '--baseline', baseline];
    const ended = await untilEnd(startProgram('cli.ts', ['bench', ...SHAPE, ...files], { temp }));
    expect(ended.stderr).toMatch(
      /More than 20 % worse than the baseline:\nsummary, cold: ratio: .* before, .* now, \d+ % more\n$/,
    );
    expect(ended.status).toBe(1);

    const entries = v.parse(DashboardEntries, JSON.parse(await readFile(json, 'utf8')));
    const measured = CASE_NAMES.filter((name) => !PEERS.includes(name));
    expect(entries.filter(({ unit }) => unit === 's').map(({ name }) => name)).toEqual(
      measured.map((name) => CASES[name].title),
    );
    expect(entries.filter(({ value }) => !(value > 0))).toEqual([]);
    expect(entries).toContainEqual(
      expect.objectContaining({ name: `${CASES['whole-plain'].title}: ratio`, value: 1 }),
    );
    for (const name of ['edge', 'whole-edge'] as const) {
      for (const what of ['header', 'first rows', 'peak memory']) {
        expect(entries.map((entry) => entry.name)).toContain(`${CASES[name].title}: ${what}`);
      }
    }

    const report = await readFile(markdown, 'utf8');
    const [table = ''] = ended.stdout.toString().split('\n\n');
    expect(report).toContain(table);
    expect(report).toContain('- 2000 sessions in 40 days\n- Dates: 2026-07-01 to 2026-07-31\n');
    expect(await leftovers()).toEqual([]);

    const compare = (before: string, now: string) =>
      untilEnd(startProgram('bench/compare.ts', [before, now], { temp }));
    const same = await compare(json, json);
    expect(same.status).toBe(0);
    const ratios = entries.filter(({ unit }) => unit === RATIO_UNIT);
    const rows = same.stdout.toString().match(/^\| .* ratio +\| .* \+0 % \| +\|$/gm);
    expect(rows).toHaveLength(ratios.length);
    const worse = await compare(baseline, json);
    expect(worse.status).toBe(1);
    expect(worse.stdout.toString()).toContain('1 of 2 are worse by more than 20 %.');
    const none = await compare(baseline, markdown);
    expect(none.status).toBe(1);
    expect(none.stdout.toString()).toBe('');
  },
  TIMEOUT_MS,
);

test(
  'bench that is interrupted says so and leaves nothing behind',
  async () => {
    const program = startProgram('cli.ts', ['bench', ...SHAPE], { temp });
    const ended = untilEnd(program);
    const lines = createInterface(program.stderr);
    for await (const [line] of on(lines, 'line')) if (line.endsWith(': detail')) break;
    program.kill('SIGINT');
    const { status, stderr } = await ended;
    expect(status).toBe(130);
    expect(stderr).toMatch(/Cannot finish: interrupted\n$/);
    expect(await leftovers()).toEqual([]);
  },
  TIMEOUT_MS,
);
