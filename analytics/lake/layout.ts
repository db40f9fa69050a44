// Where everything lies in the lake (SPEC 2). The only file that spells these paths in TypeScript;
// sql/sources.sql is its counterpart in SQL. Touches no disk.

import { join } from 'node:path';

export interface LakeLayout {
  readonly organisation: string;
  readonly root: string;
  readonly settingsFile: string;
  readonly stateFile: string;
  readonly sessionsDir: string;
  readonly transcriptsDir: string;
  readonly mergesFile: string;
  /** Whom and which sessions `forget` has forgotten, so that no ingest brings them back. */
  readonly forgottenFile: string;
  /** Up to which day texts were removed because their time was over, and when that was. */
  readonly expiredFile: string;
  /** Messages that wait for their session; no report reads it. */
  readonly pendingFile: string;
  /** Beside the lake, because a lake that does not come to be leaves no folder. */
  readonly lockFile: string;
  /** What an ingest works with; not there when none is running and the last was not interrupted. */
  readonly workDir: string;
  /** What `pull` remembers and downloads; beside the lake, because no report is made of it. */
  readonly pullDir: string;
  /** Files of one UTC day, given as `YYYY-MM-DD`. */
  sessionsFile(day: string): string;
  transcriptsFile(day: string): string;
}

/** Paths of one organisation's lake below the data directory. */
export function lakeLayout(dataDir: string, organisation: string): LakeLayout {
  const root = join(dataDir, organisation);
  const sessionsDir = join(root, 'sessions');
  const transcriptsDir = join(root, 'transcripts');
  return {
    organisation,
    root,
    settingsFile: join(root, 'org.json'),
    stateFile: join(root, 'lake.json'),
    sessionsDir,
    transcriptsDir,
    mergesFile: join(root, 'customer_merges', 'customer_merges.parquet'),
    forgottenFile: join(root, 'forgotten', 'forgotten.parquet'),
    expiredFile: join(root, 'forgotten', 'expired.json'),
    pendingFile: join(root, 'pending', 'messages.parquet'),
    lockFile: join(dataDir, `.${organisation}.lock`),
    workDir: join(root, '.ingest'),
    pullDir: join(dataDir, `.${organisation}.pull`),
    sessionsFile: (day) => join(sessionsDir, `day=${day}`, 'sessions.parquet'),
    transcriptsFile: (day) => join(transcriptsDir, `day=${day}`, 'transcripts.parquet'),
  };
}

const DAY_FOLDER = /^day=(\d{4}-\d{2}-\d{2})$/;

/** The day of a partition folder's name, or undefined for any other name. */
export function dayOfFolder(name: string): string | undefined {
  return DAY_FOLDER.exec(name)?.[1];
}
