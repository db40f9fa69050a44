// The files of a lake by what they are, and those that are none of a lake's (SPEC 2). Looks at
// names only.

import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import * as v from 'valibot';
import { LocalDate } from '../../../sql/contract/localDate.ts';
import { dayOfFolder, type LakeLayout } from '../layout.ts';
import type { Finding } from './finding.ts';
import { noFiles, type TableFiles, type TableName } from './tables.ts';

export interface LakeFiles {
  readonly tables: TableFiles;
  readonly findings: readonly Finding[];
}

const NO_LAKE_FILE = 'does not belong in a lake';

export async function listFiles(layout: LakeLayout): Promise<LakeFiles> {
  const tables = noFiles();
  const findings: Finding[] = [];
  const report = (file: string, detail: string) =>
    findings.push({ file, sessionId: undefined, detail });
  for (const entry of await readdir(layout.root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(layout.root, path);
    const table = tableOf(layout, path);
    if (table !== undefined && entry.isFile()) {
      tables[table].push(path);
    } else if (!entry.isDirectory() && !isJsonOf(layout, path)) {
      report(name, NO_LAKE_FILE);
    }
  }
  for (const files of Object.values(tables)) files.sort();
  return { tables, findings };
}

function isJsonOf(layout: LakeLayout, path: string): boolean {
  return [layout.settingsFile, layout.stateFile, layout.expiredFile].includes(path);
}

function tableOf(layout: LakeLayout, path: string): TableName | undefined {
  if (path === layout.mergesFile) return 'merge';
  if (path === layout.pendingFile) return 'waiting';
  if (path === layout.forgottenFile) return 'forgotten';
  const day = dayOfFolder(basename(dirname(path)));
  if (day === undefined || !v.is(LocalDate, day)) return undefined;
  if (path === layout.sessionsFile(day)) return 'session';
  if (path === layout.transcriptsFile(day)) return 'transcript';
  return undefined;
}
