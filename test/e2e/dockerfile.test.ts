// analytics/Dockerfile without a Docker engine, which this project's tests do not need: its packages are
// installed by its own command, its files are copied by its own instructions, and the service is started as
// it says, from a folder that cannot be written to.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../analytics/local/freePort.ts';
import { makeSigningKeys } from '../../analytics/local/signingKeys.ts';
import { copies, environment, readDockerfile, said } from './support/dockerfile.ts';

const FILE = 'analytics/Dockerfile';

const run = promisify(execFile);

const stages = readDockerfile(FILE);
const [packages, image] = stages;
if (packages === undefined || image === undefined) throw new Error('Two stages are expected');

let folder: string;
let app: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  app = join(folder, 'app');
  await mkdir(app);
  for (const stage of stages) {
    for (const { sources, target } of copies(stage)) {
      for (const source of sources) {
        const isFolder = (await stat(source)).isDirectory();
        await cp(source, isFolder ? join(app, target) : join(app, target, source), {
          recursive: true,
        });
      }
    }
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('the image has one exact Node, and nobody in it is root', () => {
  const [from = ''] = packages.from.split(' AS ');
  expect(from).toMatch(/^node:\d+\.\d+\.\d+-slim$/);
  expect(image.from).toBe(from);
  const afterUser = image.instructions.slice(
    image.instructions.findIndex(({ name }) => name === 'USER'),
  );
  expect(said(image, 'USER')).toEqual(['node']);
  expect(afterUser.map(({ name }) => name)).toContain('CMD');
  expect(afterUser.map(({ name }) => name)).not.toContain('RUN');
  expect(said(image, 'STOPSIGNAL')).toEqual(['SIGTERM']);
  expect(said(image, 'EXPOSE')).toEqual([environment(image)['PORT']]);
});

test('the build sees what it copies, and nothing else', async () => {
  const lines = (await readFile(`${FILE}.dockerignore`, 'utf8')).split('\n');
  const seen = lines.flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
  const copied = stages.flatMap((stage) => copies(stage).flatMap(({ sources }) => sources));
  expect(lines).toContain('*');
  expect(new Set(seen)).toEqual(new Set(copied));
});

test('its packages are those that the service needs; it starts, is well, and stops', async () => {
  for (const command of said(packages, 'RUN')) {
    await run('sh', ['-c', command], {
      cwd: app,
      env: { ...process.env, npm_config_prefer_offline: 'true' },
    });
  }
  const installed = await readdir(join(app, 'node_modules'));
  expect(installed).toContain('@duckdb');
  for (const name of ['wrangler', 'workerd', 'typescript', 'vitest', 'playwright-core']) {
    expect(installed).not.toContain(name);
  }

  const port = String(await freePort());
  const { publicKeys } = await makeSigningKeys();
  const data = join(folder, 'data');
  await mkdir(data);
  const env = {
    PATH: process.env['PATH'] ?? '',
    ...environment(image),
    AI_SESSIONS_DATA: data,
    PORT: port,
    ASSERTION_PUBLIC_KEYS: JSON.stringify(publicKeys),
  };
  const readOnly = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && cd "$1" && shift';
  const [, healthcheck = ''] = /CMD (\[.*\])$/.exec(said(image, 'HEALTHCHECK')[0] ?? '') ?? [];
  const [node = '', ...check]: string[] = JSON.parse(healthcheck);
  const isWell = () =>
    run(node, check, { env }).then(
      () => true,
      () => false,
    );

  const command: string[] = JSON.parse(said(image, 'CMD')[0] ?? '');
  const script = `${readOnly} && ! touch here 2>/dev/null && exec "$@"`;
  const wrapped = ['--map-root-user', '--mount', 'sh', '-c', script, 'sh', app, ...command];
  const service = spawn('unshare', wrapped, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = once(service, 'exit');
  onTestFinished(() => void service.kill('SIGKILL'));
  const lines: string[] = [];
  const listening = Promise.withResolvers<void>();
  createInterface(service.stderr).on('line', (line) => {
    lines.push(line);
    if (line.includes('listens on')) listening.resolve();
  });
  await Promise.race([listening.promise, gone]);
  expect(lines).toEqual([`The analytics service listens on http://0.0.0.0:${port}`]);
  expect(await isWell()).toBe(true);
  const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect(await ready.json()).toEqual({ ready: true, reasons: [] });
  service.kill('SIGTERM');
  expect(await gone).toEqual([0, null]);
  expect(await isWell()).toBe(false);
});
