// What an ingest is asked for, and what it did. Every record is accounted for:
// read = written + unchanged + superseded + rejected (SPEC 7).

import type { LakeLayout } from '../layout.ts';
import type { AroundRemoval, Removal } from '../removal.ts';

export const INGEST_KINDS = [
  'sessions',
  'messages',
  'merges',
  'gladly-csv',
  'gladly-export',
] as const;

export type IngestKind = (typeof INGEST_KINDS)[number];

export interface IngestRequest {
  readonly kind: IngestKind;
  /** Files, patterns of files, or - for standard input; later ones win over earlier ones. */
  readonly sources: readonly string[];
  /** What standard input is, like an ending: `csv`, `jsonl.gz`. */
  readonly format?: string | undefined;
  readonly layout: LakeLayout;
  /** Every session created before this instant is ingested when this is done; RFC 3339. */
  readonly dataThrough?: string | undefined;
  /** Where the rejected records go, with their places and faults. */
  readonly rejectsFile?: string | undefined;
  /** Write nothing if anything is rejected. */
  readonly strict: boolean;
  /** Zone of the times in a report's CSV; by default the organisation's. */
  readonly timezone?: string | undefined;
  readonly now: Date;
  /** For texts that go because they have been kept for long enough. */
  readonly aroundRemoval: AroundRemoval;
}

export interface Counts {
  /** New to the lake, or different from what it held. */
  readonly written: number;
  readonly unchanged: number;
  /** A newer version was in the input or in the lake. */
  readonly superseded: number;
}

/** Where a record stands, and what is said of it; never what it holds. */
export interface Remark {
  readonly source: string;
  readonly line: number;
  readonly text: string;
}

export interface Remarks {
  readonly count: number;
  /** The first few, for people to read. */
  readonly first: readonly Remark[];
}

export interface IngestResult {
  readonly read: number;
  readonly rejected: Remarks;
  /** Items of an export that are no messages of a session, beyond those read. */
  readonly otherItems: number;
  /** Records that said both resolved and handed off, and were settled as handed off. */
  readonly contradicting: Remarks;
  /** What became of the other records; undefined when a strict ingest wrote nothing. */
  readonly lake: LakeChange | undefined;
}

export interface LakeChange {
  readonly sessions: Counts;
  readonly messages: Counts;
  readonly merges: Counts;
  /** Messages in all that wait for their session. */
  readonly waiting: number;
  /** Files of sessions, transcripts and merges, written or taken away. */
  readonly files: number;
  /** Texts that went because they had been kept for long enough. */
  readonly expired: Removal | undefined;
}
