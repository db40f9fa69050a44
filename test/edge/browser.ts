// As much of a browser as signing in takes: cookies (tough-cookie), redirects, Refresh, forms. It asks
// the edge without a port, and everyone else over HTTP.

import { Cookie, CookieJar } from 'tough-cookie';

export interface Page {
  readonly url: URL;
  readonly response: Response;
  readonly text: string;
}

/** What a browser says about itself when someone follows a link. */
const NAVIGATION = {
  Accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'Sec-Fetch-Mode': 'navigate',
};

const MAX_HOPS = 10;

export type AskEdge = (path: string, init: RequestInit) => Response | Promise<Response>;

export class Browser {
  readonly jar = new CookieJar();
  readonly #origin: string;
  readonly #askEdge: AskEdge;

  constructor(origin: string, askEdge: AskEdge) {
    this.#origin = origin;
    this.#askEdge = askEdge;
  }

  /** One request, with the cookies that belong to it; what it sets is kept. */
  async ask(address: string | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(address, this.#origin);
    const headers = new Headers(NAVIGATION);
    new Headers(init.headers).forEach((value, name) => headers.set(name, value));
    const cookies = await this.jar.getCookieString(url.href);
    if (cookies !== '') headers.set('Cookie', cookies);
    const asked: RequestInit = { ...init, headers, redirect: 'manual' };
    const response =
      url.origin === this.#origin ? await this.#askEdge(url.href, asked) : await fetch(url, asked);
    for (const cookie of response.headers.getSetCookie())
      await this.jar.setCookie(cookie, url.href);
    return response;
  }

  /** Follows where it is sent, until there is a page to look at, or an address that `until` knows. */
  async open(
    address: string | URL,
    init: RequestInit = {},
    until: (url: URL) => boolean = () => false,
  ): Promise<Page> {
    let url = new URL(address, this.#origin);
    let response = await this.ask(url, init);
    for (let hop = 0; hop < MAX_HOPS; hop += 1) {
      const next = response.headers.get('Location') ?? refreshOf(response);
      if (next === undefined || response.status === 201) break;
      url = new URL(next, url);
      if (until(url)) break;
      await response.body?.cancel();
      response = await this.ask(url);
    }
    return { url, response, text: await response.text() };
  }

  /** Follows the link whose text begins so, and on from there. */
  follow(page: Page, text: string, until?: (url: URL) => boolean): Promise<Page> {
    const links = [...page.text.matchAll(/<a[^>]* href="([^"]*)"[^>]*>([^<]*)/g)];
    const [, href] = links.find(([, , label]) => label?.startsWith(text)) ?? [];
    if (href === undefined) throw new Error(`Cannot find the link "${text}" on ${page.url.href}`);
    return this.open(new URL(href.replaceAll('&amp;', '&'), page.url), {}, until);
  }

  /** Fills in the one form of a page, and follows where that leads. */
  submit(
    page: Page,
    fields: Readonly<Record<string, string>>,
    until?: (url: URL) => boolean,
  ): Promise<Page> {
    const [, action = ''] = /<form[^>]* action="([^"]+)"/.exec(page.text) ?? [];
    const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]+)"/g)];
    const body = new URLSearchParams(fields);
    for (const [, name = '', value = ''] of hidden) body.set(name, value);
    return this.open(new URL(action, page.url), { method: 'POST', body }, until);
  }

  async cookie(prefix: string): Promise<Cookie | undefined> {
    const cookies = await this.jar.getCookies(this.#origin);
    return cookies.find(({ key }) => key.startsWith(prefix));
  }

  /** As if the site had set it. */
  async setCookie(key: string, value: string): Promise<void> {
    const cookie = new Cookie({ key, value, path: '/', secure: true, httpOnly: true });
    await this.jar.setCookie(cookie, this.#origin);
  }
}

function refreshOf(response: Response): string | undefined {
  return /^0; url=(.+)$/.exec(response.headers.get('Refresh') ?? '')?.[1];
}
