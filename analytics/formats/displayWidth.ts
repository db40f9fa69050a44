// How many columns of a terminal a text takes.

/** What terminals give two columns: the East Asian wide blocks, and emoji. */
const WIDE =
  /^(?:[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F)/u;

/** Joiners, marks and the like that stand alone. */
const NONE = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

const ASCII = /^[\x20-\x7e]*$/;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

function widthOf(grapheme: string): number {
  if (WIDE.test(grapheme)) return 2;
  return NONE.test(grapheme) ? 0 : 1;
}

export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOf(segment);
  return width;
}

/** As much of the text from its beginning as fits in; no character is taken apart. */
export function startThatFits(text: string, width: number): string {
  let end = 0;
  let left = width;
  for (const { segment, index } of graphemes.segment(text)) {
    left -= widthOf(segment);
    if (left < 0) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}
