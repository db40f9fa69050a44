// The rates that charts show, each told from the others by its line and its mark besides its colour.

import { html } from 'hono/html';

export interface Series {
  /** Its class in the style, and what its mark is found by. */
  readonly key: 'resolution' | 'handoff' | 'recontact';
  /** The report's column. */
  readonly column: string;
  readonly name: string;
  /** Short enough for the end of a line. */
  readonly shortName: string;
  /** An SVG path around the origin. */
  readonly mark: string;
}

export const RESOLUTION: Series = {
  key: 'resolution',
  column: 'Resolution Rate',
  name: 'Resolution rate',
  shortName: 'Resolved',
  mark: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z',
};
const HANDOFF: Series = {
  key: 'handoff',
  column: 'Handoff Rate',
  name: 'Handoff rate',
  shortName: 'Handed off',
  mark: 'M-3.5-3.5h7v7h-7z',
};
export const RECONTACT: Series = {
  key: 'recontact',
  column: 'Recontact Rate',
  name: 'Recontact rate',
  shortName: 'Recontacted',
  mark: 'M0-5L4.5 3.5h-9z',
};

export const RATES: readonly Series[] = [RESOLUTION, HANDOFF, RECONTACT];

/** Where a mark is drawn again from. */
export const markId = ({ key }: Series) => `mark-${key}`;

/** A piece of the line with its mark, as a legend shows it; the marks of the chart are made of it. */
export function swatch(series: Series) {
  return html`<svg class="swatch" width="36" height="14" aria-hidden="true"><path class="line ${series.key}" d="M0 7h36"/><svg x="18" y="7" overflow="visible"><path id="${markId(series)}" class="mark ${series.key}" d="${series.mark}"/></svg></svg>`;
}
