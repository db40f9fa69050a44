// What of a caller's headers decides which bytes of a file come back: handed on to the analytics
// service, which alone knows the file.

const CONDITIONS = ['Range', 'If-Range', 'If-None-Match'] as const;

/** On Cloudflare's side of the worker the header says what the network takes, not the client. */
interface CloudflareRequest extends Request {
  readonly cf?: { readonly clientAcceptEncoding?: string };
}

export function conditionsOf(request: CloudflareRequest): Record<string, string> {
  const conditions: Record<string, string> = {
    // Elsewhere fetch would undo a compression, and the length and the tag would no longer be true.
    'Accept-Encoding': request.cf?.clientAcceptEncoding ?? 'identity',
  };
  for (const name of CONDITIONS) {
    const value = request.headers.get(name);
    if (value !== null) conditions[name] = value;
  }
  return conditions;
}
