// `ai-sessions forget`: what a spool holds of the customer goes too, under a service at work and without
// one, and an event stays.

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { trailFiles } from '../../analytics/audit/trail.ts';
import { forgetCustomer } from '../../analytics/lake/forget/forgetCustomer.ts';
import { startProgram, untilEnd } from '../e2e/support/program.ts';
import { jsonLines, justPublish, openTestLake, type TestLake } from './support/ingestInto.ts';
import { readRun } from './support/reportBytes.ts';
import { openRunner } from './support/runner.ts';

const WITH_MESSAGES = readRun('ai-sessions-detail-with-messages', {
  from: '2026-07-01',
  to: '2026-07-03',
});

let lake: TestLake;
let dataDir: string;

beforeEach(async () => {
  lake = await openTestLake();
  dataDir = dirname(lake.layout.root);
  const createdAt = '2026-07-01T12:00:00Z';
  await lake.ingest('sessions', [
    jsonLines(
      { sessionId: 'a1', customerId: 'anna', createdAt, sessionSummary: 'summary of anna' },
      { sessionId: 'b1', customerId: 'bert', createdAt },
    ),
  ]);
  const message = { messageId: '1', sentAt: createdAt, author: 'CUSTOMER' };
  await lake.ingest('messages', [
    jsonLines(
      { ...message, sessionId: 'a1', text: 'text of anna' },
      { ...message, sessionId: 'b1', text: 'text of bert' },
    ),
  ]);
});

afterEach(() => lake.remove());

test('a service at work removes every Run of the organisation, and its parts', async () => {
  const runner = await openRunner(lake.layout);
  expect((await runner.bytes(WITH_MESSAGES)).toString()).toContain('text of anna');
  const run = await runner.find(WITH_MESSAGES);
  await runner.underWay.ended();
  await forgetCustomer(lake.layout, 'anna', new Date(), justPublish);
  await runner.workshop.sweep();
  expect(await runner.parts()).toEqual([]);
  expect(() => runner.runs.get(run.id)).toThrow('Cannot find the Run');
  const after = (await runner.bytes(WITH_MESSAGES)).toString();
  expect(after).toContain('text of bert');
  expect(after).not.toContain('anna');
  await runner.close();
});

test('a Run under way breaks rather than hand out what is forgotten', async () => {
  const runner = await openRunner(lake.layout);
  const chunks = await runner.chunks(await runner.find(WITH_MESSAGES));
  await chunks.next();
  await forgetCustomer(lake.layout, 'anna', new Date(), justPublish);
  await runner.workshop.sweep();
  await expect(Array.fromAsync(chunks)).rejects.toThrow();
  await runner.close();
});

test('without a service the command empties the spool itself, and leaves an event', async () => {
  const spoolFolder = join(dataDir, '.spool', 'service');
  const runner = await openRunner(lake.layout, { spoolFolder });
  await runner.bytes(WITH_MESSAGES);
  await runner.close();
  expect(await runner.parts()).not.toEqual([]);
  const args = ['forget', '--customer', 'anna', '--data', dataDir];
  const { status, stderr } = await untilEnd(startProgram('cli.ts', args, { temp: dataDir }));
  expect(stderr).toMatch(/^Forgot 1 sessions: /);
  expect(status).toBe(0);
  expect(await runner.parts()).toEqual([]);
  const { organisation } = lake.layout;
  const { events } = trailFiles(join(dataDir, '.audit'), organisation);
  const lines = (await readFile(events, 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { event: 'forget', organisation, parameters: { customerId: 'anna' } },
    { end: 'complete', rows: 1 },
  ]);
});
