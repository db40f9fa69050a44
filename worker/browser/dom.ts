// Elements that the page has by contract with the worker's HTML: one that is missing is a bug.

export function element<Kind extends Element>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new TypeError(`Cannot find #${id} on the page`);
}

/** Shows what would do nothing without a script. */
export function reveal(root: ParentNode): void {
  for (const each of root.querySelectorAll<HTMLElement>('.with-script')) each.hidden = false;
}

/** Puts HTML that the worker has made in the place of what is there. */
export function fill(target: Element, html: string): void {
  const template = document.createElement('template');
  template.innerHTML = html;
  target.replaceChildren(template.content);
}
