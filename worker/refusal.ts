// What the edge tells the analytics service of a request that it has refused by itself, for the audit: what
// has been checked, and nothing else of what the caller said.

import type { Refusal } from '../sql/contract/audit.ts';
import { type Problem, problemKind } from '../sql/contract/problem.ts';
import { isReportName } from '../sql/contract/report.ts';

const INVALID: Problem['kind'] = 'invalid-run';

const REPORT = /^\/reports\/([^./]+)\./;

export async function refusalOf(request: Request, response: Response): Promise<Refusal> {
  const [, report = ''] = REPORT.exec(new URL(request.url).pathname) ?? [];
  // What Gladly's route answers with 400 has Gladly's shape, and is a request with faults all the same.
  const problem = (await problemKind(response)) ?? (response.status === 400 ? INVALID : undefined);
  return {
    status: response.status,
    ...(problem === undefined ? {} : { problem }),
    ...(isReportName(report) ? { report } : {}),
  };
}
