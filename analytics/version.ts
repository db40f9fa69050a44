// The version of this software, as package.json has it: a checkout's or an installed package's.

import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

export function version(): string {
  const file = findPackageJSON(import.meta.url);
  if (file === undefined) throw new Error('Cannot find package.json');
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
