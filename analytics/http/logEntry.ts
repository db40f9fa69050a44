// What the service tells of its work, each time something has ended: the log writes it down, and the
// metrics count it. Who asked and what for is the audit's; no entry has a subject, a parameter or a text.

import type { FormatName } from '../../sql/contract/format.ts';
import type { Problem } from '../../sql/contract/problem.ts';
import type { ReportName } from '../../sql/contract/report.ts';
import type { RunStatus } from '../../sql/contract/runStatus.ts';
import type { End } from './body.ts';

/** A request that has its answer; what its body still has to bring is a `download`. */
interface RequestEntry {
  readonly event: 'request';
  readonly request: string;
  readonly organisation?: string;
  readonly method: string;
  /** As it is written in the code, so never what somebody has sent. */
  readonly route: string;
  readonly status: number;
  readonly problem?: string;
  /** Why nobody was let in. */
  readonly reason?: string;
  readonly totalMs: number;
  readonly error?: unknown;
}

/** A Run whose work has ended, whoever was waiting for it. */
export interface RunEntry {
  readonly event: 'run';
  readonly run: string;
  readonly organisation: string;
  readonly report: ReportName;
  readonly format: FormatName;
  readonly state: RunStatus['status'];
  readonly problem?: Problem['kind'];
  readonly rows: number;
  readonly bytes: number;
  /** Until it had a place to work; undefined when it never had one. */
  readonly queuedMs?: number;
  readonly totalMs: number;
  readonly error?: unknown;
}

/** A file, or a part of one, that somebody has taken. */
interface DownloadEntry {
  readonly event: 'download';
  readonly request: string;
  readonly organisation: string;
  readonly run: string;
  readonly report: ReportName;
  readonly format: FormatName;
  readonly end: End;
  readonly bytes: number;
  /** Whether all of it had been rendered before. */
  readonly wasThere: boolean;
  /** From the request on; undefined when there was none. */
  readonly firstByteMs?: number;
  readonly totalMs: number;
  readonly error?: unknown;
}

/** The audit as a report. */
interface AuditEntry {
  readonly event: 'audit';
  readonly request: string;
  readonly organisation: string;
  readonly end: End;
  readonly bytes: number;
  readonly error?: unknown;
}

/** Something that failed while nobody could be answered any more. */
interface ErrorEntry {
  readonly event: 'error';
  readonly during: 'sweep' | 'audit';
  readonly [about: string]: unknown;
}

/** The service has been told to stop, and what it has under way is finishing. */
interface StopEntry {
  readonly event: 'stopping';
  readonly withinMs: number;
}

export type LogEntry =
  | RequestEntry
  | RunEntry
  | DownloadEntry
  | AuditEntry
  | ErrorEntry
  | StopEntry;

export type Log = (entry: LogEntry) => void;
