// Amounts are integers of micro-dollars; dollars are for people and for the client's options.
const MICRO_USD_PER_USD = 1_000_000;

export const microUsd = (usd: number): number => Math.round(usd * MICRO_USD_PER_USD);
export const usd = (micro: number): number => micro / MICRO_USD_PER_USD;

/** An amount such as `$0.50`, with as many digits as it has. */
export const dollars = (micro: number): string => `$${usd(micro).toFixed(6).replace(/0{1,4}$/, "")}`;
