// Asks the worker for a part of the page. A refusal comes as the page that a browser would have been
// shown: what it says goes where the part would have gone.

export type Answer =
  | { readonly ok: true; readonly html: string }
  | { readonly ok: false; readonly html: string; readonly isPassing: boolean };

const UNREACHABLE = '<p class="alert"><strong>No connection.</strong> Try again in a moment.</p>';

/** Of what stands between: it says nothing that helps. */
const NOT_OURS =
  '<p><strong>The site does not answer as it should.</strong> Try again in a moment.</p>';

/** Worth another try without anybody doing anything: the network, or a service that starts. */
const PASSING: ReadonlySet<number> = new Set([502, 503, 504]);

/** What a page says, to be shown on this one. */
export function wordsOf(page: string): string {
  const template = document.createElement('template');
  template.innerHTML = page;
  const main = template.content.querySelector('main');
  for (const heading of main?.querySelectorAll('h1') ?? []) {
    const title = document.createElement('p');
    title.append(
      Object.assign(document.createElement('strong'), { textContent: heading.textContent }),
    );
    heading.replaceWith(title);
  }
  return `<div class="alert">${main?.innerHTML ?? NOT_OURS}</div>`;
}

export async function ask(address: string, init: RequestInit = {}): Promise<Answer> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(address, { ...init, headers: { Accept: 'text/html' } });
    text = await response.text();
  } catch (error) {
    if (init.signal?.aborted) throw error;
    return { ok: false, html: UNREACHABLE, isPassing: true };
  }
  if (response.ok) return { ok: true, html: text };
  return { ok: false, html: wordsOf(text), isPassing: PASSING.has(response.status) };
}

/** What the worker makes of a form. Its fields are a body, since they may be longer than an address. */
export function askAbout(
  fields: URLSearchParams,
  address: string,
  signal?: AbortSignal,
): Promise<Answer> {
  const asked = { method: 'POST', body: fields };
  return ask(address, signal === undefined ? asked : { ...asked, signal });
}

/** What is asked again stops what was asked before. */
export function latest(): () => AbortSignal {
  let controller = new AbortController();
  return () => {
    controller.abort();
    controller = new AbortController();
    return controller.signal;
  };
}
