// Which models are allowed: a checklist of the catalog, and ids of the providers' own.
import { request } from "./api.js";
import { textInput } from "./dialogs.js";
import { el } from "./parts.js";

let catalog;

/** The catalog's models; read once, and again after it was replaced. */
export const catalogModels = async () => (catalog ??= (await request("GET", "/models")).data);

export const forgetModels = () => (catalog = undefined);

/** `{ node, read() }`: the chosen ids, or null for all. A model that has left the catalog stays chosen. */
export async function modelChecklist(chosen, allWords) {
  const models = await catalogModels();
  const known = new Set(models.map(({ id }) => id));
  const all = el("input", { type: "radio", name: "which-models", value: "all", checked: !chosen });
  const some = el("input", { type: "radio", name: "which-models", value: "some", checked: Boolean(chosen) });
  const boxes = models.map(({ id }) => el("input", { type: "checkbox", value: id, checked: chosen?.includes(id) }));
  const rows = models.map(({ id, name }, at) =>
    el("label", { class: "check" }, boxes[at], el("span", {}, name ?? id, " ", el("code", { class: "hint" }, id))),
  );
  const others = textInput("other-models", {
    id: "field-other-models",
    value: chosen?.filter((id) => !known.has(id)).join(", "),
    placeholder: "runpod:my-endpoint, runware:vendor:1@2",
  });
  const list = el(
    "div",
    { class: "checklist", hidden: !chosen },
    el("div", { class: "checks" }, ...rows),
    el("label", { for: others.id }, "Ids of the providers' own"),
    others,
  );
  for (const radio of [all, some]) radio.addEventListener("change", () => (list.hidden = all.checked));
  const node = el(
    "fieldset",
    {},
    el("legend", {}, "Models"),
    el("label", { class: "check" }, all, allWords),
    el("label", { class: "check" }, some, "Only these"),
    list,
  );
  const read = () =>
    all.checked
      ? null
      : [...boxes.filter(({ checked }) => checked).map(({ value }) => value), ...others.value.split(/[\s,]+/).filter(Boolean)];
  return { node, read };
}
