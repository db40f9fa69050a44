// Verifies every promise that SPEC 2 makes about a lake, each by a check with a name: of its files by
// their names and one by one, of its rows by the SQL in check/. Changes nothing, but that it finishes
// what an interrupted ingest had begun to publish.

import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { openEngine } from '../engine/open.ts';
import { listFiles } from './check/files.ts';
import { type CheckOutcome, FINDINGS_SHOWN, type Finding } from './check/finding.ts';
import { readParquet } from './check/parquet.ts';
import { checkRows, defineRows } from './check/rows.ts';
import { nodeDisk } from './disk.ts';
import { holdLake } from './holdLake.ts';
import { keptFrom } from './ingest/retention.ts';
import type { LakeLayout } from './layout.ts';
import { type LakeState, readLakeState, readSettings } from './settings.ts';

const MEMORY_LIMIT = '500MB';
const THREADS = 2;
const MAX_TEMP_DIRECTORY_SIZE = '1TB';

export interface LakeCheck {
  /** The outcome of every check that was made, whether it found something or not. */
  readonly outcomes: readonly CheckOutcome[];
  /** True when an ingest had been interrupted while it published, and now is whole. */
  readonly isFinished: boolean;
}

/** No ingest can run meanwhile: a lake that is being written keeps no promise across its files. */
export function checkLake(layout: LakeLayout, now: Date): Promise<LakeCheck> {
  return holdLake(layout, nodeDisk, `check ${layout.organisation}`, async ({ isFinished }) => ({
    outcomes: await outcomesOf(layout, now),
    isFinished,
  }));
}

async function outcomesOf(layout: LakeLayout, now: Date): Promise<CheckOutcome[]> {
  const files = await listFiles(layout);
  const settings = await readJsonFiles(layout);
  const spill = await mkdtemp(join(tmpdir(), 'ai-sessions-check-'));
  try {
    const instance = await openEngine({
      directories: [layout.root],
      threads: THREADS,
      memoryLimit: MEMORY_LIMIT,
      tempDirectory: spill,
      maxTempDirectorySize: MAX_TEMP_DIRECTORY_SIZE,
    });
    const connection = await instance.connect();
    try {
      const parquet = await readParquet(connection, layout, files.tables);
      await defineRows(connection, layout, parquet.readable, {
        state: settings.state,
        keptFrom: keptFrom(settings.retentionDays, now),
      });
      const outcomes = [
        outcomeOf('files', files.findings),
        outcomeOf('settings', settings.findings),
        outcomeOf('parquet', parquet.findings),
        ...(await checkRows(connection, layout, 'file')),
      ];
      // files cannot be held against each other while one of them cannot be read
      const isReadable = settings.findings.length + parquet.findings.length === 0;
      return isReadable
        ? [...outcomes, ...(await checkRows(connection, layout, 'lake'))]
        : outcomes;
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  } finally {
    await rm(spill, { recursive: true });
  }
}

/** Whether org.json and lake.json say what they must; every lake has a lake.json. */
async function readJsonFiles(layout: LakeLayout): Promise<{
  retentionDays: number | undefined;
  state: Partial<LakeState>;
  findings: Finding[];
}> {
  const findings: Finding[] = [];
  const report = (file: string, detail: string) => {
    findings.push({ file: basename(file), sessionId: undefined, detail });
    return {};
  };
  const { retentionDays } = await readSettings(layout).catch((error: Error) => ({
    ...report(layout.settingsFile, error.message),
    retentionDays: undefined,
  }));
  await access(layout.stateFile).catch(() => report(layout.stateFile, 'is missing'));
  const state = await readLakeState(layout).catch((error: Error) =>
    report(layout.stateFile, error.message),
  );
  return { retentionDays, state, findings };
}

function outcomeOf(check: string, findings: readonly Finding[]): CheckOutcome {
  return { check, count: findings.length, first: findings.slice(0, FINDINGS_SHOWN) };
}
