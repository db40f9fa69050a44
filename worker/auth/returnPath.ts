// Where people go on after they have signed in: a path of this site, never an address elsewhere.

/** Longer ones do not fit into the cookie that carries them. */
const MAX_CHARACTERS = 2_000;

const HOME = '/';
const HERE = 'https://here.invalid';

/** The path and query that a browser would take `text` for; home when that leads elsewhere. */
export function returnPath(text: string | undefined): string {
  if (text === undefined || !text.startsWith('/') || !URL.canParse(text, HERE)) return HOME;
  const url = new URL(text, HERE);
  const path = url.pathname + url.search;
  // "/.//evil.example" is a path of this site that reads "//evil.example" once it is written out.
  const stays = url.origin === HERE && new URL(path, HERE).href === HERE + path;
  return stays && path.length <= MAX_CHARACTERS ? path : HOME;
}
