// The available quotes, cheapest first; the unavailable ones with their reasons; and the user's choice
// with a spending limit. With a model, the choice is between its providers; without one, between all
// models at all providers.

import { byId, el, prose, setInvalid } from "./dom.js";
import { money, providerName } from "./format.js";
import {
  countErrors,
  groupQuotes,
  priceText,
  unavailableReasons,
  unavailableText,
  submitText,
  availableReasons,
} from "./quote-format.js";

const CHEAPEST = "cheapest";
const PROVIDERS = ["runpod", "runware"];
// Further rows are collapsed.
const MAX_OPEN_ROWS = 5;

/** The limit in US dollars: `undefined` if there is none, NaN if it is not an amount. */
export function spendingLimit() {
  const text = byId("limit")
    .value.trim()
    .replace(/^\$\s*/, "");
  if (text === "") return undefined;
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
}

/** `nameOf(model)`; `onPick()` when the choice has changed; `onModel(id)`; `onFix(fix)`. */
export function createQuotesPanel(form, { nameOf, onPick, onModel, onFix }) {
  const box = byId("quotes");
  const rows = byId("quote-rows");
  const unavailable = byId("unavailable");
  let picked = CHEAPEST;
  let groups = [];
  let isAny = false;
  let hasKey = () => true;
  let label;

  box.addEventListener("change", ({ target }) => {
    picked = target.value;
    onPick();
  });
  const valueOf = (group) => (isAny ? group.key : group.provider);
  // A retired model is used only if the user selects it.
  const isEligible = ({ available, retired, provider }) =>
    available.length > 0 && hasKey(provider) && !(isAny && retired);
  const cheapest = () => groups.find(isEligible);
  const selected = () =>
    picked === CHEAPEST ? cheapest() : groups.find((group) => valueOf(group) === picked);
  const checkPicked = () => {
    for (const input of box.querySelectorAll("input")) input.checked = input.value === picked;
  };

  const show = () => {
    const best = cheapest();
    if (picked !== CHEAPEST && !selected()) picked = CHEAPEST;
    const view = { form, nameOf, onFix, isAny, hasKey, valueOf, best };
    const withKey = PROVIDERS.filter(hasKey);
    draw(rows, [groups, withKey, isAny && picked], () =>
      isAny ? anyRows(groups, picked, view) : modelRows(groups, view),
    );
    checkPicked();
    const excluded = isAny
      ? groups.flatMap((group) => group.unavailable.map((quote) => ({ quote, group })))
      : [];
    unavailable.hidden = excluded.length === 0;
    const isBlank = groups.every(({ available }) => available.length === 0) && groups.some(onlyLacks);
    unavailable.firstElementChild.textContent = isBlank
      ? `What each of the ${excluded.length} listings requires`
      : `${excluded.length} unavailable`;
    draw(unavailable.lastElementChild, excluded, () => unavailableItems(excluded, nameOf, onModel));
    setText(byId("quotes-count"), isAny ? countText(groups) : "");
    const bestText = best
      ? `${listingName(best, view)}, ${priceText(best.available[0])}`
      : "none available yet";
    setText(byId("price-cheapest"), bestText);
    const quote = selected()?.available[0];
    setText(byId("submit"), label ?? submitText(quote));
    showLimit(quote);
  };

  return {
    picked: () => picked,
    pick(value) {
      picked = value;
      checkPicked();
    },
    /** Shows new quotes. `lacksKey(provider)`: it can quote but not submit. `label`: the button's own, if it does not submit. */
    show(quotes, { isAny: any, lacksKey, label: own }) {
      label = own;
      groups = groupQuotes(quotes, any);
      isAny = any;
      const lacksAllKeys = PROVIDERS.every(lacksKey);
      hasKey = (provider) => lacksAllKeys || !lacksKey(provider);
      show();
    },
    /**
     * What is submitted. With a model: the chosen provider option. Without one: the selected model at its
     * provider only, so that a rejection never falls back to another model.
     */
    target() {
      const group = isAny ? selected() : undefined;
      if (group) return { model: group.model, provider: group.provider };
      return { provider: isAny ? CHEAPEST : picked };
    },
  };
}

const listingName = ({ model, provider }, { isAny, nameOf }) =>
  isAny ? `${nameOf(model)} at ${providerName(provider)}` : providerName(provider);

/** A row for each provider of the model, in a fixed order. */
function modelRows(groups, view) {
  const ordered = PROVIDERS.flatMap((id) => groups.filter(({ provider }) => provider === id));
  return ordered.map((group) => row(group, view));
}

/** The cheapest rows, and the other available ones collapsed. */
function anyRows(groups, picked, view) {
  const available = groups.filter((group) => group.available.length > 0);
  const lost = groups.filter((group) => group.available.length === 0 && view.valueOf(group) === picked);
  const open = [...lost, ...available.slice(0, MAX_OPEN_ROWS)];
  const collapsed = available.slice(MAX_OPEN_ROWS);
  if (collapsed.length === 0) return open.map((group) => row(group, view));
  return [
    ...open.map((group) => row(group, view)),
    el(
      "details",
      { id: "quotes-more", open: collapsed.some((group) => view.valueOf(group) === picked) },
      el("summary", {}, `${collapsed.length} more available`),
      ...collapsed.map((group) => row(group, view)),
    ),
  ];
}

function row(group, view) {
  const value = view.valueOf(group);
  const [quote] = group.available;
  const tags = [
    view.isAny && el("span", { class: "tag" }, providerName(group.provider)),
    view.isAny && group.retired && el("span", { class: "tag" }, "retired"),
    view.hasKey(group.provider) || el("span", { class: "tag" }, "no key"),
  ];
  return el(
    "div",
    { class: "quote", "data-quote": value },
    el(
      "label",
      {},
      el("input", { type: "radio", name: "provider", value, "aria-describedby": `why-${value}` }),
      el(
        "span",
        { class: "quote-name" },
        el("strong", {}, view.isAny ? view.nameOf(group.model) : providerName(group.provider)),
        ...tags.filter((tag) => tag instanceof Node),
      ),
      el(
        "span",
        { class: "price", id: `price-${value}` },
        priceText(quote),
        group === view.best ? el("span", { class: "tag good" }, "cheapest") : undefined,
      ),
    ),
    el("div", { class: "why", id: `why-${value}` }, ...why(group, view)),
  );
}

/** With a model, warnings are already shown beside the fields. */
function why(group, { form, onFix, isAny }) {
  const { available, unavailable } = group;
  if (available.length === 0) {
    return unavailable.flatMap((quote) => [
      ...(unavailable.length > 1 ? [el("p", {}, el("code", {}, quote.providerModelId))] : []),
      ...unavailableReasons(form, quote, onFix),
    ]);
  }
  const warnings = isAny ? available[0].warnings : [];
  return [
    ...availableReasons(group, isAny),
    ...warnings.map(({ message }) => el("p", { class: "warning" }, ...prose(message))),
    ...(isAny ? [] : unavailable).map((quote) =>
      el("p", {}, el("code", {}, quote.providerModelId), " unavailable. ", ...unavailableText(quote)),
    ),
  ];
}

/** The closest first; a button chooses the model, which shows its issues beside the fields. */
function unavailableItems(excluded, nameOf, onModel) {
  return excluded
    .toSorted((a, b) => countErrors(a.quote) - countErrors(b.quote))
    .map(({ quote, group: { key, model, provider, available, unavailable, retired } }) => {
      const name = nameOf(model);
      const choose = {
        type: "button",
        class: "small",
        "aria-label": `Choose ${name}`,
        onclick: () => onModel(model),
      };
      const isOneOfSeveral = available.length + unavailable.length > 1;
      return el(
        "li",
        { "data-unavailable": key },
        el("button", choose, "Choose"),
        el("strong", {}, name),
        " ",
        el("span", { class: "tag" }, providerName(provider)),
        retired ? el("span", { class: "tag" }, "retired") : undefined,
        el(
          "p",
          {},
          ...(isOneOfSeveral ? [el("code", {}, quote.providerModelId), ": "] : []),
          ...unavailableText(quote),
        ),
      );
    });
}

function countText(groups) {
  const count = (kind) => groups.reduce((sum, group) => sum + group[kind].length, 0);
  const available = count("available");
  const all = available + count("unavailable");
  if (available > 0) return `${available} of ${all} listings can generate this video.`;
  return groups.some(onlyLacks)
    ? "Describe the video to see which listings can generate it, and at what price."
    : "No listing accepts this request as it is.";
}

/** Whether a listing of the group only misses required fields. */
const onlyLacks = ({ unavailable }) =>
  unavailable.some(({ issues }) =>
    issues.every(({ severity, code }) => severity !== "error" || code === "required"),
  );

const drawn = new WeakMap();
/** Whether the details of a box were open when it last had some. */
const opened = new WeakMap();

/** Redraws only what has changed, and keeps the focus and the open details. */
function draw(box, state, nodes) {
  const text = JSON.stringify(state);
  if (drawn.get(box) === text) return;
  drawn.set(box, text);
  const focused = box.contains(document.activeElement) ? document.activeElement.value : undefined;
  const before = box.querySelector("details");
  if (before) opened.set(box, before.open);
  box.replaceChildren(...nodes());
  const details = box.querySelector("details");
  if (details && opened.get(box)) details.open = true;
  if (focused) box.querySelector(`input[value="${CSS.escape(focused)}"]`)?.focus();
}

function showLimit(quote) {
  const limit = spendingLimit();
  const message = limitIssue(limit, quote);
  setInvalid(byId("limit"), message !== undefined);
  byId("limit-issues").replaceChildren(
    ...(message ? [el("li", { class: "error" }, message)] : []),
  );
}

function limitIssue(limit, quote) {
  if (limit === undefined) return undefined;
  if (Number.isNaN(limit)) return "Not an amount. Enter a number such as 2.50.";
  if (quote?.basis === "unknown") {
    return "The price is unknown, so no limit can cover it. Nothing would be sent.";
  }
  if (!(quote?.maxUsd > limit)) return undefined;
  return `This may cost ${money(quote.maxUsd)}, more than the limit. Nothing would be sent.`;
}

/** Changes a text only if it differs: a live region would be announced again. */
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
