// An upstream response as the caller may see it: the same status, the very same body, and of the
// headers only those that describe the file.

/** Reports are for the one who asked, and for now. */
export const NOT_STORED = 'private, no-store';

const PASSED_HEADERS: ReadonlySet<string> = new Set([
  'accept-ranges',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'location',
  'ratelimit-limit-second',
  'ratelimit-remaining-second',
  'repr-digest',
  'retry-after',
  'server-timing',
  'vary',
  'x-data-through',
]);

/** Headers that tell about the Run, like its id and row count. */
const RUN_HEADER_PREFIX = 'x-run-';

/** The body is handed on, never read: JavaScript on it costs 10 to 25 times the time (DESIGN 4). */
export function passThrough(upstream: Response): Response {
  const headers = new Headers({ 'Cache-Control': NOT_STORED });
  for (const [name, value] of upstream.headers) {
    if (PASSED_HEADERS.has(name) || name.startsWith(RUN_HEADER_PREFIX)) headers.set(name, value);
  }
  return new Response(upstream.body, { status: upstream.status, headers });
}
