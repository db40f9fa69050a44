// The media type of a request's or a response's body, without its parameters.

export function mediaTypeOf({ headers }: Request | Response): string | undefined {
  return headers.get('Content-Type')?.split(';')[0]?.trim();
}
