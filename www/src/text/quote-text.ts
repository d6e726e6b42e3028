// Quotes as text: what each costs, or why it is not available.

import type { Issue, UnavailableQuote } from "filmgate";
import type { OpenQuote, QuoteGroup } from "../state/quotes.js";
import { money, moneyRange } from "./format.js";

const BASES: Record<string, string> = {
  exact: "Exact",
  range: "Depends",
  estimate: "Estimate",
  custom: "Your own price",
};

export function priceText(quote: OpenQuote | undefined): string {
  if (!quote) return "unavailable";
  if (!("maxUsd" in quote)) return "price unknown";
  const range = moneyRange(quote.minUsd, quote.maxUsd);
  return quote.basis === "estimate" ? `about ${range}` : range;
}

/** `highestUsd`: of all listings that may get the request; NaN if one price is unknown. */
export function submitText(quote: OpenQuote | undefined, highestUsd = 0): string {
  if (!quote) return "Generate";
  if (!("maxUsd" in quote)) return "Generate, price unknown";
  if (Number.isNaN(highestUsd)) return `Generate for ${priceText(quote)} or more, a price is unknown`;
  if (quote.basis === "range" || highestUsd > quote.maxUsd) return `Generate for up to ${money(Math.max(quote.maxUsd, highestUsd))}`;
  return `Generate for ${priceText(quote)}`;
}

/** `$0.02 / s`, if the price and the duration are known. */
export function perSecondText(quote: OpenQuote | undefined, seconds: number): string | undefined {
  if (!quote || !("maxUsd" in quote) || quote.minUsd !== quote.maxUsd || !(seconds > 0)) return undefined;
  return `${money(Math.round((quote.maxUsd / seconds) * 1e4) / 1e4)} / s`;
}

/** The price basis of a group and the listing that is used, a sentence each; shorter if many are compared. */
export function availableReasons({ available, unavailable }: QuoteGroup, isShort: boolean): string[] {
  const [selected, ...others] = available;
  if (!selected) return [];
  const isOneOfSeveral = others.length + unavailable.length > 0;
  const items = "lineItems" in selected ? selected.lineItems : [];
  const basis = BASES[selected.basis] ? `${BASES[selected.basis]}: ` : "";
  const text =
    items.length === 1
      ? `${basis}${items[0]!.description}.`
      : items.map(({ description, minUsd, maxUsd }) => `${description}: ${moneyRange(minUsd, maxUsd)}`).join("; ");
  const name = isOneOfSeveral ? `\`${selected.providerModelId}\`: ` : "";
  const first = text || isOneOfSeveral ? [`${name}${text || "used for this request."}`] : [];
  const isKnown = isShort && selected.basis === "estimate";
  const reason = selected.reason && !isKnown ? [selected.reason] : [];
  const rest = others.map((quote) => `\`${quote.providerModelId}\`: ${priceText(quote)}, used only if the first is rejected.`);
  return [...first, ...reason, ...rest];
}

/** The fields that are still missing, and the errors to fix. */
export function sortErrors({ issues }: Pick<UnavailableQuote, "issues">): { missing: string[]; others: Issue[] } {
  const errors = issues.filter(({ severity }) => severity === "error");
  const isMissing = ({ code, path }: Issue) => code === "required" && path !== "";
  return {
    missing: [...new Set(errors.filter(isMissing).map(({ path }) => path))],
    others: errors.filter((issue) => !isMissing(issue)),
  };
}

/** Why a listing is not available, in one line: missing fields first. */
export function unavailableText(quote: UnavailableQuote): string {
  const { missing, others } = sortErrors(quote);
  const required = missing.length > 0 ? [`Still required: ${missing.join(", ")}.`] : [];
  return [...required, ...others.map(issueText)].join(" ");
}

/** The message, with the allowed values. Names in backticks are code. */
export function issueText({ message, allowed }: Issue): string {
  const values = allowed && allowed.length > 0 ? ` Allowed: ${allowed.join(", ")}.` : "";
  return `${message}${values}`;
}

/** How many errors keep a listing from being available. */
export const countErrors = ({ issues }: { issues: Issue[] }): number =>
  issues.filter(({ severity }) => severity === "error").length;
