// What each provider asks, which is the cheapest, why one cannot, and the user's limit.

import { byId, el, setInvalid } from "./dom.js";
import { money, moneyRange, providerName } from "./format.js";
import { fixButton, issueText } from "./problems.js";

const PROVIDERS = ["runpod", "runware"];

export const chosenProvider = () => document.querySelector("input[name=provider]:checked").value;

export function chooseProvider(choice) {
  for (const input of document.querySelectorAll("input[name=provider]")) {
    if (input.value === choice) input.checked = true;
  }
}

/** The limit in dollars: `undefined` where there is none, NaN where it is not an amount. */
export function spendingLimit() {
  const text = byId("limit")
    .value.trim()
    .replace(/^\$\s*/, "");
  if (text === "") return undefined;
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
}

/** Shows the quotes and checks the limit against the one that would be taken. */
export function showPrices(form, quotes, onFix) {
  const cheapest = quotes.find(({ available }) => available);
  for (const provider of PROVIDERS) {
    const quote = quotes.find((candidate) => candidate.provider === provider);
    const tag =
      quote && quote === cheapest ? el("span", { class: "tag good" }, "cheapest") : undefined;
    byId(`price-${provider}`).replaceChildren(
      ...[quote ? priceText(quote) : "no offer", tag].filter(Boolean),
    );
    showWhy(byId(`why-${provider}`), quote, form, onFix);
  }
  setText(
    byId("price-cheapest"),
    cheapest ? `${providerName(cheapest.provider)}, ${priceText(cheapest)}` : "none can yet",
  );

  const choice = chosenProvider();
  const taken =
    choice === "cheapest"
      ? cheapest
      : quotes.find((quote) => quote.provider === choice && quote.available);
  const isBusy = byId("submit").getAttribute("aria-disabled") === "true";
  setText(byId("submit"), isBusy ? "Submitting…" : submitText(taken));
  showLimit(taken);
}

function priceText(quote) {
  if (!quote.available) return "cannot";
  return quote.basis === "unknown" ? "price unknown" : moneyRange(quote.minUsd, quote.maxUsd);
}

function submitText(taken) {
  if (!taken) return "Film it";
  if (taken.basis === "range") return `Film it for up to ${money(taken.maxUsd)}`;
  return taken.basis === "unknown" ? "Film it, price unknown" : `Film it for ${priceText(taken)}`;
}

/** Says how the price comes about, or what stands against it. */
function showWhy(box, quote, form, onFix) {
  const state = JSON.stringify(quote ?? null);
  if (box.dataset.state === state) return;
  box.dataset.state = state;
  box.replaceChildren(
    ...(quote ? (quote.available ? priced(quote) : refused(quote, form, onFix)) : []),
  );
}

/** Warnings stand beside the fields already. */
function priced({ basis, reason, lines = [] }) {
  const texts = lines.map(({ label, minUsd, maxUsd }) => `${label}: ${moneyRange(minUsd, maxUsd)}`);
  if (basis === "approximate") texts.push("The provider's documents give this price roughly.");
  if (reason) texts.push(reason);
  return texts.map((text) => el("p", {}, text));
}

/** What is merely missing yet is one line; everything else is a problem to mend. */
function refused({ issues }, form, onFix) {
  const errors = issues.filter(({ severity }) => severity === "error");
  const missing = errors.filter(({ code }) => code === "missing").map(({ path }) => path);
  const others = errors.filter(({ code }) => code !== "missing");
  return [
    ...(missing.length > 0 ? [el("p", {}, `Still needs: ${missing.join(", ")}.`)] : []),
    ...others.map((issue) =>
      el("p", { class: "error" }, ...issueText(issue), fixButton(form, issue, onFix)),
    ),
  ];
}

function showLimit(taken) {
  const limit = spendingLimit();
  const problem =
    limit === undefined
      ? undefined
      : Number.isNaN(limit)
        ? "Write an amount such as 2.50."
        : taken?.maxUsd > limit
          ? `This may cost ${money(taken.maxUsd)}, more than you allow. Nothing would be sent.`
          : undefined;
  setInvalid(byId("limit"), problem !== undefined);
  byId("limit-problems").replaceChildren(
    ...(problem ? [el("li", { class: "error" }, problem)] : []),
  );
}

/** Changes a text only where it differs: what is live would be read out again otherwise. */
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
