// Spending limits as arguments.
import { InvalidArgumentError } from "commander";

/** Reads a spending limit: dollars, with at most six digits after the point. */
export function parseLimit(text: string): number {
  const [, digits] = /^\$?(\d{1,6}(?:\.\d{1,6})?)$/.exec(text.trim()) ?? [];
  if (digits === undefined) throw new InvalidArgumentError("It must be an amount in US dollars, such as 0.50.");
  return Number(digits);
}
