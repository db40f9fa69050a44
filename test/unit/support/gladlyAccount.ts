// A stand-in for Gladly's `POST /api/v1/reports` that misbehaves as the real one has been seen to: it
// cuts off at its cap without a word, and each request can be given a mischief of its own.

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Mischief =
  | 'refuse without Retry-After'
  | 'refuse with Retry-After'
  | 'fail'
  | 'answer an error with status 200'
  | 'answer nothing'
  | 'cut the connection'
  | 'end early without a word';

export interface GladlyAccount {
  readonly url: URL;
  /** Requests so far, as `metricSet first last`. */
  readonly requests: readonly string[];
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

interface Request {
  readonly metricSet: string;
  readonly startAt: string;
  readonly endAt: string;
  readonly timezone: string;
}

export interface AccountOptions {
  /** Rows of a report by day, without the header. */
  readonly rows: (day: string, withMessages: boolean) => readonly string[];
  readonly header: (withMessages: boolean) => string;
  readonly rowCap: number;
  readonly authorization: string;
  /** What happens to each request, by its number. */
  readonly mischief?: readonly (Mischief | undefined)[];
  readonly onRequest?: () => void;
}

export async function openGladlyAccount(options: AccountOptions): Promise<GladlyAccount> {
  const requests: string[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    response.on('close', () => {
      atOnce -= 1;
    });
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      options.onRequest?.();
      if (request.url !== '/api/v1/reports' || request.method !== 'POST')
        return end(response, 404, '');
      if (request.headers.authorization !== options.authorization) return end(response, 401, '');
      const asked: Request = JSON.parse(Buffer.concat(chunks).toString());
      const mischief = options.mischief?.[requests.length];
      requests.push(`${asked.metricSet} ${asked.startAt} ${asked.endAt}`);
      answer(response, csv(asked, options), mischief);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    requests,
    get mostAtOnce() {
      return mostAtOnce;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A range without rows has no header either. */
function csv(asked: Request, { rows, header, rowCap }: AccountOptions): string {
  if (asked.timezone !== 'UTC') throw new Error(`Cannot answer in ${asked.timezone}`);
  const withMessages = asked.metricSet.endsWith('WithMessagesReport');
  const lines: string[] = [];
  for (let at = Date.parse(asked.startAt); at <= Date.parse(asked.endAt); at += 86_400_000) {
    lines.push(...rows(new Date(at).toISOString().slice(0, 10), withMessages));
  }
  if (lines.length === 0) return '';
  return `${[header(withMessages), ...lines.slice(0, rowCap)].join('\n')}\n`;
}

function answer(response: ServerResponse, body: string, mischief: Mischief | undefined): void {
  switch (mischief) {
    case undefined:
      return end(response, 200, body);
    case 'refuse without Retry-After':
      return end(response, 429, '');
    case 'refuse with Retry-After':
      response.setHeader('Retry-After', '7');
      return end(response, 429, '');
    case 'fail':
      return end(response, 500, 'Internal error');
    case 'answer an error with status 200':
      return end(response, 200, 'Your report could not be made. Please try again later.\n');
    case 'answer nothing':
      return end(response, 200, '');
    case 'cut the connection':
      response.writeHead(200, { 'content-type': 'text/csv' });
      response.write(body.slice(0, body.length / 2), () => response.destroy());
      return;
    case 'end early without a word':
      return end(response, 200, body.slice(0, body.length / 2).trimEnd());
  }
}

function end(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/csv' });
  response.end(body);
}
