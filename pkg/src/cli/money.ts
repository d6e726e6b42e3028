// Amounts in micro-dollars: sums are exact.
import { InvalidArgumentError } from "commander";

const MICRO_USD_PER_USD = 1_000_000;

export const microUsd = (usd: number): number => Math.round(usd * MICRO_USD_PER_USD);
export const usd = (micro: number): number => micro / MICRO_USD_PER_USD;

/** An amount such as `$0.50`, with as many digits as it has. */
export function dollars(amount: number): string {
  const digits = (microUsd(amount) / MICRO_USD_PER_USD).toFixed(6).replace(/0{1,4}$/, "");
  return `$${digits}`;
}

/** Reads a spending limit: dollars, with at most six digits after the point. */
export function parseLimit(text: string): number {
  const [, digits] = /^\$?(\d{1,6}(?:\.\d{1,6})?)$/.exec(text.trim()) ?? [];
  if (digits === undefined) throw new InvalidArgumentError("It must be an amount in US dollars, such as 0.50.");
  return Number(digits);
}
