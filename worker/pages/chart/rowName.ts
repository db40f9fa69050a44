// What a row is about, in words: the cells that name it, or that there is nothing in them.

import { html } from 'hono/html';
import type { Row } from '../../reportRows.ts';

export interface RowName {
  /** The narrowest name that the row has. */
  readonly text: string;
  /** The wider one that it belongs to. */
  readonly of: string | undefined;
}

const ABSENT: Readonly<Record<string, string>> = {
  Channel: 'No channel',
  'Gladly Agent': 'No agent',
  Guide: 'No guide',
  'Handoff Category': 'No category',
  'Handoff Subcategory': 'No subcategory',
};

/** For a cell without a name in it. */
export const absent = (column: string) => ABSENT[column] ?? '';

const EVERYTHING: RowName = { text: 'All sessions', of: undefined };

/** Whether the row is about a part of what the report counts. */
export const isNamed = (row: Row, columns: readonly string[]) =>
  columns.some((column) => column in row);

export function rowName(row: Row, columns: readonly string[]): RowName {
  const [widest] = columns.filter((column) => column in row);
  if (widest === undefined) return EVERYTHING;
  const found = columns.map((column) => row[column]).filter((cell) => typeof cell === 'string');
  const text = found.at(-1) ?? absent(widest);
  return { text, of: found.length > 1 ? found[0] : undefined };
}

/** For grouping rows of the same name. */
export const nameKey = ({ text, of }: RowName) => JSON.stringify([of, text]);

/** Names are of any language and direction. */
export function nameHtml({ text, of }: RowName) {
  return html`<bdi class="name">${text}</bdi>${of === undefined ? '' : html` <bdi class="quiet name">${of}</bdi>`}`;
}
