// An analytics service for tests of the Reports page: Acme's profile, Runs, and what can be told of a
// Run before it is run.

import type { RunStatus } from '../../sql/contract/runStatus.ts';
import { runLinks } from '../../sql/contract/runStatus.ts';
import type { Call } from './harness.ts';

export const ACME = {
  organisation: 'acme',
  name: 'Acme <& Sons>',
  timezone: 'America/Los_Angeles',
  weekStart: 'monday',
  messagesRoles: ['administrator', 'team_manager'],
  dataThrough: '2026-08-01T05:30:00.000000Z',
} as const;

const ID = 'c'.repeat(40);

export const RUN: RunStatus = {
  id: ID,
  report: 'ai-sessions-detail',
  parameters: {
    from: '2026-07-01',
    to: '2026-07-31',
    timezone: 'America/Los_Angeles',
    weekStart: 'monday',
    grouping: 'week',
    channel: ['CHAT', 'E<M>AIL'],
    dates: 'local',
    format: 'csv',
    excel: false,
    formulaGuard: true,
  },
  status: 'complete',
  percent: 100,
  rows: 1234,
  bytes: 515_707,
  sha256: 'ab'.repeat(32),
  dataThrough: '2026-08-01T05:30:00.000000Z',
  startedAt: '2026-08-01T12:00:00.000Z',
  finishedAt: '2026-08-01T12:00:01.000Z',
  expiresAt: '2026-08-02T12:00:01.000Z',
  problem: null,
  links: runLinks(ID),
};

export const CHOICES = {
  channel: { values: [{ value: 'CHAT', sessions: 1200 }], isCut: false },
  agent: { values: [], isCut: false },
  guide: {
    values: Array.from({ length: 14 }, (_, index) => ({
      value: `Guide <${index}>`,
      sessions: 20 - index,
    })),
    isCut: true,
  },
  handoffCategory: { values: [], isCut: false },
  handoffSubcategory: { values: [], isCut: false },
};

const ANSWERS: Readonly<Record<string, unknown>> = {
  '/organisation': ACME,
  '/api/runs': { runs: [RUN] },
  [RUN.links.self]: RUN,
  '/choices': CHOICES,
  '/estimate': { sessions: 2153, isAtMost: false, bytes: 516_000 },
  '/preview': { columns: ['Session ID', 'Reason'], rows: [['a<1>', '=sum(1)']] },
};

/** Answers by path; `changes` are other answers, or responses, for some paths. */
export function reportsService(changes: Readonly<Record<string, unknown>> = {}) {
  return ({ url, method }: Pick<Call, 'url' | 'method'>): Response => {
    const { pathname } = new URL(url);
    if (method === 'DELETE') return new Response(null, { status: 204 });
    const answer = { ...ANSWERS, ...changes }[pathname];
    if (answer instanceof Response) return answer.clone();
    if (method === 'POST' && pathname === '/api/runs') return Response.json(RUN, { status: 201 });
    return Response.json(answer);
  };
}
