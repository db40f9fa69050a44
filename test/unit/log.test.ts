// The service's log: lines of JSON with a level of their kind, and of an error never what it says.

import { expect, test } from 'vitest';
import { CommandFailure } from '../../analytics/failure.ts';
import { jsonLog, type LogLevel } from '../../analytics/http/log.ts';
import type { LogEntry } from '../../analytics/http/logEntry.ts';

const NOW = new Date('2026-08-01T12:00:00Z');

const SECRET = 'I was fired';

function written(level: LogLevel, ...entries: readonly LogEntry[]): string {
  let lines = '';
  const write = (line: string) => {
    lines += line;
  };
  const log = jsonLog(level, () => NOW, { write });
  for (const entry of entries) log(entry);
  return lines;
}

const request = (status: number): LogEntry => {
  const method = 'POST';
  return { event: 'request', request: 'r1', method, route: '/download', status, totalMs: 5 };
};

const failed = (error: unknown): LogEntry => ({ event: 'error', during: 'sweep', error });

test('an entry is a line of JSON with its time and its level', () => {
  expect(written('info', { event: 'stopping', withinMs: 3 })).toBe(
    '{"level":"info","time":"2026-08-01T12:00:00.000Z","event":"stopping","withinMs":3}\n',
  );
});

test.each<[string, unknown, string]>([
  [
    'DuckDB’s class',
    new Error(`Conversion Error: Could not convert "${SECRET}"`),
    'Conversion Error',
  ],
  ['JavaScript’s class', new TypeError(SECRET), 'TypeError'],
  ['a sentence of this project', new CommandFailure('Cannot read it'), 'Cannot read it'],
  ['a type, when it is no error', SECRET, 'string'],
])('of an error it keeps %s', (_, error, kept) => {
  const line = written('info', failed(error));
  expect(JSON.parse(line)).toEqual({
    level: 'error',
    time: NOW.toISOString(),
    event: 'error',
    during: 'sweep',
    error: kept,
  });
});

test('of a file system’s error neither path nor stack is kept', () => {
  const error = Object.assign(new Error(SECRET), {
    code: 'EIO',
    path: `/${SECRET}`,
    cause: SECRET,
  });
  expect(written('debug', failed(error))).not.toContain(SECRET);
});

const LEVELS: readonly LogEntry[] = [request(200), request(404), request(503), failed(new Error())];

test.each<[LogLevel, readonly string[]]>([
  ['debug', ['debug', 'info', 'warn', 'error']],
  ['info', ['info', 'warn', 'error']],
  ['warn', ['warn', 'error']],
  ['error', ['error']],
  ['silent', []],
])('from %s on it has %j', (level, kept) => {
  const lines = written(level, ...LEVELS)
    .split('\n')
    .slice(0, -1);
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(kept);
});
