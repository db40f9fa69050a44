// How much of a request the edge takes before it knows who asks.

import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { problemResponse } from '../sql/contract/problem.ts';

/** The longest URL that Cloudflare lets through; some 80 filter values of 200 characters. */
export const MAX_ADDRESS_CHARACTERS = 16 * 1024;

/** As much as the analytics service takes; a Run with every filter full stays below. */
export const MAX_BODY_BYTES = 1024 * 1024;

export const limitAddress = createMiddleware(async (c, next) => {
  if (c.req.url.length > MAX_ADDRESS_CHARACTERS) {
    return problemResponse({ kind: 'address-too-long', maxCharacters: MAX_ADDRESS_CHARACTERS });
  }
  return next();
});

export const limitBody = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => problemResponse({ kind: 'body-too-large', maxBytes: MAX_BODY_BYTES }),
});
