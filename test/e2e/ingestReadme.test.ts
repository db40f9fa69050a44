// Every example of "Getting data in" in analytics/README.md, run as it stands, one after the other.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkLake } from '../../analytics/lake/check.ts';
import { lakeLayout } from '../../analytics/lake/layout.ts';

const CLI = fileURLToPath(new URL('../../analytics/cli.ts', import.meta.url));
const [, section = ''] = readFileSync('analytics/README.md', 'utf8').split('## Getting data in\n');
const EXAMPLES = [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, script = '']) => script);

test('each brings its record, and the lake keeps its promises', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  try {
    const said = EXAMPLES.map((example) => {
      const script = example.replaceAll('npx ai-sessions', `"${process.execPath}" "${CLI}"`);
      const ended = spawnSync('sh', ['-e', '-c', script], { cwd: folder, encoding: 'utf8' });
      expect(ended.status, ended.stderr).toBe(0);
      return ended.stderr.split('\n').find((line) => / written, /.test(line));
    });
    const { outcomes } = await checkLake(lakeLayout(join(folder, 'data'), 'acme'), new Date());

    expect(said).toEqual([
      'Sessions: 1 written, 0 unchanged, 0 superseded',
      'Sessions: 1 written, 0 unchanged, 0 superseded',
      'Messages: 1 written, 0 unchanged, 0 superseded',
      'Merges: 1 written, 0 unchanged, 0 superseded',
      'Sessions: 1 written, 0 unchanged, 0 superseded',
      'Messages: 1 written, 0 unchanged, 0 superseded',
    ]);
    expect(outcomes.filter(({ count }) => count > 0)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
