// `ai-sessions audit verify`: names the first wrong line of each organisation's audit, and says where a
// good one ends.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAudit } from '../../analytics/audit/audit.ts';
import type { AuditEvent, AuditOutcome } from '../../analytics/audit/event.ts';
import { trailFiles } from '../../analytics/audit/trail.ts';
import { startProgram, untilEnd } from '../e2e/support/program.ts';

const EVENT: Omit<AuditEvent & AuditOutcome, 'organisation'> = {
  event: 'refusal',
  subject: 'ana',
  roles: [],
  end: 'refused',
  status: 403,
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const audit = openAudit(join(folder, '.audit'), () => new Date());
  for (const organisation of ['acme', 'globex', 'acme']) {
    await audit.record({ ...EVENT, organisation });
  }
});

afterEach(() => rm(folder, { recursive: true }));

async function verify(...args: string[]) {
  const all = ['audit', 'verify', '--data', folder, ...args];
  const ended = await untilEnd(startProgram('cli.ts', all, { temp: folder }));
  return { ...ended, stdout: ended.stdout.toString() };
}

test('says of each good one how long it is and what it ends with', async () => {
  const { status, stdout, stderr } = await verify();
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const { hash } = JSON.parse(
    await readFile(trailFiles(join(folder, '.audit'), 'acme').head, 'utf8'),
  );
  expect(stdout).toMatch(/^acme: 2 lines, the last is [0-9a-f]{64}\nglobex: 1 lines, .*\n$/);
  expect(stdout).toContain(hash);
});

test('names the first line that is wrong, and fails', async () => {
  const { events } = trailFiles(join(folder, '.audit'), 'acme');
  await writeFile(events, (await readFile(events, 'utf8')).replace('"ana"', '"bob"'));
  const all = await verify();
  expect(all.status).toBe(1);
  expect(all.stdout).toMatch(/^acme: line 1 does not fit .*\nglobex: 1 lines, .*\n$/);
  expect(all.stderr).toBe('Error: The audit is not what was written: 1 of 2 files are wrong\n');
  expect((await verify('--org', 'globex')).status).toBe(0);
  expect((await verify('--org', 'acme')).status).toBe(1);
});

test.each<[string, string[], number, RegExp]>([
  ['an organisation without one', ['--org', 'initech'], 1, /Cannot find an audit of "initech" in/],
  ['another folder', ['--audit', '/nowhere/at/all'], 1, /Cannot find an audit in \/nowhere/],
  ['an organisation above', ['--org', '..'], 2, /--org must be one DNS label/],
  ['an unknown option', ['--orgs', 'acme'], 2, /unknown option/],
])('fails for %s', async (_, args, status, message) => {
  const ended = await verify(...args);
  expect(ended).toMatchObject({ status, stdout: '' });
  expect(ended.stderr).toMatch(message);
});
