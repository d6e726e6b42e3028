// Who can make the video and for how much, cheapest first; who cannot, and why; and the user's choice
// among them with its limit. With a model chosen the choice is between its providers, without one it is
// between all models at all providers.

import { byId, el, prose, setInvalid } from "./dom.js";
import { money, providerName } from "./format.js";
import {
  countErrors,
  groupQuotes,
  priceText,
  refusalLines,
  refusalText,
  submitText,
  whyAble,
} from "./quote-format.js";

const CHEAPEST = "cheapest";
const PROVIDERS = ["runpod", "runware"];
// More rows than these are folded away.
const MOST_ROWS = 5;

/** The limit in dollars: `undefined` where there is none, NaN where it is not an amount. */
export function spendingLimit() {
  const text = byId("limit")
    .value.trim()
    .replace(/^\$\s*/, "");
  if (text === "") return undefined;
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
}

/** `nameOf(model)`; `onPick()` when the choice has changed; `onModel(id)`; `onFix(fix)`. */
export function createOffers(form, { nameOf, onPick, onModel, onFix }) {
  const box = byId("offers");
  const rows = byId("offer-rows");
  const refused = byId("refused");
  let picked = CHEAPEST;
  let groups = [];
  let isAny = false;
  let isKeyed = () => true;

  box.addEventListener("change", ({ target }) => {
    picked = target.value;
    onPick();
  });
  const valueOf = (group) => (isAny ? group.key : group.provider);
  // A retired model is filmed with by choice alone.
  const isEligible = ({ able, retired, provider }) =>
    able.length > 0 && isKeyed(provider) && !(isAny && retired);
  const cheapest = () => groups.find(isEligible);
  const chosen = () =>
    picked === CHEAPEST ? cheapest() : groups.find((group) => valueOf(group) === picked);
  const check = () => {
    for (const input of box.querySelectorAll("input")) input.checked = input.value === picked;
  };

  const show = () => {
    const best = cheapest();
    if (picked !== CHEAPEST && !chosen()) picked = CHEAPEST;
    const view = { form, nameOf, onFix, isAny, isKeyed, valueOf, best };
    const keyed = PROVIDERS.filter(isKeyed);
    draw(rows, [groups, keyed, isAny && picked], () =>
      isAny ? anyRows(groups, picked, view) : modelRows(groups, view),
    );
    check();
    const cannot = isAny
      ? groups.flatMap((group) => group.refused.map((quote) => ({ quote, group })))
      : [];
    refused.hidden = cannot.length === 0;
    const isBlank = groups.every(({ able }) => able.length === 0) && groups.some(onlyLacks);
    refused.firstElementChild.textContent = isBlank
      ? `What each of the ${cannot.length} needs`
      : `${cannot.length} cannot: why?`;
    draw(refused.lastElementChild, cannot, () => refusals(cannot, nameOf, onModel));
    setText(byId("offers-count"), isAny ? countText(groups) : "");
    const bestText = best ? `${whose(best, view)}, ${priceText(best.able[0])}` : "none can yet";
    setText(byId("price-cheapest"), bestText);
    const taken = chosen()?.able[0];
    const isBusy = byId("submit").getAttribute("aria-disabled") === "true";
    setText(byId("submit"), isBusy ? "Submitting…" : submitText(taken));
    showLimit(taken);
  };

  return {
    picked: () => picked,
    pick(value) {
      picked = value;
      check();
    },
    /** Takes new quotes in. `lacksKey(provider)`: it can be asked for nothing, but for its price. */
    show(quotes, { isAny: any, lacksKey }) {
      groups = groupQuotes(quotes, any);
      isAny = any;
      const isKeyless = PROVIDERS.every(lacksKey);
      isKeyed = (provider) => isKeyless || !lacksKey(provider);
      show();
    },
    /**
     * What is sent: with a model chosen, the choice of a provider as it is. Without one, that model at
     * that provider alone: no other video is to be filmed where it is refused.
     */
    target() {
      const group = isAny ? chosen() : undefined;
      if (group) return { model: group.model, provider: group.provider };
      return { provider: isAny ? CHEAPEST : picked };
    },
  };
}

const whose = ({ model, provider }, { isAny, nameOf }) =>
  isAny ? `${nameOf(model)} at ${providerName(provider)}` : providerName(provider);

/** A row for each provider of the model, always in the same order. */
function modelRows(groups, view) {
  const ordered = PROVIDERS.flatMap((id) => groups.filter(({ provider }) => provider === id));
  return ordered.map((group) => row(group, view));
}

/** The cheapest in the open, the others of those that can folded away. */
function anyRows(groups, picked, view) {
  const able = groups.filter((group) => group.able.length > 0);
  const lost = groups.filter((group) => group.able.length === 0 && view.valueOf(group) === picked);
  const open = [...lost, ...able.slice(0, MOST_ROWS)];
  const folded = able.slice(MOST_ROWS);
  if (folded.length === 0) return open.map((group) => row(group, view));
  return [
    ...open.map((group) => row(group, view)),
    el(
      "details",
      { id: "offers-more", open: folded.some((group) => view.valueOf(group) === picked) },
      el("summary", {}, `${folded.length} more that can`),
      ...folded.map((group) => row(group, view)),
    ),
  ];
}

function row(group, view) {
  const value = view.valueOf(group);
  const [taken] = group.able;
  const tags = [
    view.isAny && el("span", { class: "tag" }, providerName(group.provider)),
    view.isAny && group.retired && el("span", { class: "tag" }, "retired"),
    view.isKeyed(group.provider) || el("span", { class: "tag" }, "no key"),
  ];
  return el(
    "div",
    { class: "offer", "data-offer": value },
    el(
      "label",
      {},
      el("input", { type: "radio", name: "provider", value, "aria-describedby": `why-${value}` }),
      el(
        "span",
        { class: "who" },
        el("strong", {}, view.isAny ? view.nameOf(group.model) : providerName(group.provider)),
        ...tags.filter((tag) => tag instanceof Node),
      ),
      el(
        "span",
        { class: "price", id: `price-${value}` },
        priceText(taken),
        group === view.best ? el("span", { class: "tag good" }, "cheapest") : undefined,
      ),
    ),
    el("div", { class: "why", id: `why-${value}` }, ...why(group, view)),
  );
}

/** With a model chosen, warnings stand beside the fields already. */
function why(group, { form, onFix, isAny }) {
  const { able, refused } = group;
  if (able.length === 0) {
    return refused.flatMap((quote) => [
      ...(refused.length > 1 ? [el("p", {}, el("code", {}, quote.providerModelId))] : []),
      ...refusalLines(form, quote, onFix),
    ]);
  }
  const warnings = isAny ? able[0].warnings : [];
  return [
    ...whyAble(group, isAny),
    ...warnings.map(({ message }) => el("p", { class: "warning" }, ...prose(message))),
    ...(isAny ? [] : refused).map((quote) =>
      el("p", {}, el("code", {}, quote.providerModelId), " cannot. ", ...refusalText(quote)),
    ),
  ];
}

/** The nearest first; a button takes the model up, where its problems stand beside the fields. */
function refusals(cannot, nameOf, onModel) {
  return cannot
    .toSorted((a, b) => countErrors(a.quote) - countErrors(b.quote))
    .map(({ quote, group: { key, model, provider, able, refused, retired } }) => {
      const name = nameOf(model);
      const choose = {
        type: "button",
        class: "small",
        "aria-label": `Choose ${name}`,
        onclick: () => onModel(model),
      };
      const isOneOfSeveral = able.length + refused.length > 1;
      return el(
        "li",
        { "data-refused": key },
        el("button", choose, "Choose"),
        el("strong", {}, name),
        " ",
        el("span", { class: "tag" }, providerName(provider)),
        retired ? el("span", { class: "tag" }, "retired") : undefined,
        el(
          "p",
          {},
          ...(isOneOfSeveral ? [el("code", {}, quote.providerModelId), ": "] : []),
          ...refusalText(quote),
        ),
      );
    });
}

function countText(groups) {
  const count = (kind) => groups.reduce((sum, group) => sum + group[kind].length, 0);
  const able = count("able");
  const all = able + count("refused");
  if (able > 0) return `${able} of ${all} offers can make this video.`;
  return groups.some(onlyLacks)
    ? "Describe the video to see who can make it, and for how much."
    : "No offer can make this video as it is.";
}

/** Whether a listing of the group lacks something, and nothing is wrong. */
const onlyLacks = ({ refused }) =>
  refused.some(({ issues }) =>
    issues.every(({ severity, code }) => severity !== "error" || code === "required"),
  );

const drawn = new WeakMap();

/** Draws anew only what has changed, so that the keyboard stays where it is; what is unfolded stays so. */
function draw(box, state, nodes) {
  const text = JSON.stringify(state);
  if (drawn.get(box) === text) return;
  drawn.set(box, text);
  const focused = box.contains(document.activeElement) ? document.activeElement.value : undefined;
  const isOpen = box.querySelector("details")?.open;
  box.replaceChildren(...nodes());
  const details = box.querySelector("details");
  if (details && isOpen) details.open = true;
  if (focused) box.querySelector(`input[value="${CSS.escape(focused)}"]`)?.focus();
}

function showLimit(taken) {
  const limit = spendingLimit();
  const problem = limitProblem(limit, taken);
  setInvalid(byId("limit"), problem !== undefined);
  byId("limit-problems").replaceChildren(
    ...(problem ? [el("li", { class: "error" }, problem)] : []),
  );
}

function limitProblem(limit, taken) {
  if (limit === undefined) return undefined;
  if (Number.isNaN(limit)) return "Write an amount such as 2.50.";
  if (taken?.basis === "unknown") {
    return "Its price is unknown, which no limit covers. Nothing would be sent.";
  }
  if (!(taken?.maxUsd > limit)) return undefined;
  return `This may cost ${money(taken.maxUsd)}, more than you allow. Nothing would be sent.`;
}

/** Changes a text only where it differs: what is live would be read out again otherwise. */
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
