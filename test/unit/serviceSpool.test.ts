// A spool is one service's: two would remove each other's parts.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { GLADLY_LIMITS } from '../../analytics/http/apiLimit.ts';
import { makeSigningKeys } from '../../analytics/local/signingKeys.ts';
import { DEFAULT_LIMITS } from '../../analytics/runs/limits.ts';
import { type Service, startService } from '../../analytics/service.ts';

let folder: string;
let start: () => Promise<Service>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const { publicKeys } = await makeSigningKeys();
  start = () =>
    startService({
      dataDir: folder,
      spoolDir: join(folder, 'spool'),
      auditDir: join(folder, '.audit'),
      memoryLimit: '500MB',
      maxTempDirectorySize: '1GB',
      limits: DEFAULT_LIMITS,
      apiLimits: GLADLY_LIMITS,
      publicKeys,
      host: '127.0.0.1',
      port: 0,
      now: () => new Date(),
      log: vi.fn(),
    });
});

afterAll(() => rm(folder, { recursive: true }));

test('a second service on the same spool is refused until the first one has ended', async () => {
  const first = await start();
  await expect(start()).rejects.toThrow(/Cannot use the spool .*: process \d+ is at work/);
  await first.close();
  await (await start()).close();
});
