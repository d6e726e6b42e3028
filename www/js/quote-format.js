// Quotes in groups and as text: what each costs, or why it is not available.

import { el } from "./dom.js";
import { money, moneyRange } from "./format.js";
import { fixButton, issueText } from "./issues.js";

const BASES = {
  exact: "Exact",
  range: "Depends",
  estimate: "Estimate",
  custom: "Your own price",
};

/**
 * Groups the quotes by model and provider; in a group, filmgate chooses the cheapest available listing.
 * Groups are sorted by price; if models are compared (`isAny`), retired ones come last.
 */
export function groupQuotes(quotes, isAny) {
  const groups = new Map();
  for (const quote of quotes) {
    const { model, provider } = quote;
    const key = `${model}@${provider}`;
    const group = groups.get(key) ?? { key, model, provider, available: [], unavailable: [], retired: true };
    (quote.available ? group.available : group.unavailable).push(quote);
    group.retired &&= isRetiredQuote(quote);
    groups.set(key, group);
  }
  const all = [...groups.values()];
  return isAny ? all.sort((a, b) => a.retired - b.retired) : all;
}

const isRetiredQuote = ({ warnings, issues }) =>
  (warnings ?? issues).some(({ code }) => code === "deprecated_model");

export function priceText(quote) {
  if (!quote) return "unavailable";
  if (quote.basis === "unknown") return "price unknown";
  const range = moneyRange(quote.minUsd, quote.maxUsd);
  return quote.basis === "estimate" ? `about ${range}` : range;
}

export function submitText(quote) {
  if (!quote) return "Generate";
  if (quote.basis === "unknown") return "Generate, price unknown";
  if (quote.basis === "range") return `Generate for up to ${money(quote.maxUsd)}`;
  return `Generate for ${priceText(quote)}`;
}

/** The price basis of a group and the listing that is used; shorter if many are compared. */
export function availableReasons({ available: [selected, ...others], unavailable }, isShort) {
  const isOneOfSeveral = others.length + unavailable.length > 0;
  const name = isOneOfSeveral ? [el("code", {}, selected.providerModelId), ": "] : [];
  const items = selected.lineItems ?? [];
  const isKnown = isShort && selected.basis === "estimate";
  const basis = BASES[selected.basis] ? `${BASES[selected.basis]}: ` : "";
  const text =
    items.length === 1
      ? `${basis}${items[0].description}.`
      : items
          .map(({ description, minUsd, maxUsd }) => `${description}: ${moneyRange(minUsd, maxUsd)}`)
          .join("; ");
  return [
    ...(text || isOneOfSeveral ? [el("p", {}, ...name, text || "used for this request.")] : []),
    ...(selected.reason && !isKnown ? [el("p", {}, selected.reason)] : []),
    ...others.map((quote) =>
      el(
        "p",
        {},
        el("code", {}, quote.providerModelId),
        `: ${priceText(quote)}, used only if the first is rejected.`,
      ),
    ),
  ];
}

/** Why a listing is not available, in one line: missing fields first. */
export function unavailableText({ issues }) {
  const { missing, others } = sortErrors(issues);
  const required = missing.length > 0 ? [`Still required: ${missing.join(", ")}. `] : [];
  return [...required, ...others.flatMap((issue) => [...issueText(issue), " "])];
}

/** The same, with a button for each issue that can be fixed here. */
export function unavailableReasons(form, { issues }, onFix) {
  const { missing, others } = sortErrors(issues);
  return [
    ...(missing.length > 0 ? [el("p", {}, `Still required: ${missing.join(", ")}.`)] : []),
    ...others.map((issue) =>
      el("p", { class: "error" }, ...issueText(issue), fixButton(form, issue, onFix)),
    ),
  ];
}

/** The fields that are still missing, and the errors to fix. */
function sortErrors(issues) {
  const errors = issues.filter(({ severity }) => severity === "error");
  const isMissing = ({ code, path }) => code === "required" && path !== "";
  return {
    missing: [...new Set(errors.filter(isMissing).map(({ path }) => path))],
    others: errors.filter((issue) => !isMissing(issue)),
  };
}

/** How many errors keep a listing from being available. */
export const countErrors = ({ issues }) =>
  issues.filter(({ severity }) => severity === "error").length;
