// The page's script as the worker serves it. What made it (build.ts) stays out of the worker.

import written from './script.json' with { type: 'json' };

/** Its path changes with its text, so that it may be kept for ever. */
export const PAGE_SCRIPT: { readonly path: string; readonly text: string } = written;
