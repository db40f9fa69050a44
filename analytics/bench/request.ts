// An HTTP request whose body is taken as it comes, and not at all while nobody reads it.

import { once } from 'node:events';
import { Agent, type IncomingMessage, request as send } from 'node:http';
import { text } from 'node:stream/consumers';
import { CommandFailure } from '../failure.ts';

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Each on a connection of its own, as clients that do not know each other. */
const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });

/** The body of a 200; any other answer is a failure that says so. */
export async function request(url: string, options: RequestOptions = {}): Promise<IncomingMessage> {
  const { method = 'GET', headers = {}, body = '' } = options;
  const sent = send(url, { method, headers, agent });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) {
    const answer = await text(response);
    throw new CommandFailure(`Cannot measure ${method} ${url}: ${response.statusCode} ${answer}`);
  }
  return response;
}
