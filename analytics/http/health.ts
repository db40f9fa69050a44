// What a platform asks to know whether to restart the service (`/healthz`) and whether to send requests
// its way (`/readyz`). Open to anyone who reaches the port.

import { Hono } from 'hono';
import type { Readiness } from '../readiness.ts';

export function healthRoutes(readiness: Readiness): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', async (c) => {
    const reasons = await readiness();
    const isReady = reasons.length === 0;
    c.header('Cache-Control', 'no-store');
    return c.json({ ready: isReady, reasons }, isReady ? 200 : 503);
  });
  return app;
}
