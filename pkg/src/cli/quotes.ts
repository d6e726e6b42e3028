// Prices and issues as text.
import { dollars } from "../util/micro-usd.js";
import type { Terminal } from "./terminal.js";
import type { Issue, Quote, ValidationResult } from "../types/index.js";

/** `$0.50`, `$0.50 to $0.80`, or `unknown`. */
export function priceOf(quote: Quote): string {
  if (!quote.available || quote.basis === "unknown") return "unknown";
  const { minUsd, maxUsd } = quote;
  return minUsd === maxUsd ? dollars(maxUsd) : `${dollars(minUsd)} to ${dollars(maxUsd)}`;
}

/** Why a listing is unavailable, why its price is not exact, or what it warns about, in one line. */
export function remarkOf(quote: Quote): string {
  const issues = quote.available ? quote.warnings : quote.issues.filter(({ severity }) => severity === "error");
  const reason = "reason" in quote ? [quote.reason] : [];
  return [...reason, ...issues.map(({ message }) => message)].join(" ");
}

/** Writes each problem of a request to stderr, once. */
export function noteProblems(terminal: Terminal, { issues, listings }: ValidationResult): void {
  const all = [...issues, ...listings.flatMap((listing) => listing.issues)];
  for (const text of new Set(all.map(issueText))) terminal.note(terminal.err[text.startsWith("error") ? "red" : "yellow"](text));
}

export const issueText = ({ severity, path, message }: Issue): string => `${severity}: ${path ? `${path}: ` : ""}${message}`;
