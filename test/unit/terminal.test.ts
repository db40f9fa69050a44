// What is different on a terminal: `script`, which every Linux has, makes one. Colours and the fit of
// tables are for people; what goes into a pipe or a file is never coloured or cut.

import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';

const COLUMNS = 60;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const shape = { sessions: 50, days: 2, seed: 1, transcripts: false, until: '2026-07-31' };
  await makeSample({ ...shape, layout: lakeLayout(join(folder, 'data'), 'acme') });
});

afterAll(() => rm(folder, { recursive: true }));

const { PATH = '' } = process.env;

function environment(variables: Record<string, string>) {
  return {
    PATH,
    HOME: folder,
    TERM: 'xterm-256color',
    AI_SESSIONS_DATA: join(folder, 'data'),
    ...variables,
  };
}

/** Both streams of a shell's line, `ai` being the program, as the terminal gets them. */
function onTerminal(line: string, variables: Record<string, string> = {}): string {
  const ai = `ai() { '${process.execPath}' analytics/cli.ts "$@"; }`;
  const script = `stty cols ${COLUMNS} rows 24; ${ai}; ${line}`;
  const { stdout } = spawnSync(
    'script',
    ['-qec', `bash --norc -c '${script.replaceAll("'", String.raw`'\''`)}'`, '/dev/null'],
    {
      encoding: 'utf8',
      env: environment(variables),
    },
  );
  return stdout.replaceAll('\r\n', '\n');
}

function inPipes(args: readonly string[], variables: Record<string, string> = {}, input = '') {
  const options = { encoding: 'utf8', env: environment(variables), input } as const;
  return spawnSync(process.execPath, ['analytics/cli.ts', ...args], options);
}

const ESCAPE = '\u001B[';
const RED_ERROR = `${ESCAPE}31mError:${ESCAPE}39m`;

describe('colours', () => {
  test('an error is red on a terminal, and what to do about it dim', () => {
    const shown = onTerminal('ai run ai-guide');
    expect(shown).toContain(`${RED_ERROR} Cannot find the report "ai-guide"`);
    expect(shown).toContain(`${ESCAPE}2mDid you mean ai-guides?${ESCAPE}22m`);
  });

  test.each([
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['a terminal that knows none', { TERM: 'dumb' }],
  ])('there are none with %s', (_, variables) => {
    const shown = onTerminal('ai run ai-guide', variables);
    expect(shown).toContain('Error: Cannot find the report');
    expect(shown).not.toContain(ESCAPE);
  });

  test('there are none in a pipe, unless FORCE_COLOR asks for them', () => {
    expect(inPipes(['run', 'ai-guide']).stderr).not.toContain(ESCAPE);
    expect(inPipes(['run', 'ai-guide'], { FORCE_COLOR: '1' }).stderr).toContain(RED_ERROR);
  });

  test('data has none, whatever asks for them', () => {
    const { stdout } = inPipes(['sql', '-'], { FORCE_COLOR: '1' }, 'from sessions');
    expect(stdout).toMatch(/^session_id/);
    expect(stdout).not.toContain(ESCAPE);
  });
});

describe('a table', () => {
  const query = 'echo "from sessions" | ai sql - --rows 2';

  test('fits the terminal, and says how many columns it has left out', () => {
    const lines = onTerminal(query).trimEnd().split('\n');
    expect(Math.max(...lines.slice(0, 4).map((line) => line.length))).toBeLessThanOrEqual(COLUMNS);
    expect(lines.at(-1)).toMatch(/^2 of 50 rows, \d of 18 columns; --format csv writes them all$/);
  });

  test('is whole in a pipe, on a terminal too', () => {
    const lines = onTerminal(`${query} | cat`).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^session_id .* updated_at /);
    expect(lines.at(-1)).toBe('2 of 50 rows; --format csv writes them all');
  });
});

test('a progress bar is on the terminal, and nothing of it in the file', async () => {
  const output = join(folder, 'report.csv');
  const shown = onTerminal(`ai run ai-sessions-detail --output ${output}`);
  expect(shown).toMatch(/Run .+ 100 %, \d+ rows/);
  const written = await readFile(output, 'utf8');
  expect(written).toMatch(/^Session ID,/);
  expect(written).not.toContain(ESCAPE);
});
