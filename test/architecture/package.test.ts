// package.json and its lock: exact versions, nothing that only works on one machine.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const manifest = readJson('package.json');
const lock = readJson('package-lock.json');

const dependencies: Record<string, string> = {
  ...manifest.dependencies,
  ...manifest.devDependencies,
  ...manifest.optionalDependencies,
};

test('every dependency is pinned to one version', () => {
  const loose = Object.entries(dependencies).filter(([, range]) => !/^\d+\.\d+\.\d+/.test(range));
  expect(loose).toEqual([]);
});

test('the lock file names the same versions', () => {
  const locked = Object.keys(dependencies).map((name) => [
    name,
    lock.packages[`node_modules/${name}`]?.version,
  ]);
  expect(Object.fromEntries(locked)).toEqual(dependencies);
});

test('the lock file records no download addresses', () => {
  expect(readFileSync('package-lock.json', 'utf8')).not.toContain('"resolved"');
});

test('every package is used outside package.json, or is a tool that a script names', async () => {
  const { globSync } = await import('node:fs');
  const sources = globSync('{analytics,worker,sql,test}/**/*.ts').map((file) =>
    readFileSync(file, 'utf8'),
  );
  const text = [...sources, JSON.stringify(manifest.scripts)].join('\n');
  const tools: Record<string, string> = {
    '@biomejs/biome': 'biome check',
    'oxlint-tsgolint': '--type-aware',
    typescript: 'tsc',
  };
  const unused = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter((name) => !name.startsWith('@types/'))
    .filter((name) => !text.includes(tools[name] ?? name));
  expect(unused).toEqual([]);
});
