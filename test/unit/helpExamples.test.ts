// Every example that a command's help gives is run as it stands there, by a shell, in a folder that
// holds what it talks of; but for those that need a network or go on until they are stopped.

import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aiSessions } from '../../analytics/commands/aiSessions.ts';

const run = promisify(execFile);

const NETWORK = /ai-sessions (?:pull|serve) /;
const ENDLESS = /--(?:watch|follow) /;

/** Read their scripts in their own ways. */
const OTHER_SHELLS = /completion (?:zsh|fish)/;

/** Has an end-to-end test of its own, and measures for minutes. */
const BENCH = /ai-sessions bench /;

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  return help;
}

const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

const commands = leaves(aiSessions());
const examples = commands.flatMap((command) => {
  const [, after = ''] = helpOf(command).split('\nExamples:\n');
  return after
    .split('\n')
    .filter((line) => /^ {2}[^#\s]/.test(line))
    .map((line) => line.trim());
});

const runnable = examples.filter(
  (line) => ![NETWORK, BENCH, ENDLESS, OTHER_SHELLS].some((pattern) => pattern.test(`${line} `)),
);

let folder: string;

const SESSION =
  '{"sessionId":"a1B2","customerId":"cust_0000000000000001A","createdAt":"2026-07-01T16:15:22Z"}\n';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const program = join(bin, 'ai-sessions');
  await writeFile(
    program,
    `#!/bin/sh\nexec ${process.execPath} ${resolve('analytics/cli.ts')} "$@"\n`,
  );
  await chmod(program, 0o755);
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const files: Record<string, string> = {
    'sessions.jsonl': SESSION,
    'messages.csv':
      'sessionId,messageId,sentAt,author,text\na1B2,m1,2026-07-01T16:15:25Z,CUSTOMER,Hi\n',
    'GladlyAISessionsDetailReport-20260701-20260731.csv':
      'Session ID,Customer ID,Conversation ID,Channel,Gladly Agent,Guides Used,Created Date,Was Handed Off,Was Resolved,Was Recontacted Resolution - 24 Hours,Was Responded To,Handoff Category,Handoff Subcategory,Handoff Reason,Transfer Rationale,Conversation Link\nc1B2,,,SMS,,,2026-07-31 22:40:00,false,true,,true,,,,,\n',
    'question.sql': 'from ai_sessions(from_date := $from::date, to_date := $to::date);\n',
    'key.json': JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'k1' }),
  };
  for (const [name, contents] of Object.entries(files))
    await writeFile(join(folder, name), contents);
});

afterAll(() => rm(folder, { recursive: true }));

test('every command has examples', () => {
  for (const command of commands) expect(helpOf(command)).toContain('\nExamples:\n');
  expect(runnable.length).toBeGreaterThan(12);
});

async function runExample(line: string): Promise<void> {
  const { PATH = '' } = process.env;
  const env = { PATH: `${join(folder, 'bin')}:${PATH}`, HOME: folder, AI_SESSIONS_ORG: 'acme' };
  const bash = ['--norc', '-euo', 'pipefail', '-c', line];
  await run('bash', bash, { cwd: folder, env }).catch((error) => {
    throw new Error(`${line}\n${error.stderr}`);
  });
}

const isMaking = (line: string) => /ai-sessions (?:sample|ingest)\b/.test(line);

test('the examples do what they say', async () => {
  for (const line of runnable.filter(isMaking)) await runExample(line);
  await writeFile(join(folder, 'data', 'acme', 'org.json'), '{"retentionDays": 90}');
  for (const line of runnable.filter((each) => !isMaking(each))) await runExample(line);
  const written = await readdir(folder);
  for (const name of ['july.csv', 'handed-off.csv.zst', 'answer.csv']) {
    expect(written).toContain(name);
  }
});
