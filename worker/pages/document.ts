// The frame of every page: one heading, one column, the system's own fonts and colours. No scripts,
// no files besides the page.

import { html, raw } from 'hono/html';

type Html = ReturnType<typeof html>;

const STYLE = `
:root {
  color-scheme: light dark; background: Canvas; color: CanvasText;
  --line: #8a8f98; --quiet: #50555e; --accent: #0b5bd3; --accent-text: #0b4fb8; --on-accent: #fff;
  --chosen: #eaf2ff; --good: #1a7f37; --bad: #c62828;
}
@media (prefers-color-scheme: dark) {
  :root {
    --line: #767c86; --quiet: #b4bac4; --accent: #7db1ff; --accent-text: #9cc4ff; --on-accent: #08213f;
    --chosen: #16283f; --good: #4cc26b; --bad: #ff8a80;
  }
}
a { color: var(--accent-text); }
[hidden] { display: none !important; }
.visually-hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
body { max-width: 38rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.25rem 0 0.5rem; }
h2 { font-size: 1.1rem; margin: 0; }
h3 { font-size: 1rem; margin: 1rem 0 0; }
p { margin: 0.25rem 0; }
fieldset { border: 1px solid var(--line); border-radius: 0.5rem; margin: 1.25rem 0; padding: 0.5rem 1rem 1rem; }
legend { font-weight: 600; padding: 0 0.25rem; }
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 0.75rem 1rem; }
label { display: block; }
input, select, button { box-sizing: border-box; font: inherit; min-height: 2.75rem; border-radius: 0.375rem; }
input, select { width: 100%; padding: 0.25rem 0.5rem; border: 1px solid var(--line); }
button { margin-top: 0.5rem; padding: 0.25rem 1rem; border: 1px solid; font-weight: 600; cursor: pointer; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
section + section { margin-top: 1.25rem; }
dt { margin-top: 0.5rem; }
dd { margin: 0 0 0 1.5rem; }
code { font-size: 0.9em; overflow-wrap: anywhere; }
pre { overflow-wrap: anywhere; white-space: pre-wrap; }
.quiet { font-size: 0.9rem; color: var(--quiet); }
`;

/** A whole page, with a style of its own if it needs one. The Content-Security-Policy names the nonce. */
export function document(
  title: string,
  nonce: string | undefined,
  content: Html,
  style = '',
): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style nonce="${nonce}">${raw(STYLE + style)}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`;
}
