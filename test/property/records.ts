// The reference's records as SPEC 7 writes them.

import type { Instant, Lake } from '../reference/records.ts';
import type { LakeRecord } from '../unit/support/writeLake.ts';

/** RFC 3339 with microseconds. */
export function instantText(instant: Instant): string {
  const microseconds = instant % 1_000_000n;
  const seconds = new Date(Number((instant - microseconds) / 1000n)).toISOString().slice(0, -5);
  return `${seconds}.${String(microseconds).padStart(6, '0')}Z`;
}

function recordOf(fields: object): LakeRecord {
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'bigint' ? instantText(value) : value,
  ]);
  return Object.fromEntries(entries);
}

export interface LakeRecords {
  readonly sessions: readonly LakeRecord[];
  readonly messages: readonly LakeRecord[];
  readonly merges: readonly LakeRecord[];
  readonly settings: LakeRecord;
  readonly state: LakeRecord | undefined;
}

export function recordsOf(lake: Lake): LakeRecords {
  return {
    sessions: lake.sessions.map(recordOf),
    messages: lake.messages.map(recordOf),
    merges: lake.merges.map(recordOf),
    settings: { ...lake.settings },
    state: lake.dataThrough === null ? undefined : recordOf({ dataThrough: lake.dataThrough }),
  };
}
