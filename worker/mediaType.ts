// The media type of a response, without its parameters.

export function mediaTypeOf(response: Response): string | undefined {
  return response.headers.get('Content-Type')?.split(';')[0]?.trim();
}
