// What would be deployed: built by wrangler, and small enough to start quickly.

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';

const MAX_GZIPPED_KIB = 100;

test('`wrangler deploy --dry-run` builds a worker of less than 100 KiB, gzipped', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const args = ['deploy', '--dry-run', '--outdir', folder];
  const env = {
    ...process.env,
    CI: '1',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_LOG_PATH: folder,
  };
  const { stdout } = await promisify(execFile)('node_modules/.bin/wrangler', args, { env });
  expect(stdout).toContain('--dry-run: exiting now');

  const scripts = (await readdir(folder)).filter((name) => /\.(m?js|wasm)$/.test(name));
  expect(scripts).toEqual(['index.js']);
  const bundle = await readFile(join(folder, 'index.js'));
  expect(gzipSync(bundle).length / 1024).toBeLessThan(MAX_GZIPPED_KIB);
  expect(bundle.toString()).toContain('urn:ai-sessions:problem:');
});
