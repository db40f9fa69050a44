// Texts out of DuckDB as they are: on its way out of node-api a text loses a byte order mark in front, so
// that each travels behind a sign.

const SIGN = '.';

/** The SQL expression as a text that {@link exactText} reads; null for null. */
export function signed(expression: string): string {
  return `'${SIGN}' || ${expression}`;
}

/** Empty for null, as in a CSV. */
export function exactText(value: unknown): string {
  return typeof value === 'string' ? value.slice(SIGN.length) : '';
}
