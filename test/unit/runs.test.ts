// Runs (DESIGN 4): computed once, in order, from data that does not move; and whatever goes wrong, an
// error instead of an end, and nothing left behind.

import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type LakeLayout, lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import type { Run as OpenRun } from '../../analytics/runs/run.ts';
import type { ReportName } from '../../sql/contract/report.ts';
import { damageData, replaceFile } from '../e2e/support/damage.ts';
import { macroBytes, readRun } from './support/reportBytes.ts';
import { ASKER, openRunner, type Runner, type RunnerOptions } from './support/runner.ts';
import { writeLake } from './support/writeLake.ts';

const SAMPLE = { sessions: 12_000, days: 40, seed: 1, transcripts: true, until: '2026-08-03' };
const WAIT = { timeout: 30_000, interval: 20 };
const LATER_DAY = '2026-07-28';

const JULY = readRun('ai-sessions-detail', { from: '2026-07-01', to: '2026-07-31' });

const july = (day: number) => readRun(JULY.report, { from: '2026-07-01', to: `2026-07-${day}` });

let samples: string;
let folder: string;
let layout: LakeLayout;
const opened: Runner[] = [];

beforeAll(async () => {
  samples = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  await makeSample({ ...SAMPLE, layout: lakeLayout(samples, 'acme') });
});

afterAll(() => rm(samples, { recursive: true, force: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  layout = lakeLayout(samples, 'acme');
});

afterEach(async () => {
  for (const runner of opened.splice(0)) await runner.close();
  await rm(folder, { recursive: true, force: true });
});

/** A lake that this test alone may change. */
async function ownLake(): Promise<void> {
  layout = lakeLayout(join(folder, 'data'), 'acme');
  await cp(lakeLayout(samples, 'acme').root, layout.root, { recursive: true });
}

async function open(options: RunnerOptions = {}): Promise<Runner> {
  const runner = await openRunner(layout, { spoolFolder: join(folder, 'spool'), ...options });
  opened.push(runner);
  return runner;
}

/** What arrived until the file ended, and the error if it did not end well. */
async function drain(chunks: AsyncIterable<Uint8Array>) {
  const received: Uint8Array[] = [];
  try {
    for await (const chunk of chunks) received.push(chunk);
    return { bytes: Buffer.concat(received), error: undefined };
  } catch (error) {
    return { bytes: Buffer.concat(received), error };
  }
}

const startsWith = (whole: Buffer, part: Buffer) => whole.subarray(0, part.length).equals(part);

/** A runner over what another one's spool holds at this moment. */
async function afterwards(runner: Runner, folders: readonly string[], options: RunnerOptions = {}) {
  const spoolFolder = join(folder, 'later');
  for (const each of folders) {
    const own = join('acme', each);
    await cp(join(runner.folder, own), join(spoolFolder, own), {
      recursive: true,
      preserveTimestamps: true,
    });
  }
  return open({ spoolFolder, ...options });
}

const falseCells = (bytes: Buffer) => bytes.toString().split(',false,').length;

/** Until the Run has ended, well or not. */
async function ended(runner: Runner, run: OpenRun) {
  await vi.waitFor(() => expect(['queued', 'running']).not.toContain(run.status().state), WAIT);
  await runner.underWay.ended();
  return run.status();
}

describe('the bytes of a Run', () => {
  test('are those of the whole report', async () => {
    const runner = await open();
    expect((await runner.bytes(JULY)).equals(await macroBytes(layout, JULY))).toBe(true);
  });

  test('are counted and hashed', async () => {
    const runner = await open();
    const bytes = await runner.bytes(JULY);
    const run = await runner.find(JULY);
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    expect(run.status()).toMatchObject({
      state: 'complete',
      percent: 100,
      bytes: bytes.length,
      sha256: Buffer.from(digest).toString('hex'),
      dataThrough: '2026-08-04T00:00:00Z',
    });
    expect(run.status().rows).toBeGreaterThan(5000);
  });

  test('begin with the header, also when the first segment cannot be rendered', async () => {
    await ownLake();
    await damageData(layout.sessionsFile('2026-07-01'));
    const runner = await open();
    const { bytes, error } = await drain(await runner.chunks(await runner.find(JULY)));
    expect(bytes.toString()).toMatch(/^Session ID,[^\n]*,Conversation Link\n$/);
    expect(error).toBeInstanceOf(Error);
  });

  test('end with an error after whole segments when one fails', async () => {
    const whole = await (await open()).bytes(JULY);
    await ownLake();
    await damageData(layout.sessionsFile(LATER_DAY));
    const runner = await open({ spoolFolder: join(folder, 'other') });
    const run = await runner.find(JULY);
    const { bytes, error } = await drain(await runner.chunks(run));
    expect(error).toMatchObject({ message: expect.not.stringMatching(/interrupt/i) });
    expect(startsWith(whole, bytes)).toBe(true);
    expect(bytes.at(-1)).toBe('\n'.charCodeAt(0));
    expect(await ended(runner, run)).toMatchObject({
      state: 'failed',
      problem: { kind: 'run-failed' },
    });
    expect((await runner.parts()).filter((name) => name.endsWith('.draft'))).toEqual([]);
  });
});

describe('the same request over the same data', () => {
  test('is the same Run, rendered once, also when asked for at the same time', async () => {
    const runner = await open();
    const draft = vi.spyOn(runner.spool, 'draft');
    const [one, other] = await Promise.all([runner.find(JULY), runner.find(JULY, 'bo')]);
    expect(other).toBe(one);
    const files = await Promise.all(
      [runner.chunks(one), runner.chunks(other, 'bo')].map(async (chunks) => drain(await chunks)),
    );
    const rendered = draft.mock.calls.length;
    expect(files[0]?.bytes.equals(files[1]?.bytes ?? Buffer.of())).toBe(true);
    expect(rendered).toBe(one.status().segments.length);
    await runner.bytes(JULY);
    expect(draft).toHaveBeenCalledTimes(rendered);
  });

  test('is another Run when its data has changed, which renders only what changed', async () => {
    await ownLake();
    const runner = await open();
    const draft = vi.spyOn(runner.spool, 'draft');
    const first = await runner.find(JULY);
    const before = await drain(await runner.chunks(first));
    const all = draft.mock.calls.length;
    draft.mockClear();
    await replaceFile(layout.sessionsFile(LATER_DAY));
    const second = await runner.find(JULY);
    expect(second.id).not.toBe(first.id);
    const after = await drain(await runner.chunks(second));
    expect(after.bytes.equals(before.bytes)).toBe(true);
    expect(draft.mock.calls.length).toBeGreaterThan(0);
    expect(draft.mock.calls.length).toBeLessThan(all / 2);
  });

  test('shares segments with a Run of another range', async () => {
    const runner = await open();
    const draft = vi.spyOn(runner.spool, 'draft');
    await runner.bytes(JULY);
    draft.mockClear();
    const later = readRun('ai-sessions-detail', { from: '2026-07-08', to: '2026-08-02' });
    const bytes = await runner.bytes(later);
    expect(bytes.equals(await macroBytes(layout, later))).toBe(true);
    expect(draft.mock.calls.length).toBeLessThan(
      (await runner.find(later)).status().segments.length,
    );
  });

  test('shares none with a Run whose bytes are other ones', async () => {
    const runner = await open();
    await runner.bytes(JULY);
    const excel = readRun(JULY.report, { ...JULY.parameters, excel: true });
    expect((await runner.bytes(excel)).equals(await macroBytes(layout, excel))).toBe(true);
  });

  test('is the same Run for a later process', async () => {
    const first = await open();
    const bytes = await first.bytes(JULY);
    const { id } = await first.find(JULY);
    await first.close();
    const second = await open();
    const draft = vi.spyOn(second.spool, 'draft');
    const run = second.runs.get(id);
    expect(run.status()).toMatchObject({ state: 'complete', percent: 100 });
    expect((await drain(await second.chunks(run))).bytes.equals(bytes)).toBe(true);
    expect(draft).not.toHaveBeenCalled();
  });
});

test('a Run with messages has as many segments as their bytes ask for', async () => {
  const days = ['2026-07-02', '2026-07-03', '2026-07-04', '2026-07-05']; // a block of the calendar
  const sessions = days.map((day) => ({ sessionId: day, createdAt: `${day}T12:00:00Z` }));
  const messages = sessions.map(({ sessionId, createdAt }) => ({
    sessionId,
    messageId: 'm1',
    sentAt: createdAt,
    author: 'CUSTOMER',
    text: sessionId.repeat(1_200_000),
  }));
  layout = await writeLake({ dataDir: folder, organisation: 'acme', sessions, messages });
  const runner = await open();
  const range = { from: days.at(0), to: days.at(-1), timezone: 'UTC' };
  const segmentsOf = async (report: ReportName) =>
    (await runner.find(readRun(report, range))).status().segments.length;
  expect(await segmentsOf('ai-sessions-detail')).toBe(1);
  expect(await segmentsOf('ai-sessions-detail-with-messages')).toBe(2);
});

describe('data that an ingest replaces', () => {
  test('after a Run has begun stays for the Run what it was', async () => {
    const expected = await (await open()).bytes(JULY);
    await ownLake();
    const runner = await open({ spoolFolder: join(folder, 'other'), lead: 1 });
    const chunks = await runner.chunks(await runner.find(JULY));
    for (const day of await readdir(layout.sessionsDir)) {
      await rm(join(layout.sessionsDir, day), { recursive: true });
    }
    const { bytes, error } = await drain(chunks);
    expect(error).toBeUndefined();
    expect(bytes.equals(expected)).toBe(true);
  });

  test('while a Run waits for its place stays for the Run what it was', async () => {
    const expected = await (await open()).bytes(JULY);
    await ownLake();
    const limits = { runsAtOnce: 1 };
    const runner = await open({ spoolFolder: join(folder, 'other'), lead: 1, limits });
    const first = await runner.chunks(await runner.find(july(20)));
    await first.next();
    const waiting = runner.find(JULY).then((run) => runner.chunks(run, 'bo'));
    await vi.waitFor(async () => expect((await runner.held()).join()).toContain(LATER_DAY), WAIT);
    await rm(layout.sessionsFile(LATER_DAY));
    await first.return();
    const { bytes, error } = await drain(await waiting);
    expect(error).toBeUndefined();
    expect(bytes.equals(expected)).toBe(true);
  });

  test('between plan and beginning is a problem that says so, not a mixture', async () => {
    await ownLake();
    const runner = await open();
    const run = await runner.find(JULY);
    await replaceFile(layout.sessionsFile(LATER_DAY));
    await expect(runner.chunks(run)).rejects.toMatchObject({ problem: { kind: 'data-changed' } });
    expect((await ended(runner, run)).problem).toEqual({ kind: 'data-changed' });
    expect(await runner.held()).toEqual([]);
    expect((await runner.bytes(JULY)).length).toBeGreaterThan(0);
  });
});

test('a watermark that comes with later files is not believed of those that were listed', async () => {
  const day = readRun('ai-sessions-detail', {
    from: '2026-07-31',
    to: '2026-07-31',
    timezone: 'UTC',
  });
  const expected = await (await open()).bytes(day);
  await ownLake();
  const later = ['2026-08-01', '2026-08-02', '2026-08-03'].map((each) => layout.sessionsFile(each));
  for (const file of later) await rename(file, `${file}.later`);
  const state = await readFile(layout.stateFile, 'utf8');
  await writeFile(layout.stateFile, JSON.stringify({ dataThrough: '2026-08-01T00:00:00Z' }));
  const runner = await open({ spoolFolder: join(folder, 'other') });
  const { countRows } = runner.organisation;
  // An ingest publishes while the Run is being planned: the days, and last what it says of them.
  const publish = vi
    .spyOn(runner.organisation, 'countRows')
    .mockImplementationOnce(async (files) => {
      const counts = await countRows(files);
      for (const file of later) await rename(`${file}.later`, file);
      await writeFile(layout.stateFile, state);
      return counts;
    });
  const pending = await runner.bytes(day);
  expect(publish).toHaveBeenCalledOnce();
  // Of a session whose next 24 hours the Run has not read it does not say that nobody came back.
  expect(falseCells(pending)).toBeLessThan(falseCells(expected));
  expect((await runner.bytes(day)).equals(expected)).toBe(true);
});

describe('a Run is cancelled', () => {
  test('when its only reader leaves, and goes on when someone reads it again', async () => {
    const runner = await open();
    const run = await runner.find(JULY);
    const chunks = await runner.chunks(run);
    await chunks.next();
    await chunks.return();
    expect(await ended(runner, run)).toMatchObject({ state: 'cancelled', problem: null });
    const { bytes } = await drain(await runner.chunks(run));
    expect(bytes.equals(await macroBytes(layout, JULY))).toBe(true);
  });

  test('and while it is dying begins again for whoever comes', async () => {
    const runner = await open();
    const run = await runner.find(JULY);
    const expected = await macroBytes(layout, JULY);
    for (const [index, subject] of ['bo', 'cy', 'di'].entries()) {
      const leaving = await runner.chunks(run);
      for (let count = 0; count <= index; count += 1) await leaving.next();
      await leaving.return();
      const { bytes, error } = await drain(await runner.chunks(run, subject));
      expect(error).toBeUndefined();
      expect(bytes.equals(expected)).toBe(true);
      await runner.spool.clear('acme', []);
    }
  });

  test('and while it is dying is the Run of whoever asks for it', async () => {
    const runner = await open();
    const run = await runner.find(JULY);
    await run.want(ASKER);
    await vi.waitFor(() => expect(run.status().rows).toBeGreaterThan(0), WAIT);
    await run.cancel(ASKER);
    const again = await runner.find(JULY);
    await again.want('bo');
    expect(await ended(runner, again)).toMatchObject({ state: 'complete', owners: ['bo'] });
  });

  test('and its own reader does not begin it again', async () => {
    const runner = await open({ lead: 1 });
    const run = await runner.find(JULY);
    await run.want(ASKER);
    const chunks = await runner.chunks(run);
    await chunks.next();
    await run.cancel(ASKER);
    expect((await drain(chunks)).error).toMatchObject({ problem: { kind: 'run-cancelled' } });
    expect((await ended(runner, run)).state).toBe('cancelled');
    expect(await runner.held()).toEqual([]);
  });

  test('when its reader goes away before there is anything to read', async () => {
    const runner = await open({ limits: { runsPerOrganisation: 1 } });
    const reading = await runner.chunks(await runner.find(july(20)));
    await reading.next();
    const waiting = await runner.find(JULY);
    const gone = new AbortController();
    const refused = expect(waiting.read('bo', undefined, gone.signal)).rejects.toThrow();
    gone.abort();
    await refused;
    expect((await ended(runner, waiting)).state).toBe('cancelled');
    await reading.return();

    const run = await runner.find(JULY);
    const left = new AbortController();
    const reader = await run.read('bo', undefined, left.signal);
    const counted = expect(reader.totalBytes()).rejects.toThrow();
    left.abort();
    await counted;
    expect((await ended(runner, run)).state).toBe('cancelled');
  });

  test('but not while someone else reads or owns it', async () => {
    const runner = await open();
    const run = await runner.find(JULY);
    const leaving = await runner.chunks(run);
    const staying = await runner.chunks(run, 'bo');
    await leaving.next();
    await leaving.return();
    expect((await drain(staying)).error).toBeUndefined();
    const owned = await runner.find(
      readRun('ai-sessions-detail', { from: '2026-07-02', to: '2026-07-30' }),
    );
    await owned.want(ASKER);
    const reading = await runner.chunks(owned, 'bo');
    await reading.next();
    await reading.return();
    expect((await ended(runner, owned)).state).toBe('complete');
  });

  test('by its owner, unless another one wants it', async () => {
    const runner = await open();
    const run = await runner.find(JULY);
    await run.want(ASKER);
    await run.want('bo');
    await run.cancel(ASKER);
    expect(run.status().state).not.toBe('cancelled');
    await run.cancel('bo');
    expect(await ended(runner, run)).toMatchObject({
      state: 'cancelled',
      problem: { kind: 'run-cancelled' },
    });
    await expect(runner.chunks(run)).rejects.toMatchObject({ problem: { kind: 'run-cancelled' } });
  });

  test('when it takes too long', async () => {
    const runner = await open({ limits: { maxRunMs: 1 } });
    const run = await runner.find(JULY);
    await run.want(ASKER);
    expect((await ended(runner, run)).problem).toEqual({ kind: 'run-timed-out', seconds: 0.001 });
  });
});

describe('a reader who must not fill the disk', () => {
  test('has a few segments rendered ahead, and what it has read is removed', async () => {
    const runner = await open({ lead: 4 });
    const run = await runner.find(JULY);
    expect(run.status().segments.length).toBeGreaterThan(5);
    const chunks = await runner.chunks(run);
    await chunks.next();
    await vi.waitFor(
      async () =>
        expect((await runner.parts()).filter((name) => name.endsWith('.csv'))).toHaveLength(4),
      WAIT,
    );
    await drain(chunks);
    await runner.underWay.ended();
    expect(await runner.parts()).toEqual([]);
  });
});

describe('a complete Run whose parts are gone', () => {
  test('stops rendering them again when its reader leaves, and keeps none', async () => {
    let today = new Date('2026-08-04T00:00:00Z');
    const runner = await open({ now: () => today, limits: { maxAgeMs: 3_600_000 }, lead: 1000 });
    await runner.bytes(JULY);
    const run = await runner.find(JULY);
    await runner.underWay.ended();
    await runner.spool.clear('acme', []);
    const chunks = await runner.chunks(run);
    await chunks.next();
    await chunks.next();
    await chunks.return();
    await runner.underWay.ended();
    expect(run.status().state).toBe('complete');
    expect((await runner.parts()).length).toBeLessThan(run.status().segments.length);
    today = new Date('2026-08-05T00:00:00Z');
    await runner.workshop.sweep();
    expect(await runner.parts()).toEqual([]);
  });
});

describe('what a killed process leaves of a Run', () => {
  test('is not at work when nobody asked for more than a download', async () => {
    const runner = await open({ lead: 1 });
    const run = await runner.find(JULY);
    const chunks = await runner.chunks(run);
    await chunks.next();
    await chunks.next();
    let today = new Date('2026-08-04T00:00:00Z');
    const later = await afterwards(runner, ['runs'], { now: () => today });
    await chunks.return();
    expect(later.runs.get(run.id).status()).toMatchObject({ state: 'cancelled', problem: null });
    today = new Date('2036-08-04T00:00:00Z');
    await later.workshop.sweep();
    expect(() => later.runs.get(run.id)).toThrow(/start it with POST/);
  });

  test('is listed for its owner, and goes on', async () => {
    const runner = await open();
    const run = await runner.find(JULY);
    await run.want(ASKER);
    await runner.workshop.suspend();
    await runner.underWay.ended();
    const later = await afterwards(runner, ['runs']);
    const [listed] = later.runs.list(ASKER);
    expect(listed?.id).toBe(run.id);
    listed?.goOn();
    expect((await ended(later, later.runs.get(run.id))).state).toBe('complete');
  });

  test('is rendered again where a part was cut short', async () => {
    const runner = await open();
    const whole = await runner.bytes(JULY);
    await runner.underWay.ended();
    for (const part of await runner.parts()) {
      await truncate(join(runner.folder, 'acme', 'parts', part), 10);
    }
    const later = await afterwards(runner, ['runs', 'parts']);
    expect((await later.bytes(JULY)).equals(whole)).toBe(true);
  });
});

test('a reader is handed nothing more once what they read has been forgotten', async () => {
  await ownLake();
  const runner = await open();
  const report = 'ai-sessions-detail-with-messages';
  const request = readRun(report, { from: '2026-07-06', to: '2026-07-13' });
  await runner.bytes(request);
  const chunks = await runner.chunks(await runner.find(request));
  await chunks.next();
  const { value } = await chunks.next(); // of the first part, whose file is open now
  const sizes = (await runner.parts()).map((name) => Number(name.split('.')[2]));
  expect(value?.length).toBeLessThan(Math.max(...sizes));
  await mkdir(dirname(layout.forgottenFile), { recursive: true });
  await writeFile(layout.forgottenFile, 'another version');
  await runner.runs.keepUp();
  const { bytes, error } = await drain(chunks);
  expect(error).toMatchObject({ problem: { kind: 'data-changed' } });
  expect(bytes).toHaveLength(0);
});

describe('the spool', () => {
  test('has no room for a Run: the Run fails and says so, and nothing else does', async () => {
    const runner = await open({ limits: { maxBytes: 300_000 } });
    const run = await runner.find(JULY);
    expect((await drain(await runner.chunks(run))).error).toBeInstanceOf(Error);
    expect((await ended(runner, run)).problem).toEqual({ kind: 'spool-full' });
    const small = readRun('ai-sessions-detail', { from: '2026-07-02', to: '2026-07-02' });
    expect((await runner.bytes(small)).equals(await macroBytes(layout, small))).toBe(true);
  });

  test('makes room by what was used least recently, and renders it again when asked', async () => {
    const first = readRun(JULY.report, { from: '2026-07-01', to: '2026-07-07' });
    const second = readRun(JULY.report, { from: '2026-07-16', to: '2026-07-23' });
    const runner = await open({ limits: { maxBytes: 700_000 } });
    const bytes = await runner.bytes(first);
    await runner.bytes(second);
    const draft = vi.spyOn(runner.spool, 'draft');
    expect((await runner.bytes(first)).equals(bytes)).toBe(true);
    expect(draft).toHaveBeenCalled();
  });

  test('forgets Runs and parts that nobody has used for too long', async () => {
    let today = new Date('2026-08-04T00:00:00Z');
    const runner = await open({ now: () => today, limits: { maxAgeMs: 3_600_000 } });
    await runner.bytes(JULY);
    const { id } = await runner.find(JULY);
    await runner.underWay.ended();
    today = new Date('2026-08-04T00:59:00Z');
    await runner.workshop.sweep();
    expect(await runner.parts()).not.toEqual([]);
    today = new Date('2026-08-04T02:00:00Z');
    await runner.workshop.sweep();
    expect(await runner.parts()).toEqual([]);
    expect(() => runner.runs.get(id)).toThrow(/start it with POST/);
  });

  test('keeps a Run and all of its parts for as long as it says, after a restart too', async () => {
    let today = new Date('2026-08-04T00:00:00Z');
    const limits = { maxAgeMs: 3_600_000 };
    const now = () => today;
    const runner = await open({ now, limits });
    const begun = await runner.find(JULY);
    expect(begun.status().expiresAt).toBeNull();
    await runner.bytes(JULY);
    await runner.underWay.ended();
    expect(begun.status().expiresAt).toBe('2026-08-04T01:00:00.000Z');

    today = new Date('2026-08-04T00:50:00Z');
    await (await runner.find(JULY)).want(ASKER); // and reads nothing
    expect(begun.status().expiresAt).toBe('2026-08-04T01:50:00.000Z');
    await runner.workshop.sweep();
    const parts = await runner.parts();

    const later = await afterwards(runner, ['runs', 'parts'], { now, limits });
    const found = later.runs.get(begun.id);
    today = new Date('2026-08-04T01:50:00Z');
    await later.workshop.sweep();
    expect(await later.parts()).toEqual(parts);
    expect(later.runs.get(begun.id)).toBe(found);
    today = new Date('2026-08-04T01:50:01Z');
    await later.workshop.sweep();
    expect(await later.parts()).toEqual([]);
    expect(() => later.runs.get(begun.id)).toThrow(/start it with POST/);
  });

  test('counts the time from the end of a download', async () => {
    let today = new Date('2026-08-04T00:00:00Z');
    const runner = await open({ now: () => today, limits: { maxAgeMs: 3_600_000 } });
    await runner.bytes(JULY);
    const run = await runner.find(JULY);
    const chunks = await runner.chunks(run);
    await chunks.next();
    today = new Date('2026-08-04T03:00:00Z');
    await runner.workshop.sweep();
    await chunks.return();
    await runner.underWay.ended();
    expect(run.status().expiresAt).toBe('2026-08-04T04:00:00.000Z');
    const kept = await readFile(join(runner.folder, 'acme', 'runs', `${run.id}.json`), 'utf8');
    expect(JSON.parse(kept).usedAt).toBe(today.toISOString());
  });
});

describe('admission', () => {
  test('lets a Run wait its turn', async () => {
    const runner = await open({ limits: { runsPerOrganisation: 1 } });
    const files = await Promise.all([20, 21, 22].map((day) => runner.bytes(july(day))));
    expect(files.map((bytes) => bytes.length)).toEqual(
      files.map((bytes) => bytes.length).toSorted((one, other) => one - other),
    );
  });

  test('refuses one that would wait in too long a line, or for too long', async () => {
    const runner = await open({
      limits: { runsPerOrganisation: 1, queueLength: 1, queueWaitMs: 1 },
    });
    const first = await runner.find(july(20));
    const reading = await runner.chunks(first);
    const second = await runner.find(july(21));
    await expect(runner.chunks(second)).rejects.toMatchObject({
      problem: { kind: 'too-many-runs', retryAfterSeconds: 1 },
    });
    await reading.return();
    await runner.underWay.ended();
    const { error } = await drain(await runner.chunks(runner.runs.get(second.id)));
    expect(error).toBeUndefined();
  });
});
