// Texts as they stand in a shell's command line and in SQL. Both are copied into terminals, and a text may
// be a stranger's: control characters, which a terminal obeys, are spelled out.

/** A line feed is only another line. */
const PIECE = /(?<controls>[^\P{Cc}\n]+)|[\P{Cc}\n]+/gu;

/** What no POSIX shell reads anything into. */
const PLAIN = /^[\w%+,./:@=-]+$/;

function pieces(
  text: string,
  quote: (piece: string) => string,
  spellOut: (controls: string) => string,
): string[] {
  if (text === '') return [quote(text)];
  return [...text.matchAll(PIECE)].map(({ 0: piece, groups }) =>
    groups?.['controls'] === undefined ? quote(piece) : spellOut(piece),
  );
}

const octal = (byte: number) => `\\${byte.toString(8).padStart(3, '0')}`;

/** As one word of a POSIX shell: any text but NUL, which no argument can hold. */
export function shellWord(text: string): string {
  if (PLAIN.test(text)) return text;
  const word = pieces(
    text,
    (piece) => `'${piece.replaceAll("'", String.raw`'\''`)}'`,
    (controls) => `"$(printf '${[...new TextEncoder().encode(controls)].map(octal).join('')}')"`,
  );
  return word.join('');
}

/** A text of SQL. */
export function sqlText(text: string): string {
  const parts = pieces(
    text,
    (piece) => `'${piece.replaceAll("'", "''")}'`,
    (controls) => Array.from(controls, (each) => `chr(${each.codePointAt(0)})`).join(' || '),
  );
  return parts.join(' || ');
}
