// Parameters as a caller gives them, made a Run by the contract, as for any caller.

import { type ParameterName, takesParameter } from '../../sql/contract/parameters.ts';
import type { ReportName } from '../../sql/contract/report.ts';
import { parseRun, type ResolvedRun, resolveRun } from '../../sql/contract/run.ts';
import type { SetLake } from './lakes.ts';

/** Parameters by name, as in JSON; some may not belong to every report. */
export type Parameters = Readonly<Partial<Record<ParameterName, unknown>>>;

/** Leaves out what the report does not have. The clock stands at the lake's scene. */
export function runOf(
  { scene, lake }: SetLake,
  report: ReportName,
  asked: Parameters,
): ResolvedRun {
  const own = Object.entries(asked).filter(
    ([name, value]) => value !== undefined && takesParameter(report, name as ParameterName),
  );
  const parsed = parseRun({ report, parameters: Object.fromEntries(own) });
  if ('problem' in parsed) throw new Error(JSON.stringify(parsed.problem));
  const resolved = resolveRun(parsed.run, lake.settings, new Date(Number(scene / 1000n)));
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.faults));
  return resolved.value;
}
