// The model select: any model, a current one, or a retired one with its replacements.

import { announce, byId, el } from "./dom.js";
import { isRetired } from "./field-options.js";
import { FIELDS } from "./fields.js";
import { providerName } from "./format.js";

const labels = new Map(FIELDS.map(({ path, label }) => [path, label]));
const list = new Intl.ListFormat("en");

export function createModelSelect(form, models, onChange) {
  const select = form.field("model").control;
  const note = byId("model-note");
  const name = (id) => models.find((model) => model.id === id)?.name ?? id;

  const groups = [
    ["RunPod and Runware", (providers) => providers.length === 2],
    ["RunPod", (providers) => providers.length === 1 && providers[0] === "runpod"],
    ["Runware", (providers) => providers.length === 1 && providers[0] === "runware"],
    ["Retired", (providers) => providers.length === 0],
  ];
  select.replaceChildren(
    new Option("Any model: compare all", ""),
    ...groups.map(([label, belongs]) => {
      const members = models.filter(({ listings }) => belongs(currentProviders(listings)));
      const options = members.map(({ id, name: label }) => new Option(label, id));
      return el("optgroup", { label }, ...options);
    }),
  );

  /** Lists the cleared fields, which the model does not support, and the replacements of a retired one. */
  const showNote = (cleared) => {
    const names = list.format(cleared.map((path) => labels.get(path) ?? path));
    const id = select.value;
    const why = id === "" ? "Not available without a model" : `Not supported by ${name(id)}`;
    const text = cleared.length > 0 ? `${why}, so cleared: ${names}.` : "";
    if (text) announce(text);
    note.replaceChildren(
      ...retirements(
        models.find((model) => model.id === id),
        name,
        choose,
      ),
      ...(text ? [el("p", { class: "hint" }, text)] : []),
    );
  };
  const choose = (id) => {
    showNote(form.chooseModel(id));
    select.focus();
    onChange();
  };
  select.addEventListener("change", () => {
    showNote(form.arrange());
    onChange();
  });
  return { choose, name, refresh: () => showNote([]) };
}

/** The providers with a current listing of a model. */
function currentProviders(listings) {
  const current = listings.filter((listing) => !isRetired(listing));
  return [...new Set(current.map(({ provider }) => provider))];
}

/** For retired listings: since when, and what to use instead. */
function retirements(model, name, choose) {
  const retired = model?.listings.filter(isRetired) ?? [];
  if (retired.length === 0) return [];
  const [{ status }] = retired;
  const providers = [...new Set(retired.map(({ provider }) => providerName(provider)))];
  const since = status.sunset ? ` on ${status.sunset}` : "";
  const buttons = status.replacements.map((id) =>
    el("button", { type: "button", class: "small", onclick: () => choose(id) }, name(id)),
  );
  return [
    el(
      "p",
      { class: "retired" },
      el("strong", {}, "Retired"),
      ` upstream${since}: ${list.format(providers)} may refuse it. Instead: `,
      ...buttons,
    ),
  ];
}
