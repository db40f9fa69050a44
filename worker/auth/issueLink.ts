// POST /api/links: the address of a file, signed, for someone who may ask for that file themselves.

import type { Handler } from 'hono';
import * as v from 'valibot';
import { problemResponse } from '../../sql/contract/problem.ts';
import type { WorkerEnv } from '../app.ts';
import { readBody } from '../jsonBody.ts';
import { NOT_STORED } from '../passThrough.ts';
import { originOf } from '../settings.ts';
import { LINK_LIFETIME_SECONDS, LinkRequest, makeLink } from './link.ts';

export const IssuedLink = v.object({ url: v.string(), expiresAt: v.string() });

type IssuedLink = v.InferOutput<typeof IssuedLink>;

export function issueLink(now: () => Date): Handler<WorkerEnv> {
  return async (c) => {
    const { settings, caller } = c.var.asking;
    const { seals } = settings;
    if (seals === undefined) return problemResponse({ kind: 'not-found' });
    const body = await readBody(c.req.raw, LinkRequest);
    if (!body.ok) return problemResponse(body.problem);
    const issuedAt = now();
    const path = await makeLink(body.value.path, caller, seals, issuedAt);
    const url = originOf(c.req.raw, settings) + path;
    const expiresAt = new Date(issuedAt.getTime() + LINK_LIFETIME_SECONDS * 1000).toISOString();
    const headers = { Location: url, 'Cache-Control': NOT_STORED };
    const link: IssuedLink = { url, expiresAt };
    return c.json(link, 201, headers);
  };
}
