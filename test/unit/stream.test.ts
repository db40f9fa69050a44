// A Run as a stream (DESIGN 4): the header at once, segments in order, and whatever goes wrong, an
// error instead of an end, and nothing left in the spool.

import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { responseBody } from '../../analytics/http/body.ts';
import { type LakeLayout, lakeLayout } from '../../analytics/lake/layout.ts';
import { type Organisation, openOrganisation } from '../../analytics/lake/organisation.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import { DataChanged } from '../../analytics/runs/render.ts';
import { openSpool, type Spool } from '../../analytics/runs/spool.ts';
import { streamRun } from '../../analytics/runs/stream.ts';
import { resolveRun } from '../../sql/contract/run.ts';
import { damageData, replaceFile } from '../e2e/support/damage.ts';
import { macroBytes, readRun } from './support/reportBytes.ts';

const SAMPLE = { sessions: 12_000, days: 40, seed: 1, transcripts: true, until: '2026-08-03' };
const LATER_DAY = '2026-07-28';

const JULY = readRun('ai-sessions-detail', { from: '2026-07-01', to: '2026-07-31' });

let samples: string;
let folder: string;
let layout: LakeLayout;
let spool: Spool;
const opened: Organisation[] = [];

beforeAll(async () => {
  samples = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  await makeSample({ ...SAMPLE, layout: lakeLayout(samples, 'acme') });
});

afterAll(() => rm(samples, { recursive: true, force: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  layout = lakeLayout(samples, 'acme');
  spool = await openSpool(folder);
});

/** A lake that this test alone may damage. */
async function ownLake(): Promise<void> {
  layout = lakeLayout(folder, 'acme');
  await cp(lakeLayout(samples, 'acme').root, layout.root, { recursive: true });
}

afterEach(async () => {
  for (const organisation of opened.splice(0)) organisation.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(lake = layout): Promise<Organisation> {
  const limits = { memoryLimit: '500MB', maxTempDirectorySize: '1GB' };
  const organisation = await openOrganisation(lake, {
    spoolDirectory: spool.directory,
    ...limits,
  });
  opened.push(organisation);
  return organisation;
}

interface Changes {
  readonly run?: typeof JULY;
  readonly organisation?: Organisation;
  readonly spool?: Spool;
  readonly signal?: AbortSignal;
}

async function stream(changes: Changes = {}) {
  const organisation = changes.organisation ?? (await open());
  const run = resolveRun(changes.run ?? JULY, await organisation.settings(), new Date());
  if (!run.ok) throw new Error(JSON.stringify(run.faults));
  const { signal = new AbortController().signal } = changes;
  return streamRun(organisation, changes.spool ?? spool, run.value, signal);
}

const spooled = () => readdir(spool.directory);

/** What arrived until the stream ended, and the error if it did not end well. */
async function drain(chunks: AsyncIterable<Uint8Array>) {
  const received: Uint8Array[] = [];
  const bytes = () => Buffer.concat(received);
  try {
    for await (const chunk of chunks) received.push(chunk);
    return { bytes: bytes(), error: undefined };
  } catch (error) {
    return { bytes: bytes(), error };
  }
}

const startsWith = (whole: Buffer, part: Buffer) => whole.subarray(0, part.length).equals(part);

describe('streamRun sends the header first', () => {
  test('and renders nothing before it is asked for', async () => {
    const newPath = vi.fn((extension: string) => spool.newPath(extension));
    const { chunks, progress } = await stream({ spool: { ...spool, newPath } });
    expect(newPath).not.toHaveBeenCalled();
    const { value: header } = await chunks.next();
    expect(Buffer.from(header ?? []).toString()).toMatch(/^Session ID,[^\n]*,Conversation Link\n$/);
    expect(progress()).toMatchObject({ rows: 0, segmentsDone: 0 });
    await chunks.return();
  });

  test('also when the first segment cannot be rendered', async () => {
    await ownLake();
    await damageData(layout.sessionsFile('2026-07-01'));
    const { bytes, error } = await drain((await stream()).chunks);
    expect(bytes.toString()).toMatch(/^Session ID,[^\n]*\n$/);
    expect(error).toBeInstanceOf(Error);
  });
});

describe('streamRun sends the segments in order', () => {
  test('so that its bytes are those of the whole report', async () => {
    const { chunks, progress } = await stream();
    expect(progress().segments).toBeGreaterThan(3);
    const { bytes } = await drain(chunks);
    expect(bytes.equals(await macroBytes(layout, JULY))).toBe(true);
    expect(await spooled()).toEqual([]);
  });

  test('even when later ones are finished before the first', async () => {
    const organisation = await open();
    const expected = await drain((await stream({ organisation })).chunks);
    const laterOnesDone = Promise.withResolvers<void>();
    let holdNext = false;
    const connect = async () => {
      const hold = holdNext;
      holdNext = false;
      if (hold) await laterOnesDone.promise;
      return organisation.connections.connect();
    };
    let paths = 0;
    const newPath = (extension: string) => {
      paths += 1;
      if (paths === 1) holdNext = true;
      // Two are rendered at once, so the fourth begins when the second and the third are done.
      if (paths === 4) laterOnesDone.resolve();
      return spool.newPath(extension);
    };
    const { chunks } = await stream({
      organisation: { ...organisation, connections: { ...organisation.connections, connect } },
      spool: { ...spool, newPath },
    });
    expect((await drain(chunks)).bytes.equals(expected.bytes)).toBe(true);
    expect(holdNext).toBe(false);
  });

  test('counting rows and segments as they are handed over', async () => {
    const { chunks, progress } = await stream();
    let lines = -1; // the header is no row
    let last = progress();
    for await (const chunk of chunks) {
      const now = progress();
      expect(now.rows).toBeGreaterThanOrEqual(last.rows);
      expect(now.segmentsDone - last.segmentsDone).toBeOneOf([0, 1]);
      last = now;
      lines += Buffer.from(chunk).toString().split('\n').length - 1;
    }
    const { rows, segmentsDone, segments } = progress();
    expect(segmentsDone).toBe(segments);
    expect(rows).toBeGreaterThan(5000);
    expect(lines).toBeGreaterThanOrEqual(rows); // some cells have line breaks
  });
});

describe('streamRun throws instead of ending', () => {
  test('when a segment fails, with the segment’s own error, after whole segments only', async () => {
    const whole = await drain((await stream()).chunks);
    await ownLake();
    await damageData(layout.sessionsFile(LATER_DAY));
    const { chunks, progress } = await stream();
    const { bytes, error } = await drain(chunks);
    expect(error).toMatchObject({
      name: 'Error',
      message: expect.not.stringMatching(/interrupt/i),
    });
    expect(startsWith(whole.bytes, bytes)).toBe(true);
    expect(bytes.at(-1)).toBe('\n'.charCodeAt(0));
    expect(progress().segmentsDone).toBeLessThan(progress().segments);
    expect(await spooled()).toEqual([]);
  });

  test.each([
    ['replaced', replaceFile],
    ['removed', rm],
  ])('when a day file was %s after the Run was planned', async (_, change) => {
    await ownLake();
    const { chunks } = await stream();
    await change(layout.sessionsFile(LATER_DAY));
    expect((await drain(chunks)).error).toBeInstanceOf(DataChanged);
    expect(await spooled()).toEqual([]);
  });

  test('when transcripts or merges were replaced, if the Run reads them', async () => {
    await ownLake();
    const run = readRun('ai-sessions-detail-with-messages', JULY.parameters);
    const streams = [await stream(), await stream({ run })];
    await replaceFile(layout.transcriptsFile(LATER_DAY));
    const ends = await Promise.all(streams.map(({ chunks }) => drain(chunks)));
    expect(ends.map(({ error }) => error instanceof DataChanged)).toEqual([false, true]);
    const reading = await stream();
    await replaceFile(layout.mergesFile);
    expect((await drain(reading.chunks)).error).toBeInstanceOf(DataChanged);
  });

  test('when it is aborted, with the reason given, even if all that was begun is rendered', async () => {
    const { signal, ...abort } = controller();
    const { organisation, finished } = finishing(await open());
    const { chunks, progress } = await stream({ signal, organisation });
    expect(progress().segments).toBeGreaterThan(5);
    finished.mockClear();
    await chunks.next();
    await chunks.next();
    // The one that is being sent, and four ahead of it.
    await vi.waitFor(() => expect(finished).toHaveBeenCalledTimes(5));
    abort.now(new Error('Enough'));
    expect((await drain(chunks)).error).toEqual(new Error('Enough'));
    expect(await spooled()).toEqual([]);
  });
});

/** Tells of each statement that is finished. */
function finishing(organisation: Organisation) {
  const { connections } = organisation;
  const finished = vi.fn((connection: DuckDBConnection) => connections.release(connection));
  return {
    organisation: { ...organisation, connections: { ...connections, release: finished } },
    finished,
  };
}

function controller() {
  const abort = new AbortController();
  return { signal: abort.signal, now: (reason: unknown) => abort.abort(reason) };
}

describe('streamRun frees everything', () => {
  test.each([0, 1, 2])('when its reader leaves after %i chunks', async (taken) => {
    const { chunks } = await stream();
    for (let count = 0; count < taken; count += 1) await chunks.next();
    await chunks.return();
    expect(await spooled()).toEqual([]);
    expect(await chunks.next()).toEqual({ done: true, value: undefined });
  });

  test('when its reader leaves early: it has rendered a few segments ahead, not all', async () => {
    const newPath = vi.fn((extension: string) => spool.newPath(extension));
    const { chunks, progress } = await stream({ spool: { ...spool, newPath } });
    await chunks.next();
    await chunks.next();
    await vi.waitFor(async () => expect(await spooled()).toHaveLength(5));
    expect(progress().segments).toBeGreaterThan(5);
    await chunks.return();
    expect(newPath).toHaveBeenCalledTimes(5);
    expect(await spooled()).toEqual([]);
  });
});

/** A body with a second chunk that is waited for until `proceed` is settled. */
function body() {
  const abort = new AbortController();
  const proceed = Promise.withResolvers<void>();
  const freed = vi.fn();
  async function* chunks() {
    try {
      yield Buffer.from('header');
      await proceed.promise;
      yield Buffer.from('rows');
    } finally {
      freed();
    }
  }
  const onEnd = vi.fn();
  const reader = responseBody(chunks(), abort, onEnd).getReader();
  return { reader, onEnd, freed, proceed, signal: abort.signal };
}

describe('responseBody', () => {
  test('ends once, as complete, after the last chunk', async () => {
    const { reader, onEnd, proceed } = body();
    proceed.resolve();
    const received = [await reader.read(), await reader.read(), await reader.read()];
    expect(received.map(({ value }) => value?.toString())).toEqual(['header', 'rows', undefined]);
    expect(onEnd.mock.calls).toEqual([['complete']]);
  });

  test('breaks when a chunk fails, without telling why, and ends once, as failed', async () => {
    const { reader, onEnd, proceed } = body();
    await reader.read();
    const error = new Error('Conversion Error: hello');
    proceed.reject(error);
    await expect(reader.read()).rejects.toThrow('The Run broke off');
    expect(onEnd.mock.calls).toEqual([['failed', error]]);
  });

  test.each<[string, (settled: PromiseWithResolvers<void>) => void]>([
    ['fails', ({ reject }) => reject(new Error('Interrupted'))],
    ['is ready', ({ resolve }) => resolve()],
  ])(
    'ends once, as cancelled, when the client goes away and the next chunk %s',
    async (_, settle) => {
      const { reader, onEnd, freed, proceed, signal } = body();
      await reader.read();
      await setImmediate(); // by then the next chunk is asked for
      signal.addEventListener('abort', () => settle(proceed));
      await reader.cancel();
      expect(onEnd.mock.calls).toEqual([['cancelled']]);
      expect(freed).toHaveBeenCalledBefore(onEnd);
    },
  );

  test('ends once, as cancelled, when the client goes away before the first chunk', async () => {
    const { reader, onEnd } = body();
    await reader.cancel();
    expect(onEnd.mock.calls).toEqual([['cancelled']]);
  });

  test('asks for no more than one chunk ahead of the client', async () => {
    const pulled = vi.fn();
    async function* chunks() {
      for (let count = 1; count <= 9; count += 1) {
        pulled();
        yield Buffer.from(String(count));
      }
    }
    const reader = responseBody(chunks(), new AbortController(), vi.fn()).getReader();
    await reader.read();
    await setImmediate();
    expect(pulled).toHaveBeenCalledTimes(2);
    await reader.cancel();
  });
});

describe('a segment that takes long', () => {
  const oneDay = { sessions: 100_000, days: 1, seed: 1, transcripts: false, until: '2026-07-01' };
  const run = readRun('ai-sessions-detail', {
    from: '2026-07-01',
    to: '2026-07-01',
    timezone: 'UTC',
  });
  let big: LakeLayout;

  beforeAll(async () => {
    big = lakeLayout(samples, 'big');
    await makeSample({ ...oneDay, layout: big });
  });

  test('is interrupted by an abort', async () => {
    const sizes: number[] = [];
    const remove = async (path: string) => {
      sizes.push(
        await stat(path).then(
          ({ size }) => size,
          () => 0,
        ),
      );
      await spool.remove(path);
    };
    const { signal, ...abort } = controller();
    const organisation = await open(big);
    const { chunks } = await stream({ run, organisation, spool: { ...spool, remove }, signal });
    await chunks.next();
    const next = chunks.next();
    await vi.waitFor(async () => expect(await spooled()).not.toEqual([]));
    abort.now(new Error('Enough'));
    await expect(next).rejects.toThrow('Enough');
    expect(sizes).toEqual([expect.toSatisfy((size) => size < 1_000_000)]);
    expect(await spooled()).toEqual([]);
  });
});
