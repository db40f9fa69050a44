// What a Run will read, settled once at its start (SPEC 3.2): the days, their file versions, the
// watermark, and the segments. Whatever has the same id has the same bytes. Renders nothing.

import { addDays } from '../../sql/contract/localDate.ts';
import { REPORTS } from '../../sql/contract/report.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import { withConnection } from '../engine/statement.ts';
import { formatOf } from '../formats/format.ts';
import { type Day, type FileVersion, listDays } from '../lake/days.ts';
import type { Organisation } from '../lake/organisation.ts';
import { type Id, idOf } from './identity.ts';
import { type PlanFrame, reportCall } from './segmentStatement.ts';
import { type Block, type DaySize, segmentBlocks } from './segments.ts';

/** A part of a Run: some UTC days' sessions. */
export interface Segment extends Block {
  readonly id: Id;
  /** Its own days and the look-ahead day, in order. */
  readonly sessionFiles: readonly FileVersion[];
  readonly transcriptFiles: readonly FileVersion[];
  readonly mergeFiles: readonly FileVersion[];
}

export interface RunPlan {
  readonly id: Id;
  readonly run: ResolvedRun;
  /** Every session created before this instant is in the lake; undefined for an empty lake. */
  readonly dataThrough: string | undefined;
  readonly conversationLink: string;
  readonly segments: readonly Segment[];
}

type Range = Pick<ResolvedRun['parameters'], 'from' | 'to' | 'timezone'>;

/** No session of the range lies on a UTC day before: no zone is a whole day away from UTC. */
export function earliestDay({ from }: Range): string {
  return addDays(from, -1);
}

/** The first and the last UTC day that can hold sessions of the range. */
async function utcDays({ connections }: Organisation, range: Range): Promise<[string, string]> {
  const { from, to, timezone } = range;
  const sql = `select
    first_utc_day($from::date, $timezone)::varchar,
    last_utc_day($to::date, $timezone)::varchar`;
  const reader = await withConnection(connections, '', undefined, (connection) =>
    connection.runAndReadAll(sql, { from, to, timezone }),
  );
  const [[first, last] = []] = reader.getRows();
  return [first?.toString() ?? '', last?.toString() ?? ''];
}

/** Counts are over the whole range: such a report is one segment. */
function wholeRange(firstDay: string, lastDay: string, days: readonly DaySize[]): Block[] {
  const rows = days.reduce((sum, day) => sum + day.rows, 0);
  return rows === 0 ? [] : [{ firstDay, lastDay, rows }];
}

export function segmentFiles(segment: Segment): FileVersion[] {
  return [...segment.sessionFiles, ...segment.transcriptFiles, ...segment.mergeFiles];
}

/** What a Run's range is in the lake at one moment. */
export interface Coverage extends PlanFrame {
  /** UTC days that can hold sessions of the range. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** Those that are there, in order. */
  readonly days: readonly Day[];
  /** The same, and the day after the last, where it is there. */
  readonly withLookAhead: readonly Day[];
  readonly mergeFiles: readonly FileVersion[];
}

export async function coverRun(organisation: Organisation, run: ResolvedRun): Promise<Coverage> {
  const { withMessages } = REPORTS[run.report];
  // Before the files: an ingest that comes between says last what it has brought, so this is never later
  // than what the files hold.
  const dataThrough = await organisation.dataThrough();
  const [firstDay, lastDay] = await utcDays(organisation, run.parameters);
  const withLookAhead = await listDays(
    organisation.layout,
    firstDay,
    addDays(lastDay, 1),
    withMessages,
  );
  return {
    run,
    dataThrough,
    conversationLink: (await organisation.settings()).conversationLink,
    firstDay,
    lastDay,
    days: withLookAhead.filter(({ day }) => day <= lastDay),
    withLookAhead,
    mergeFiles: await organisation.mergeFiles(),
  };
}

/** The files that a part of the range is read from: its own days and the look-ahead day, in order. */
export function blockFiles(
  { days, withLookAhead, mergeFiles }: Coverage,
  { firstDay, lastDay }: Pick<Block, 'firstDay' | 'lastDay'>,
): Pick<Segment, 'sessionFiles' | 'transcriptFiles' | 'mergeFiles'> {
  const own = days.filter(({ day }) => day >= firstDay && day <= lastDay);
  const dayAfter = addDays(lastDay, 1);
  const lookAhead = withLookAhead.filter(({ day }) => day === dayAfter);
  return {
    sessionFiles: [...own, ...lookAhead].map(({ sessions }) => sessions),
    transcriptFiles: own.flatMap(({ transcripts }) => transcripts ?? []),
    mergeFiles,
  };
}

export async function planRun(organisation: Organisation, run: ResolvedRun): Promise<RunPlan> {
  const { layout, sqlVersion } = organisation;
  const { grain } = REPORTS[run.report];
  const coverage = await coverRun(organisation, run);
  const { firstDay, lastDay, days, dataThrough, conversationLink } = coverage;
  const rows = await organisation.countRows(days.map(({ sessions }) => sessions));
  const messageBytes = await organisation.countBytes(days.map(({ transcripts }) => transcripts));
  const sizes = days.map(({ day }, index) => ({
    day,
    rows: rows[index] ?? 0,
    messageBytes: messageBytes[index] ?? 0,
  }));

  const cut = grain === 'session' ? segmentBlocks : wholeRange;
  const segments = cut(firstDay, lastDay, sizes).map((block): Segment => {
    const files = blockFiles(coverage, block);
    const { query, values } = reportCall(coverage, block);
    const { writer } = formatOf(run.parameters).segmentFormat;
    const written = 'copyOptions' in writer ? writer.copyOptions(run.parameters) : writer.layout;
    const versions = Object.values(files).map((list) => list.map(({ version }) => version));
    const id = idOf([sqlVersion, written, query, values, versions]);
    return { id, ...block, ...files };
  });

  const { query, values } = reportCall(coverage, undefined);
  const asked = [sqlVersion, layout.organisation, run.report, run.parameters, query, values];
  const id = idOf([asked, segments.map((segment) => segment.id)]);
  return { id, run, dataThrough, conversationLink, segments };
}
