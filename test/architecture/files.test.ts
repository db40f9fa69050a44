// What every file owes its next owner.

import { globSync, readFileSync } from 'node:fs';
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
  const folders = globSync(['worker', 'sql/*/', 'analytics/*/', 'test/*/'], {
    exclude: (name) => String(name).includes('.'),
  }).filter((folder) => !folder.includes('.'));
  const missing = folders.filter((folder) => !readme.includes(`${folder}/`));
  expect(missing).toEqual([]);
});
