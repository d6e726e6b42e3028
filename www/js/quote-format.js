// Quotes in groups and in words: what each offer costs, and why one cannot be had.

import { el } from "./dom.js";
import { money, moneyRange } from "./format.js";
import { fixButton, issueText } from "./issues.js";

const BASES = {
  exact: "Exact",
  range: "Depends",
  approximate: "Roughly",
  caller: "By your own price",
};

/**
 * The listings of a model at a provider, in one group: of those that can, filmgate takes the cheapest.
 * Groups come cheapest first; where models are compared, retired ones come after all that are still sold.
 */
export function groupQuotes(quotes, isAny) {
  const groups = new Map();
  for (const quote of quotes) {
    const { model, provider } = quote;
    const key = `${model}@${provider}`;
    const group = groups.get(key) ?? { key, model, provider, able: [], refused: [], retired: true };
    (quote.available ? group.able : group.refused).push(quote);
    group.retired &&= saysRetired(quote);
    groups.set(key, group);
  }
  const all = [...groups.values()];
  return isAny ? all.sort((a, b) => a.retired - b.retired) : all;
}

const saysRetired = ({ warnings, issues }) =>
  (warnings ?? issues).some(({ code }) => code === "deprecated_model");

export function priceText(quote) {
  if (!quote) return "cannot";
  if (quote.basis === "unknown") return "price unknown";
  const range = moneyRange(quote.minUsd, quote.maxUsd);
  return quote.basis === "estimate" ? `about ${range}` : range;
}

export function submitText(quote) {
  if (!quote) return "Film it";
  if (quote.basis === "unknown") return "Film it, price unknown";
  if (quote.basis === "range") return `Film it for up to ${money(quote.maxUsd)}`;
  return `Film it for ${priceText(quote)}`;
}

/** How the price of a group comes about and which listing it will be; shorter where many are compared. */
export function whyAble({ able: [taken, ...others], refused }, isShort) {
  const isOneOfSeveral = others.length + refused.length > 0;
  const name = isOneOfSeveral ? [el("code", {}, taken.providerModelId), ": "] : [];
  const lines = taken.lines ?? [];
  const isKnown = isShort && taken.basis === "estimate";
  const basis = BASES[taken.basis] ? `${BASES[taken.basis]}: ` : "";
  const words =
    lines.length === 1
      ? `${basis}${lines[0].label}.`
      : lines
          .map(({ label, minUsd, maxUsd }) => `${label}: ${moneyRange(minUsd, maxUsd)}`)
          .join("; ");
  return [
    ...(words || isOneOfSeveral ? [el("p", {}, ...name, words || "it will be this one.")] : []),
    ...(taken.reason && !isKnown ? [el("p", {}, taken.reason)] : []),
    ...others.map((quote) =>
      el(
        "p",
        {},
        el("code", {}, quote.providerModelId),
        `: ${priceText(quote)}, taken only where that one is refused.`,
      ),
    ),
  ];
}

/** Why a listing cannot, in a line: what is missing yet first. */
export function refusalText({ issues }) {
  const { missing, others } = sortErrors(issues);
  const needs = missing.length > 0 ? [`Still needs: ${missing.join(", ")}. `] : [];
  return [...needs, ...others.flatMap((issue) => [...issueText(issue), " "])];
}

/** The same with a button for each problem that can be mended here. */
export function refusalLines(form, { issues }, onFix) {
  const { missing, others } = sortErrors(issues);
  return [
    ...(missing.length > 0 ? [el("p", {}, `Still needs: ${missing.join(", ")}.`)] : []),
    ...others.map((issue) =>
      el("p", { class: "error" }, ...issueText(issue), fixButton(form, issue, onFix)),
    ),
  ];
}

/** The fields that are merely missing yet, and what is to be mended. */
function sortErrors(issues) {
  const errors = issues.filter(({ severity }) => severity === "error");
  const isMissing = ({ code, path }) => code === "required" && path !== "";
  return {
    missing: [...new Set(errors.filter(isMissing).map(({ path }) => path))],
    others: errors.filter((issue) => !isMissing(issue)),
  };
}

/** How far a listing is from being able to. */
export const countErrors = ({ issues }) =>
  issues.filter(({ severity }) => severity === "error").length;
