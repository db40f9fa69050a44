// POST /api/links: the address of a file, signed, for someone who may ask for that file themselves.

import type { Handler } from 'hono';
import * as v from 'valibot';
import { problemResponse } from '../../sql/contract/problem.ts';
import type { WorkerEnv } from '../app.ts';
import { NOT_STORED } from '../passThrough.ts';
import { originOf } from '../settings.ts';
import { LINK_LIFETIME_SECONDS, LinkRequest, makeLink } from './link.ts';

export function issueLink(now: () => Date): Handler<WorkerEnv> {
  return async (c) => {
    const { settings, caller } = c.var.asking;
    const { seals } = settings;
    if (seals === undefined) return problemResponse({ kind: 'not-found' });
    const json: unknown = await c.req.json().catch(() => undefined);
    const asked = v.safeParse(LinkRequest, json);
    if (!asked.success) {
      const fault = { parameter: 'path', detail: asked.issues[0].message };
      return problemResponse({ kind: 'invalid-run', faults: [fault] });
    }
    const issuedAt = now();
    const path = await makeLink(asked.output.path, caller, seals, issuedAt);
    const url = originOf(c.req.raw, settings) + path;
    const expiresAt = new Date(issuedAt.getTime() + LINK_LIFETIME_SECONDS * 1000).toISOString();
    const headers = { Location: url, 'Cache-Control': NOT_STORED };
    return c.json({ url, expiresAt }, 201, headers);
  };
}
