// What would be deployed: built by wrangler, and small enough to start quickly.

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { makeSigningKeys } from '../../analytics/local/signingKeys.ts';
import type { Bindings } from '../../worker/env.ts';
import { readSettings } from '../../worker/settings.ts';

const MAX_GZIPPED_KIB = 100;

const readme = await readFile('worker/README.md', 'utf8');

/** As `wrangler.toml` describes it; the empty name is what is at its top. */
const ENVIRONMENTS = ['', 'production'];

test.each(ENVIRONMENTS)(
  '`wrangler deploy --dry-run --env "%s"` builds a worker of less than 100 KiB, gzipped',
  async (environment) => {
    const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const args = ['deploy', '--dry-run', '--env', environment, '--outdir', folder];
    const env = {
      ...process.env,
      CI: '1',
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_LOG_PATH: folder,
    };
    const run = promisify(execFile);
    const { stdout, stderr } = await run('node_modules/.bin/wrangler', args, { env });
    expect(stderr).toBe('');
    expect(stdout).toContain('--dry-run: exiting now');

    const scripts = (await readdir(folder)).filter((name) => /\.(m?js|wasm)$/.test(name));
    expect(scripts).toEqual(['index.js']);
    const bundle = await readFile(join(folder, 'index.js'));
    expect(gzipSync(bundle).length / 1024).toBeLessThan(MAX_GZIPPED_KIB);
    expect(bundle.toString()).toContain('urn:ai-sessions:problem:');
  },
);

test('what wrangler.toml sets for production is right, and no secret', async () => {
  const { vars } = unstable_readConfig({ config: 'wrangler.toml', env: 'production' });
  const keys = await makeSigningKeys();
  const read = await readSettings({ ...vars, ASSERTION_PRIVATE_KEY: keys.privateKey } as Bindings);
  expect(read).toMatchObject({ ok: true });
  const secrets = [...readme.matchAll(/^\| `(\w+)` \|.*\| yes \|/gm)].map(([, name]) => name);
  expect(secrets).toContain('ASSERTION_PRIVATE_KEY');
  expect(Object.keys(vars).filter((name) => secrets.includes(name))).toEqual([]);
});
