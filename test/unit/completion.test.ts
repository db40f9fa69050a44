// Completion as a shell asks for it: a real bash reads the script and completes a line of words. What
// zsh and fish make of theirs is held to the same commands and options here, and was tried by hand.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aiSessions } from '../../analytics/commands/aiSessions.ts';
import { bashScript } from '../../analytics/commands/completion/bash.ts';
import { fishScript } from '../../analytics/commands/completion/fish.ts';
import { commandWords } from '../../analytics/commands/completion/words.ts';
import { zshScript } from '../../analytics/commands/completion/zsh.ts';
import { FORMATS } from '../../sql/contract/format.ts';
import { GROUPINGS } from '../../sql/contract/parameters.ts';
import { REPORT_NAMES } from '../../sql/contract/report.ts';

const run = promisify(execFile);

const CLI = 'analytics/cli.ts';

let folder: string;

const words = commandWords(aiSessions());
const scripts: Record<string, string> = {
  bash: bashScript(words),
  zsh: zshScript(words),
  fish: fishScript(words),
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  for (const lake of ['acme', 'acorn', 'globex']) {
    await mkdir(join(folder, 'lakes of ours', lake), { recursive: true });
  }
  await mkdir(join(folder, '.spool'));
  await writeFile(join(folder, 'question.sql'), '');
  await writeFile(join(folder, 'a question.sql'), '');
});

afterAll(() => rm(folder, { recursive: true }));

/** What bash offers for the last word of the line, which stands in a folder of its own. */
async function offered(...line: string[]): Promise<string[]> {
  const script = `${scripts['bash']}
    COMP_WORDS=(ai-sessions "$@")
    COMP_CWORD=$#
    _ai_sessions
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await run('bash', ['--norc', '-c', script, 'bash', ...line], {
    cwd: folder,
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((offer) => offer !== '');
}

describe('bash completes', () => {
  const data = ['--data', 'lakes of ours'];

  test.each<[what: string, line: string[], offers: readonly string[]]>([
    ['commands', ['s'], ['sample', 'sql', 'serve']],
    ['a command of a command', ['audit', 'v'], ['verify']],
    ['reports', ['run', ''], REPORT_NAMES],
    ['nothing behind a report', ['run', 'ai-guides', ''], []],
    ['options', ['run', '--hand'], ['--handoff-category', '--handoff-subcategory']],
    ['options of a command of a command', ['audit', 'verify', '--a'], ['--audit']],
    ['the values of a parameter', ['run', '--grouping', ''], GROUPINGS],
    ['the values of a parameter behind =', ['run', '--grouping', '=', ''], GROUPINGS],
    ['the beginning of one behind =', ['run', '--grouping', '=', 'q'], ['quarter']],
    ['the formats of the command', ['run', '--format', ''], FORMATS],
    ['other formats of another', ['sql', '--format', 't'], ['table']],
    ['reports behind options', ['run', '--format', 'csv', 'ai-g'], ['ai-guides']],
    ['reports behind an option and =', ['run', '--format', '=', 'csv', 'ai-g'], ['ai-guides']],
    ['nothing for a text', ['run', '--channel', ''], []],
    ['organisations in the data', ['run', ...data, '--org', 'ac'], ['acme', 'acorn']],
    ['files', ['sql', 'q'], ['question.sql']],
    ['files with spaces', ['sql', '--rows', '5', 'a'], ['a question.sql']],
    ['folders', ['check', '--data', 'l'], ['lakes of ours']],
    ['kinds', ['ingest', 'gladly'], ['gladly-csv', 'gladly-export']],
    ['any number of files', ['ingest', 'sessions', 'a.csv', 'b.csv', 'q'], ['question.sql']],
  ])('%s', async (_, line, offers) => {
    expect(await offered(...line)).toEqual(offers);
  });
});

test.each(Object.keys(scripts))('%s knows every command and every option', (shell) => {
  expect(words.length).toBeGreaterThan(12);
  for (const { path, options } of words) {
    expect(scripts[shell]).toContain(path.at(-1) ?? 'ai-sessions');
    for (const { flag } of options) expect(scripts[shell]).toContain(flag.slice('--'.length));
  }
});

test('completion prints the script', async () => {
  const { stdout } = await run(process.execPath, [CLI, 'completion', 'bash']);
  expect(stdout).toBe(scripts['bash']);
});

test('completion knows three shells', async () => {
  const asked = run(process.execPath, [CLI, 'completion', 'tcsh']);
  await expect(asked).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Allowed choices are bash, zsh, fish'),
  });
});
