// One field of the form: its label, its control, a hint, and the place for its problems. The control
// follows the facts: what can be chosen is a choice, everything else is typed.

import { el } from "./dom.js";
import { providerName } from "./format.js";

export const idOf = (path) => path.replace(".", "-");

const NUMBERS = new Set(["integer", "number"]);
const BOOLEANS = { true: "Yes", false: "No" };

/** The parts that every field has. `control` is what gets the keyboard. */
export function frameOf({ path, label }, control, ...others) {
  const id = idOf(path);
  const hint = el("p", { class: "hint", id: `${id}-hint` });
  const list = el("ul", { class: "problems", id: `${id}-problems` });
  const mark = el("span", { class: "needed", "aria-hidden": "true", hidden: true }, "needed");
  const node = el(
    "div",
    { class: "field", "data-field": path },
    el("label", { for: id }, label, " ", mark),
    control,
    ...others,
    hint,
    list,
  );
  return { node, hint, list, mark };
}

/** What a control is called and described by. */
export const naming = (path) => ({
  id: idOf(path),
  name: path,
  "aria-describedby": `${idOf(path)}-hint ${idOf(path)}-problems`,
});

/** A field that is typed or chosen. */
export function createField(spec) {
  let facts = { type: "text", values: [], suggested: [], notes: "" };
  const suggestions = el("datalist", { id: `${idOf(spec.path)}-values` });
  let control = makeControl(spec, facts, suggestions);
  const frame = frameOf(spec, control, suggestions);

  const set = (value) => {
    if (control.tagName === "SELECT") choose(control, value);
    else control.value = value ?? "";
  };
  return {
    path: spec.path,
    node: frame.node,
    list: frame.list,
    get control() {
      return control;
    },
    value: () => valueOf(control, facts.type),
    set,
    /** Takes up what the catalog says; the value stays. */
    describe(next) {
      const value = valueOf(control, facts.type);
      facts = next;
      const made = makeControl(spec, facts, suggestions);
      control.replaceWith(made);
      control = made;
      set(value);
      frame.mark.hidden = !facts.needed;
      frame.hint.textContent = [spec.hint, facts.notes].filter(Boolean).join(" ");
    },
  };
}

function makeControl(spec, facts, suggestions) {
  const names = { ...naming(spec.path), "aria-required": facts.needed && "true" };
  if (spec.rows) return el("textarea", { ...names, rows: spec.rows });
  if (facts.values.length > 0) return makeChoice(spec, facts, names);
  suggestions.replaceChildren(...facts.suggested.map((value) => new Option(value, value)));
  if (facts.suggested.length > 0) names.list = suggestions.id;
  const inputmode = NUMBERS.has(facts.type) ? "decimal" : undefined;
  return el("input", { ...names, inputmode, spellcheck: "false", placeholder: spec.placeholder });
}

function makeChoice(spec, { values, usual, needed }, names) {
  const words = (value) => BOOLEANS[value] ?? [value, spec.unit].filter(Boolean).join(" ");
  const isUsual = usual !== undefined && !needed;
  const empty = isUsual ? `Default (${words(usual).toLowerCase()})` : undefined;
  const options = values.map(({ value, only }) => {
    const text = only ? `${words(value)} · ${providerName(only)} only` : words(value);
    return new Option(text, value);
  });
  const none = new Option(empty ?? spec.empty ?? (needed ? "Choose…" : "Default"), "");
  return el("select", names, none, ...options);
}

/** A value that is not among the choices stays to be seen, and its problem tells of it. */
function choose(select, value) {
  const text = String(value ?? "");
  select.querySelector("[data-foreign]")?.remove();
  if (![...select.options].some((option) => option.value === text)) {
    const foreign = new Option(`${BOOLEANS[text] ?? text} · not offered`, text);
    foreign.dataset.foreign = "";
    select.append(foreign);
  }
  select.value = text;
}

/** What is empty is no value; what is not a number is passed on as it is. */
function valueOf(control, type) {
  const text = control.value;
  if (text.trim() === "") return undefined;
  if (control.tagName === "TEXTAREA") return text;
  if (type === "boolean" && text in BOOLEANS) return text === "true";
  const number = Number(text);
  return NUMBERS.has(type) && !Number.isNaN(number) ? number : text.trim();
}
