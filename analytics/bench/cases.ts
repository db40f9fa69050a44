// The cases: what each is called, and which other one it is measured against. Measures nothing.

export interface BenchCase {
  readonly title: string;
  /** The case that its time is divided by: the limit over the same dates. */
  readonly limit: 'plain' | 'whole-plain';
}

/** In the order of the tables; a bench without `--peers` or without a longer range has fewer. */
export const CASES = {
  plain: { title: 'plain COPY, the same cells', limit: 'plain' },
  'lake-columns': { title: 'plain COPY, the lake’s own columns', limit: 'plain' },
  detail: { title: 'detail, cold', limit: 'plain' },
  'detail-again': { title: 'detail, again', limit: 'plain' },
  'detail-new-day': { title: 'detail, after one new day', limit: 'plain' },
  jsonl: { title: 'detail as JSON Lines, cold', limit: 'plain' },
  parquet: { title: 'detail as Parquet, cold', limit: 'plain' },
  arrow: { title: 'detail as Arrow, cold', limit: 'plain' },
  messages: { title: 'detail with messages, cold', limit: 'plain' },
  summary: { title: 'summary, cold', limit: 'plain' },
  service: { title: 'detail through the service', limit: 'plain' },
  'service-again': { title: 'detail through the service, again', limit: 'plain' },
  edge: { title: 'detail through the edge', limit: 'plain' },
  'edge-again': { title: 'detail through the edge, again', limit: 'plain' },
  alone: { title: 'another Run, alone', limit: 'plain' },
  'beside-slow': { title: 'another Run beside 50 slow downloads', limit: 'plain' },
  'of-1-year': { title: 'detail, of a lake of 1 year', limit: 'plain' },
  'of-10-years': { title: 'detail, of a lake of 10 years', limit: 'plain' },
  'csv-stringify': { title: 'peer: rows through csv-stringify', limit: 'plain' },
  chdb: { title: 'peer: chDB', limit: 'plain' },
  'whole-plain': { title: 'whole lake: plain COPY, the same cells', limit: 'whole-plain' },
  'whole-detail': { title: 'whole lake: detail, cold', limit: 'whole-plain' },
  'whole-detail-again': { title: 'whole lake: detail, again', limit: 'whole-plain' },
  'whole-detail-new-day': {
    title: 'whole lake: detail, after one new day',
    limit: 'whole-plain',
  },
  'whole-edge': { title: 'whole lake: detail through the edge', limit: 'whole-plain' },
  'whole-edge-again': {
    title: 'whole lake: detail through the edge, again',
    limit: 'whole-plain',
  },
  'whole-chdb': { title: 'whole lake: peer: chDB', limit: 'whole-plain' },
} as const satisfies Record<string, BenchCase>;

export type CaseName = keyof typeof CASES;

export const CASE_NAMES = Object.keys(CASES) as CaseName[];
