// The catalogue: which reports exist, and what each is called by people, Gladly and SQL (SPEC 3).
// A test holds it together with the table macros in sql/reports.

export interface Report {
  /** What people see. */
  readonly title: string;
  /** Gladly's metricSet; also the beginning of a download's file name. */
  readonly metricSet: string;
  /** The table macro in sql/reports that is the report. */
  readonly macro: string;
  /** True when rows hold message text, which may be personal data. */
  readonly withMessages: boolean;
}

export const REPORTS = {
  'ai-sessions-detail': {
    title: 'Gladly AI Sessions Detail',
    metricSet: 'GladlyAISessionsDetailReport',
    macro: 'ai_sessions_detail',
    withMessages: false,
  },
  'ai-sessions-detail-with-messages': {
    title: 'Gladly AI Sessions Detail with Messages',
    metricSet: 'GladlyAISessionsDetailWithMessagesReport',
    macro: 'ai_sessions_detail_with_messages',
    withMessages: true,
  },
} as const satisfies Record<string, Report>;

export type ReportName = keyof typeof REPORTS;

export const REPORT_NAMES = Object.keys(REPORTS) as ReportName[];

export function isReportName(name: string): name is ReportName {
  return Object.hasOwn(REPORTS, name);
}
