// Numbers as people read them: counts with separators, ratios as percent.

const COUNT = new Intl.NumberFormat('en');
const percentWith = (digits: number) =>
  new Intl.NumberFormat('en', {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });

const PERCENT = percentWith(1);
/** Reports give ratios with 4 decimals. */
const EXACT_PERCENT = percentWith(2);

export const count = (number: number) => COUNT.format(number);
export const percent = (ratio: number) => PERCENT.format(ratio);
export const exactPercent = (ratio: number) => EXACT_PERCENT.format(ratio);
