// Two organisations of one service: neither's SQL reaches the other's lake or rendered segments.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { literal } from '../../analytics/engine/open.ts';
import { execute } from '../../analytics/engine/statement.ts';
import type { Organisation } from '../../analytics/lake/organisation.ts';
import { openOrganisations } from '../../analytics/lake/organisations.ts';
import { DEFAULT_LIMITS } from '../../analytics/runs/limits.ts';
import { openSpool, type Spool } from '../../analytics/runs/spool.ts';
import { writeLake } from './support/writeLake.ts';

const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
let spool: Spool;
let organisations: ReturnType<typeof openOrganisations>;
const opened: Organisation[] = [];

beforeAll(async () => {
  const sessions = [{ sessionId: 's1', createdAt: '2026-07-01T09:15:22Z' }];
  await writeLake({ dataDir: join(folder, 'data'), organisation: 'acme', sessions });
  await writeLake({ dataDir: join(folder, 'data'), organisation: 'other', sessions });
  spool = await openSpool(join(folder, 'spool'), { ...DEFAULT_LIMITS, now: () => new Date() });
  const limits = { memoryLimit: '500MB', maxTempDirectorySize: '1GB' };
  organisations = openOrganisations(
    join(folder, 'data'),
    { spoolDirectory: spool.directory, ...limits },
    (organisation) => opened.push(organisation),
  );
});

afterAll(async () => {
  await organisations.close();
  await rm(folder, { recursive: true });
});

async function readAs(name: string, path: string): Promise<unknown> {
  const { connections } = await organisations.get(name);
  const sql = `from read_text(${literal(path)})`;
  return execute(connections, { setup: '', sql });
}

test('an organisation reads its own rendered segments, and no other one does', async () => {
  await Promise.all([organisations.get('acme'), organisations.get('other')]);
  const segment = await spool.draft('acme');
  await writeFile(segment, 'a segment');
  await expect(readAs('acme', segment)).resolves.toBeDefined();
  await expect(readAs('other', segment)).rejects.toThrow('Permission Error');
});

test('an organisation is opened once, and whoever has it opened is told', async () => {
  const acme = await organisations.get('acme');
  expect(await organisations.get('acme')).toBe(acme);
  expect(opened.filter((organisation) => organisation === acme)).toHaveLength(1);
});

test('a name that is no organisation’s is unknown, whatever path it would make', async () => {
  for (const name of ['../data/acme', 'acme/', '', '.', 'ACME', 'nobody']) {
    await expect(organisations.get(name)).rejects.toMatchObject({
      problem: { kind: 'unknown-organisation' },
    });
  }
});
