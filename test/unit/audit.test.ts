// The audit's files: what is in them survives crashes, several processes and time; what somebody does
// to them shows, and where.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Audit, openAudit } from '../../analytics/audit/audit.ts';
import { auditCsv } from '../../analytics/audit/csv.ts';
import type { AuditEvent } from '../../analytics/audit/event.ts';
import { auditRows } from '../../analytics/audit/rows.ts';
import { trailFiles } from '../../analytics/audit/trail.ts';
import { verifyTrail } from '../../analytics/audit/verify.ts';
import type { AuditQuery } from '../../sql/contract/audit.ts';

const ANA = { organisation: 'acme', subject: 'ana@acme.example', roles: ['analyst'] };
const DOWNLOAD: AuditEvent = { ...ANA, event: 'download', report: 'ai-sessions-detail' };
const REFUSED = { ...ANA, event: 'refusal', end: 'refused', status: 403 } as const;

let folder: string;
let time: Date;
let audit: Audit;

const files = () => trailFiles(folder, 'acme');
const open = () => openAudit(folder, () => time);
const linesOf = async () => (await readFile(files().events, 'utf8')).split('\n').slice(0, -1);
const verify = () => verifyTrail(folder, 'acme');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  time = new Date('2026-08-01T12:00:00Z');
  audit = open();
});

afterEach(() => rm(folder, { recursive: true }));

async function rows(query: AuditQuery = {}, reader = audit) {
  const csv = await Array.fromAsync(auditCsv(auditRows(reader, 'acme', query)));
  return parse<Record<string, string>>(Buffer.concat(csv), { columns: true });
}

const times = async (query: AuditQuery) => (await rows(query)).map(({ Time }) => Time);

/** What is found to be wrong after the change. */
async function change(edit: (lines: string[]) => string[]): Promise<string | undefined> {
  await writeFile(files().events, `${edit(await linesOf()).join('\n')}\n`);
  return (await verify())?.fault;
}

const at = (lines: string[], index: number) => lines[index] ?? '';

describe('an event', () => {
  test('is on disk when its beginning has resolved, and one row with its end', async () => {
    const entry = audit.begin({ ...DOWNLOAD, run: 'r1', request: 'q1' });
    await entry.begun;
    expect(await linesOf()).toHaveLength(1);
    time = new Date('2026-08-01T12:00:05Z');
    await entry.end({ end: 'complete', rows: 7, bytes: 900 });
    await entry.end({ end: 'failed' });
    expect(await linesOf()).toHaveLength(2);
    expect(await rows()).toEqual([
      expect.objectContaining({
        Time: '2026-08-01T12:00:00.000Z',
        Finished: '2026-08-01T12:00:05.000Z',
        Event: 'download',
        End: 'complete',
        Subject: ANA.subject,
        Roles: 'analyst',
        Report: 'ai-sessions-detail',
        Rows: '7',
        Bytes: '900',
        'Run ID': 'r1',
        'Request ID': 'q1',
      }),
    ]);
  });

  test('is running until it ends, and interrupted when its process is gone', async () => {
    await audit.begin(DOWNLOAD).begun;
    expect(await rows()).toEqual([expect.objectContaining({ End: 'running', Finished: '' })]);
    expect(await rows({}, open())).toEqual([expect.objectContaining({ End: 'interrupted' })]);
  });

  test('that cannot be written says so, and later ones can', async () => {
    await writeFile(join(folder, 'acme'), 'in the way');
    await expect(audit.record(REFUSED)).rejects.toThrow();
    await unlink(join(folder, 'acme'));
    await audit.record(REFUSED);
    expect(await verify()).toMatchObject({ fault: undefined, link: { count: 1 } });
  });

  test('is found by its day in UTC, both ends included, and by its subject', async () => {
    for (const day of ['2026-08-01', '2026-08-02', '2026-08-03']) {
      time = new Date(`${day}T00:00:00Z`);
      await audit.record(REFUSED);
      time = new Date(`${day}T23:59:59.999Z`);
      await audit.record({ ...REFUSED, subject: 'bo@acme.example' });
    }
    expect(await times({ from: '2026-08-02', to: '2026-08-02' })).toEqual([
      '2026-08-02T00:00:00.000Z',
      '2026-08-02T23:59:59.999Z',
    ]);
    expect(await times({ from: '2026-08-03', subject: ANA.subject })).toEqual([
      '2026-08-03T00:00:00.000Z',
    ]);
    expect(await times({ subject: 'ana' })).toEqual([]);
    expect(await times({})).toHaveLength(6);
  });

  test('is counted in by the day on which it began', async () => {
    const entry = audit.begin(DOWNLOAD);
    await entry.begun;
    time = new Date('2026-08-02T01:00:00Z');
    await entry.end({ end: 'complete' });
    expect(await rows({ to: '2026-08-01' })).toHaveLength(1);
    expect(await rows({ from: '2026-08-02' })).toEqual([]);
  });

  test('of one organisation is not in another’s file', async () => {
    await audit.record({ ...REFUSED, organisation: 'globex' });
    await audit.record(REFUSED);
    expect(await rows()).toHaveLength(1);
    expect((await verifyTrail(folder, 'globex'))?.link.count).toBe(1);
  });

  test.each(['=1+1', '+1', '-1', '@x', '＝1', '\t1', ' \n=1'])(
    'cannot run as a formula: %j',
    async (text) => {
      const client = { address: text, userAgent: text };
      await audit.record({ ...REFUSED, subject: text, roles: [text], request: text, client });
      const [row] = await rows();
      for (const name of ['Subject', 'Roles', 'Request ID', 'Address', 'User Agent']) {
        expect(row?.[name]).toBe(`'${text}`);
      }
    },
  );
});

test('no events are a header alone', async () => {
  const csv = Buffer.concat(await Array.fromAsync(auditCsv(auditRows(audit, 'acme', {}))));
  expect(csv.toString()).toMatch(/^Time,Finished,Event,[^\n]*,Event ID\n$/);
  expect(await verify()).toBeUndefined();
});

describe('what somebody does to the file shows', () => {
  beforeEach(async () => {
    for (const subject of ['a', 'b', 'c', 'd', 'e']) await audit.record({ ...REFUSED, subject });
    expect(await verify()).toMatchObject({ fault: undefined, isTorn: false, link: { count: 5 } });
  });

  test.each<[string, (lines: string[]) => string[], string]>([
    ['changed', (l) => l.with(2, at(l, 2).replace('"c"', '"x"')), 'line 3 does not fit'],
    ['changed, the last', (l) => l.with(4, at(l, 4).replace('"e"', '"x"')), 'line 5 does not fit'],
    ['a changed hash', (l) => l.with(1, at(l, 1).replace(/[0-9a-f]{8}/, '00000000')), 'line 2 '],
    ['removed, the first', (l) => l.slice(1), 'line 1 is number 2'],
    ['removed', (l) => l.toSpliced(2, 1), 'line 3 is number 4'],
    ['swapped', (l) => [at(l, 1), at(l, 0), ...l.slice(2)], 'line 1 is number 2'],
    ['repeated', (l) => l.toSpliced(1, 0, at(l, 0)), 'line 2 is number 1'],
    ['something else', (l) => l.with(3, 'hello'), 'line 4 is not an audit line'],
    ['empty', (l) => l.toSpliced(3, 0, ''), 'line 4 is not an audit line'],
    ['cut off the end', (l) => l.slice(0, 3), 'line 4 is missing: 5 lines were written'],
    ['cut off, all', () => [], 'line 1 is not an audit line'],
    [
      'removed and numbered anew',
      (l) =>
        l
          .toSpliced(2, 1)
          .map((line, index) => line.replace(/"number":\d+/, `"number":${index + 1}`)),
      'line 3 does not fit',
    ],
  ])('a line %s', async (_, edit, fault) => {
    expect(await change(edit)).toContain(fault);
  });

  test('a line changed and given a hash that fits', async () => {
    const fault = await change((lines) => {
      const { hash: previous } = JSON.parse(at(lines, 1));
      const text = at(lines, 2)
        .replace('"c"', '"x"')
        .slice('{"hash":"",'.length + 64);
      const hash = createHash('sha256').update(`${previous}\n${text}`).digest('hex');
      return lines.with(2, `{"hash":"${hash}",${text}`);
    });
    expect(fault).toContain('line 4 does not fit');
  });

  test('the whole file gone', async () => {
    await unlink(files().events);
    expect((await verify())?.fault).toBe('line 1 is missing: 5 lines were written');
  });

  test('the head gone', async () => {
    await unlink(files().head);
    expect((await verify())?.fault).toContain('head.json is missing');
  });

  test('the file of another organisation', async () => {
    const other = trailFiles(folder, 'globex');
    await audit.record({ ...REFUSED, organisation: 'globex' });
    await writeFile(other.events, await readFile(files().events));
    await writeFile(other.head, await readFile(files().head));
    expect((await verifyTrail(folder, 'globex'))?.fault).toBe(
      'line 1 is of the organisation "acme"',
    );
  });

  test('a file made anew with fewer lines, and hashes that fit', async () => {
    const head = await readFile(files().head);
    await rm(files().folder, { recursive: true });
    const other = open();
    for (const subject of ['a', 'b', 'c', 'd', 'x']) await other.record({ ...REFUSED, subject });
    await writeFile(files().head, head);
    expect((await verify())?.fault).toContain('line 5 is not the one that head.json names');
  });

  test.each<[string, () => Promise<void>, string]>([
    ['lines cut off', async () => truncate(files().events, 400), 'the end of the file was missing'],
    ['half a line', () => appendFile(files().events, '{"hash":"0'), 'was not whole'],
    ['lines of others', () => appendFile(files().events, 'hello\n'), 'do not belong here'],
    ['no head', () => unlink(files().head), 'head.json was missing'],
  ])('and later events are kept all the same, after %s', async (_, damage, noted) => {
    await damage();
    await open().record({ ...REFUSED, subject: 'later' });
    const found = await rows();
    expect(found.at(-1)).toMatchObject({ Event: 'refusal', Subject: 'later' });
    expect(found.at(-2)).toMatchObject({
      Event: 'repair',
      Problem: expect.stringContaining(noted),
    });
  });
});

describe('a crash', () => {
  test('that tore the last line loses nothing that had begun', async () => {
    await audit.record(REFUSED);
    await appendFile(files().events, '{"hash":"0123');
    expect(await verify()).toMatchObject({ fault: undefined, isTorn: true, link: { count: 1 } });
    expect(await rows()).toHaveLength(1);
    await open().record(REFUSED);
    expect(await verify()).toMatchObject({ fault: undefined, isTorn: false, link: { count: 3 } });
  });

  test('between a line and the head is no fault, and the chain goes on', async () => {
    await audit.record(REFUSED);
    const head = await readFile(files().head);
    await audit.record(REFUSED);
    await writeFile(files().head, head);
    expect(await verify()).toMatchObject({ fault: undefined, link: { count: 2 } });
    await open().record(REFUSED);
    expect(await verify()).toMatchObject({ fault: undefined, link: { count: 3 } });
    expect(await rows()).toHaveLength(3);
  });
});

describe('several processes', () => {
  const MODULE = join(import.meta.dirname, '../../analytics/audit/audit.ts');

  function start(subject: string, count: number) {
    const script = `
      const { openAudit } = await import(${JSON.stringify(MODULE)});
      const audit = openAudit(${JSON.stringify(folder)}, () => new Date());
      const event = { ...${JSON.stringify(REFUSED)}, subject: ${JSON.stringify(subject)} };
      for (let index = 0; index < ${count}; index += 1) {
        await audit.record(event);
        process.stdout.write('.');
      }`;
    return spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  test('write one chain', async () => {
    const others = [start('one', 25), start('other', 25)];
    await Promise.all(others.map(({ stdout }) => once(stdout, 'data')));
    const ended = Promise.all(others.map(async (each) => (await once(each, 'exit'))[0]));
    for (let count = 0; count < 25; count += 1) await audit.record(REFUSED);
    expect(await ended).toEqual([0, 0]);
    expect(await verify()).toMatchObject({ fault: undefined, link: { count: 75 } });
    expect(new Set((await rows()).map(({ Subject }) => Subject)).size).toBe(3);
  });

  test('go on after one is killed as it writes; what it was told is there', async () => {
    const other = start('killed', 1_000_000);
    let told = 0;
    const enough = Promise.withResolvers<void>();
    other.stdout.on('data', (dots: Buffer) => {
      told += dots.length;
      if (told >= 5) enough.resolve();
    });
    await enough.promise;
    other.kill('SIGKILL');
    await once(other, 'exit');
    await audit.record(REFUSED);
    const verified = await verify();
    expect(verified).toMatchObject({ fault: undefined, isTorn: false });
    expect(verified?.link.count).toBeGreaterThan(told);
  });
});
