// Before `npm pack`: dist/ becomes the sources as JavaScript, since Node strips no types below
// node_modules, with the SQL that they read beside them; and package.json becomes the package's own,
// without what only a checkout needs. `postpack` puts the checkout's back.

import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const BUILD = 'dist';
const KEPT = 'package.json.checkout';

/** The rest is for whoever has a checkout: a Node of its own, tools, scripts. */
const PACKAGE_FIELDS = [
  'name',
  'version',
  'description',
  'license',
  'private',
  'type',
  'engines',
  'exports',
  'files',
  'dependencies',
];

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
if (manifest.scripts === undefined) {
  throw new Error(`A pack was cut short: put package.json back with mv ${KEPT} package.json`);
}

rmSync(BUILD, { recursive: true, force: true });
execFileSync('tsc', ['--project', '.ci/tsconfig.package.json'], { stdio: 'inherit' });
for (const file of globSync('{sql,analytics}/**/*.sql')) cpSync(file, join(BUILD, file));

const fields = Object.entries(manifest).filter(([name]) => PACKAGE_FIELDS.includes(name));
const bin = Object.entries<string>(manifest.bin).map(([name, file]) => [
  name,
  join(BUILD, file.replace(/\.ts$/, '.js')),
]);
copyFileSync('package.json', KEPT);
writeFileSync(
  'package.json',
  `${JSON.stringify({ ...Object.fromEntries(fields), bin: Object.fromEntries(bin) }, null, 2)}\n`,
);
