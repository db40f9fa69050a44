// How the reports write a ratio.

/** With 4 decimals, half a unit of the last one rounded up. */
export function fourDecimals(numerator: bigint, denominator: bigint): string {
  const tenThousandths = (20_000n * numerator + denominator) / (2n * denominator);
  const digits = String(tenThousandths).padStart(5, '0');
  return `${digits.slice(0, -4)}.${digits.slice(-4)}`;
}
