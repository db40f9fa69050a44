// The catalogue: which reports exist, and what each is called by people, Gladly and SQL (SPEC 3).
// A test holds it together with the table macros in sql/reports.

export interface Report {
  /** What people see. */
  readonly title: string;
  /** What it tells them, in a sentence or two. */
  readonly description: string;
  /** The name of Gladly's own report of this kind, where there is one. */
  readonly metricSet?: string;
  /** The beginning of a download's file name. */
  readonly fileStem: string;
  /** The table macro in sql/reports that is the report. */
  readonly macro: string;
  /** What a row stands for: a session, or a count of sessions over the whole range. */
  readonly grain: 'session' | 'count';
  /** True when rows hold message text, which may be personal data. */
  readonly withMessages: boolean;
}

export const REPORTS = {
  'ai-sessions-detail': {
    title: 'Gladly AI Sessions Detail',
    description:
      'A row for each Gladly AI session: its channel and guides, how it ended, and whether a resolved customer came back within 24 hours.',
    metricSet: 'GladlyAISessionsDetailReport',
    fileStem: 'GladlyAISessionsDetailReport',
    macro: 'ai_sessions_detail',
    grain: 'session',
    withMessages: false,
  },
  'ai-sessions-detail-with-messages': {
    title: 'Gladly AI Sessions Detail with Messages',
    description:
      'The same, with the messages of the customer and Gladly AI. They may hold personal data.',
    metricSet: 'GladlyAISessionsDetailWithMessagesReport',
    fileStem: 'GladlyAISessionsDetailWithMessagesReport',
    macro: 'ai_sessions_detail_with_messages',
    grain: 'session',
    withMessages: true,
  },
  'ai-sessions-summary': {
    title: 'Gladly AI Sessions Summary',
    description:
      'How sessions came out, period by period: resolved, handed off, without a response, and how many resolutions held.',
    fileStem: 'GladlyAISessionsSummaryReport',
    macro: 'ai_sessions_summary',
    grain: 'count',
    withMessages: false,
  },
  'ai-handoff-reasons': {
    title: 'Gladly AI Handoff Reasons',
    description: 'Why sessions were handed off, the most frequent reasons first.',
    fileStem: 'GladlyAIHandoffReasonsReport',
    macro: 'ai_handoff_reasons',
    grain: 'count',
    withMessages: false,
  },
  'ai-recontacts': {
    title: 'Gladly AI Recontacted Resolutions',
    description:
      'Resolutions that did not hold: each session whose customer came back within 24 hours, with the session that followed.',
    fileStem: 'GladlyAIRecontactedResolutionsReport',
    macro: 'ai_recontacts',
    grain: 'session',
    withMessages: false,
  },
  'ai-guides': {
    title: 'Gladly AI Guides',
    description: 'How sessions came out for each guide they used: which guide needs work.',
    fileStem: 'GladlyAIGuidesReport',
    macro: 'ai_guides',
    grain: 'count',
    withMessages: false,
  },
} as const satisfies Record<string, Report>;

export type ReportName = keyof typeof REPORTS;

export const REPORT_NAMES = Object.keys(REPORTS) as ReportName[];

export function isReportName(name: string): name is ReportName {
  return Object.hasOwn(REPORTS, name);
}
