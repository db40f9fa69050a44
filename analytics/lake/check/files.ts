// The files of a lake by what they are, and those that are none of a lake's (SPEC 2). Looks at
// names only.

import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import * as v from 'valibot';
import { LocalDate } from '../../../sql/contract/localDate.ts';
import { waitingFile } from '../ingest/waiting.ts';
import { SCRATCH_PREFIX } from '../ingest/workbench.ts';
import { dayOfFolder, type LakeLayout } from '../layout.ts';
import { DRAFT_SUFFIX } from '../publish.ts';
import type { Finding } from './finding.ts';
import type { TableFiles, TableName } from './tables.ts';

export interface LakeFiles {
  readonly tables: TableFiles;
  readonly findings: readonly Finding[];
}

const NO_LAKE_FILE = 'does not belong in a lake';
const LEFT_OVER = 'is left over from an ingest that was interrupted';

export async function listFiles(layout: LakeLayout): Promise<LakeFiles> {
  const tables: Record<TableName, string[]> = {
    session: [],
    transcript: [],
    merge: [],
    waiting: [],
  };
  const findings: Finding[] = [];
  const report = (file: string, detail: string) =>
    findings.push({ file, sessionId: undefined, detail });
  for (const entry of await readdir(layout.root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(layout.root, path);
    const table = tableOf(layout, path);
    if (name.startsWith(SCRATCH_PREFIX)) {
      if (!name.includes(sep)) report(name, LEFT_OVER);
    } else if (table !== undefined && entry.isFile()) {
      tables[table].push(path);
    } else if (!entry.isDirectory() && !isJsonOf(layout, path)) {
      report(name, name.endsWith(DRAFT_SUFFIX) ? LEFT_OVER : NO_LAKE_FILE);
    }
  }
  for (const files of Object.values(tables)) files.sort();
  return { tables, findings };
}

function isJsonOf(layout: LakeLayout, path: string): boolean {
  return path === layout.settingsFile || path === layout.stateFile;
}

function tableOf(layout: LakeLayout, path: string): TableName | undefined {
  if (path === layout.mergesFile) return 'merge';
  if (path === waitingFile(layout)) return 'waiting';
  const day = dayOfFolder(basename(dirname(path)));
  if (day === undefined || !v.is(LocalDate, day)) return undefined;
  if (path === layout.sessionsFile(day)) return 'session';
  if (path === layout.transcriptsFile(day)) return 'transcript';
  return undefined;
}
