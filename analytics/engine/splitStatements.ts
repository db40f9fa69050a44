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
const TOKEN = new RegExp(`(?<blank>${BLANK})|(?<end>;)|${QUOTED}|[^]`, 'gi');

/**
 * Each statement stands behind as many line breaks as in the script, so that the lines in DuckDB's
 * messages are the script's.
 */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let lines = '';
  let statement = '';
  let isBlank = true;

  function end(): void {
    if (!isBlank) statements.push(lines + statement);
    lines += statement.replaceAll(/[^\n]/g, '');
    statement = '';
    isBlank = true;
  }

  for (const { 0: token, groups } of script.matchAll(TOKEN)) {
    if (groups?.['end'] !== undefined) {
      end();
      continue;
    }
    statement += token;
    isBlank &&= groups?.['blank'] !== undefined;
  }
  end();
  return statements;
}
