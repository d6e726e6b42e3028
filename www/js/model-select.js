// The choice of a model: any, one that is sold, or one that is retired, with what replaces it.

import { announce, byId, el } from "./dom.js";
import { isRetired } from "./field-options.js";
import { FIELDS } from "./fields.js";
import { providerName } from "./format.js";

const labels = new Map(FIELDS.map(({ path, label }) => [path, label]));
const list = new Intl.ListFormat("en");

export function createModelChoice(form, models, onChange) {
  const select = form.field("model").control;
  const note = byId("model-note");
  const name = (id) => models.find((model) => model.id === id)?.name ?? id;

  const groups = [
    ["Sold by both providers", (sellers) => sellers.length === 2],
    ["At RunPod", (sellers) => sellers.length === 1 && sellers[0] === "runpod"],
    ["At Runware", (sellers) => sellers.length === 1 && sellers[0] === "runware"],
    ["Retired", (sellers) => sellers.length === 0],
  ];
  select.replaceChildren(
    new Option("Any model: who can make it?", ""),
    ...groups.map(([label, belongs]) => {
      const members = models.filter(({ listings }) => belongs(sellersOf(listings)));
      const options = members.map(({ id, name: text }) => new Option(text, id));
      return el("optgroup", { label }, ...options);
    }),
  );

  /** Says what was emptied, since the model does not take it, and what replaces a retired one. */
  const tell = (left) => {
    const words = list.format(left.map((path) => labels.get(path) ?? path));
    const id = select.value;
    const why = id === "" ? "Asked of a chosen model alone" : `Not for ${name(id)}`;
    const emptied = left.length > 0 ? `${why}, so emptied: ${words}.` : "";
    if (emptied) announce(emptied);
    note.replaceChildren(
      ...retirements(
        models.find((model) => model.id === id),
        name,
        choose,
      ),
      ...(emptied ? [el("p", { class: "hint" }, emptied)] : []),
    );
  };
  const choose = (id) => {
    tell(form.chooseModel(id));
    select.focus();
    onChange();
  };
  select.addEventListener("change", () => {
    tell(form.arrange());
    onChange();
  });
  return { choose, name, refresh: () => tell([]) };
}

/** The providers that still sell a model. */
function sellersOf(listings) {
  const live = listings.filter((listing) => !isRetired(listing));
  return [...new Set(live.map(({ provider }) => provider))];
}

/** For listings that were switched off: when, and what to take in their place. */
function retirements(model, name, choose) {
  const retired = model?.listings.filter(isRetired) ?? [];
  if (retired.length === 0) return [];
  const [{ status }] = retired;
  const where = [...new Set(retired.map(({ provider }) => providerName(provider)))];
  const since = status.sunset ? ` on ${status.sunset}` : "";
  const buttons = status.replacements.map((id) =>
    el("button", { type: "button", class: "small", onclick: () => choose(id) }, name(id)),
  );
  return [
    el(
      "p",
      { class: "retired" },
      el("strong", {}, "Retired"),
      ` upstream${since}: ${list.format(where)} may refuse it. Instead: `,
      ...buttons,
    ),
  ];
}
