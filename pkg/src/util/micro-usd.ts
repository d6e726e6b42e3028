// Dollars as integer micro-dollars: sums of them are exact.

const MICRO_USD = 1_000_000;
/** A sum of cents in binary, such as 4.35, may be this far below its micro-dollars. */
const ROUNDING = 1e-3;

/** Micro-dollars that are not more than the amount. */
export const toBudget = (usd: number): number => Math.floor(usd * MICRO_USD + ROUNDING);

/** The micro-dollars of a price, which is exact to them. */
export const toMicroUsd = (usd: number): number => Math.round(usd * MICRO_USD);

export const toUsd = (microUsd: number): number => microUsd / MICRO_USD;

/** An amount such as `$0.50`, with as many digits as it has. */
export function dollars(usd: number): string {
  const digits = toUsd(toMicroUsd(usd)).toFixed(6).replace(/0{1,4}$/, "");
  return `$${digits}`;
}
