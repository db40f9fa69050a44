// Why a Run ended, as the problem that its asker is told. What it does not know stays `run-failed`:
// DuckDB quotes values in its messages, and values may be message text.

import { type Problem, ProblemError } from '../../sql/contract/problem.ts';
import { DataChanged } from './snapshot.ts';

export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof DataChanged) return { kind: 'data-changed' };
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return { kind: 'spool-full' };
  if (/^IO Error: .*(No space left on device|Disk quota exceeded)/s.test(message)) {
    return { kind: 'spool-full' };
  }
  if (message.startsWith('Out of Memory Error: ')) return { kind: 'out-of-memory' };
  return { kind: 'run-failed' };
}
