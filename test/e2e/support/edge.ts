// The edge before an analytics service, for callers with the tokens of these tests.

import {
  type EdgeOptions,
  type EdgeProcess,
  startEdge,
} from '../../../analytics/local/edgeProcess.ts';
import { freePort } from '../../../analytics/local/freePort.ts';
import { TOKEN_VARIABLES } from './tokens.ts';

/** A runtime's way to start the edge. */
export type StartEdge = (options: EdgeOptions) => Promise<EdgeProcess>;

/** Starts it in front of the analytics service at that port, which need not run yet. */
export async function startEdgeBefore(
  analyticsPort: number,
  privateKey: string,
  more: Readonly<Record<string, string>> = {},
  start: StartEdge = startEdge,
): Promise<EdgeProcess> {
  return start({
    port: await freePort(),
    variables: {
      ANALYTICS_URL: `http://127.0.0.1:${analyticsPort}`,
      ASSERTION_PRIVATE_KEY: privateKey,
      ...TOKEN_VARIABLES,
      ...more,
    },
    onOutput: () => {},
    signal: new AbortController().signal,
  });
}
