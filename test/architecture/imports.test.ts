// The arrows of the architecture: worker → sql/contract ← analytics, and nothing else.

import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const IMPORT = /^(?:import|export)\b(?:[^;']*\bfrom)? '([^']+)';/gm;

function importsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, specifier = '']) =>
    specifier.startsWith('.') ? relative('.', join(dirname(file), specifier)) : specifier,
  );
}

function importsFrom(folder: string): { file: string; imported: string }[] {
  const files = globSync(`${folder}/**/*.ts`);
  expect(files.length).toBeGreaterThan(0);
  return files.flatMap((file) => importsOf(file).map((imported) => ({ file, imported })));
}

/** What runs in Node, to write a file that the worker then serves. */
const WRITERS: Readonly<Record<string, string>> = {
  'worker/openapi/build.ts': '@valibot/to-json-schema',
  'worker/browser/build.ts': 'esbuild',
};

const WEB_PACKAGES = /^(hono(\/.*)?|valibot|jose|oauth4webapi)$/;

test('sql/contract imports itself and valibot only', () => {
  const strangers = importsFrom('sql/contract').filter(
    ({ imported }) => !imported.startsWith('sql/contract/') && imported !== 'valibot',
  );
  expect(strangers).toEqual([]);
});

test('worker imports itself, the contract and web packages only', () => {
  const strangers = importsFrom('worker').filter(
    ({ file, imported }) =>
      !imported.startsWith('worker/') &&
      !imported.startsWith('sql/contract/') &&
      !WEB_PACKAGES.test(imported) &&
      WRITERS[file] !== imported,
  );
  expect(strangers).toEqual([]);
});

test('what the edge serves at run time never imports what wrote it', () => {
  const reached = new Set<string>();
  const reach = (file: string) => {
    if (reached.has(file) || !file.endsWith('.ts')) return;
    reached.add(file);
    for (const imported of importsOf(file)) reach(imported);
  };
  for (const entry of globSync('worker/*.ts')) reach(entry);
  expect(reached).toContain('worker/pages/reports/page.ts');
  for (const writer of Object.keys(WRITERS)) expect(reached).not.toContain(writer);
});

test('analytics imports nothing of the worker or the tests', () => {
  const strangers = importsFrom('analytics').filter(({ imported }) =>
    /^(worker|test)\//.test(imported),
  );
  expect(strangers).toEqual([]);
});

test('lake and engine know nothing of runs, HTTP or commands', () => {
  const strangers = [...importsFrom('analytics/lake'), ...importsFrom('analytics/engine')].filter(
    ({ imported }) => /^analytics\/(runs|http|local|commands)\//.test(imported),
  );
  expect(strangers).toEqual([]);
});
