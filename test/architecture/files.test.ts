// What every file owes its next owner.

import { globSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('every TypeScript file outside the tests opens with a comment', () => {
  const silent = globSync('{analytics,worker,sql}/**/*.ts').filter(
    (file) => !/^(#!.*\n)?\/\/ /.test(readFileSync(file, 'utf8')),
  );
  expect(silent).toEqual([]);
});

test('no test is skipped or focused', () => {
  const weak = globSync('test/**/*.test.ts').filter((file) =>
    /\b(test|it|describe)\.(skip|only|todo|fails)\b/.test(readFileSync(file, 'utf8')),
  );
  expect(weak).toEqual([]);
});

test('every folder has its place in the README', () => {
  const readme = readFileSync('README.md', 'utf8');
  const folders = ['sql', 'worker', 'analytics', 'test'].flatMap((top) =>
    readdirSync(top, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${top}/${entry.name}/`),
  );
  const missing = folders.filter((folder) => !readme.includes(folder));
  expect(missing).toEqual([]);
});
