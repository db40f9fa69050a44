// A script of SQL as its statements. Knows only what can hide a semicolon: strings, quoted names and
// comments, nested up to three deep; whether a statement is right is DuckDB's to say.

const comment = (inner: string) => String.raw`\/\*(?:${inner}(?!\*\/|\/\*)[\s\S])*\*\/`;
const NESTED_COMMENT = comment(`${comment(`${comment('')}|`)}|`);

const BLANK = String.raw`\s+|--[^\n\r]*|${NESTED_COMMENT}`;
const QUOTED = [
  String.raw`\be'(?:\\[\s\S]|''|[^'\\])*'`,
  String.raw`'(?:''|[^'])*'`,
  String.raw`"(?:""|[^"])*"`,
  String.raw`\$(?<tag>(?:[a-z_\x80-\uffff][\w\x80-\uffff]*)?)\$[\s\S]*?\$\k<tag>\$`,
].join('|');
const NEXT_BLANK = new RegExp(BLANK, 'y');
const TOKEN = new RegExp(`(?<blank>${BLANK})|(?<end>;)|${QUOTED}|[^]`, 'gi');

/** Where in the SQL the first token stands, at the index or behind blanks and comments after it. */
export function tokenAfter(sql: string, index: number): number {
  let place = index;
  for (;;) {
    NEXT_BLANK.lastIndex = place;
    if (!NEXT_BLANK.test(sql)) return place;
    place = NEXT_BLANK.lastIndex;
  }
}

/**
 * Each statement stands at its place, behind blanks for all that comes before it, so that the lines
 * and columns in DuckDB's messages are the script's.
 */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let before = '';
  let statement = '';
  let isBlank = true;

  function end(): void {
    if (!isBlank) statements.push(before + statement);
    before += statement.replaceAll(/[^\n]/g, ' ');
    statement = '';
    isBlank = true;
  }

  for (const { 0: token, groups } of script.matchAll(TOKEN)) {
    if (groups?.['end'] !== undefined) {
      end();
      before += ' ';
      continue;
    }
    statement += token;
    isBlank &&= groups?.['blank'] !== undefined;
  }
  end();
  return statements;
}
