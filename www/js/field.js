// One field of the form: its label, control, hint and list of issues. The control depends on the
// field's options: a select if its values can be listed, otherwise a text input.

import { el } from "./dom.js";
import { providerName } from "./format.js";

export const idOf = (path) => path.replace(".", "-");

const NUMBERS = new Set(["integer", "number"]);
const BOOLEANS = { true: "Yes", false: "No" };

/** The parts that every field has. `control` receives the focus. */
export function frameOf({ path, label }, control, ...others) {
  const id = idOf(path);
  const hint = el("p", { class: "hint", id: `${id}-hint` });
  const list = el("ul", { class: "issues", id: `${id}-issues` });
  const mark = el("span", { class: "required", "aria-hidden": "true", hidden: true }, "required");
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

/** The attributes that name and describe a control. */
export const controlAttributes = (path) => ({
  id: idOf(path),
  name: path,
  "aria-describedby": `${idOf(path)}-hint ${idOf(path)}-issues`,
});

/** A field with a text input or a select. */
export function createField(spec) {
  let options = { type: "text", values: [], suggested: [], limits: "" };
  const suggestions = el("datalist", { id: `${idOf(spec.path)}-values` });
  let control = makeControl(spec, options, suggestions);
  const frame = frameOf(spec, control, suggestions);

  const set = (value) => {
    if (control.tagName === "SELECT") select(control, value);
    else control.value = value ?? "";
  };
  return {
    path: spec.path,
    node: frame.node,
    list: frame.list,
    get control() {
      return control;
    },
    value: () => valueOf(control, options.type),
    set,
    /** Applies the catalog's options for the field; the value stays. */
    describe(next) {
      const value = valueOf(control, options.type);
      options = next;
      const replacement = makeControl(spec, options, suggestions);
      control.replaceWith(replacement);
      control = replacement;
      set(value);
      frame.mark.hidden = !options.required;
      frame.hint.textContent = [spec.hint, options.limits].filter(Boolean).join(" ");
    },
  };
}

function makeControl(spec, options, suggestions) {
  const names = { ...controlAttributes(spec.path), "aria-required": options.required && "true" };
  if (spec.rows) return el("textarea", { ...names, rows: spec.rows });
  if (options.values.length > 0) return makeSelect(spec, options, names);
  suggestions.replaceChildren(...options.suggested.map((value) => new Option(value, value)));
  if (options.suggested.length > 0) names.list = suggestions.id;
  const inputmode = NUMBERS.has(options.type) ? "decimal" : undefined;
  return el("input", { ...names, inputmode, spellcheck: "false", placeholder: spec.placeholder });
}

function makeSelect(spec, { values, defaultValue, required }, names) {
  const textOf = (value) => BOOLEANS[value] ?? [value, spec.unit].filter(Boolean).join(" ");
  const hasDefault = defaultValue !== undefined && !required;
  const empty = hasDefault ? `Default (${textOf(defaultValue).toLowerCase()})` : undefined;
  const options = values.map(({ value, only }) => {
    const text = only ? `${textOf(value)} · ${providerName(only)} only` : textOf(value);
    return new Option(text, value);
  });
  const none = new Option(empty ?? spec.empty ?? (required ? "Choose…" : "Default"), "");
  return el("select", names, none, ...options);
}

/** A value that is not among the options stays visible, and its issue explains it. */
function select(control, value) {
  const text = String(value ?? "");
  control.querySelector("[data-unlisted]")?.remove();
  if (![...control.options].some((option) => option.value === text)) {
    const unlisted = new Option(`${BOOLEANS[text] ?? text} · not available`, text);
    unlisted.dataset.unlisted = "";
    control.append(unlisted);
  }
  control.value = text;
}

/** An empty control has no value; text that is not a number is passed on as it is. */
function valueOf(control, type) {
  const text = control.value;
  if (text.trim() === "") return undefined;
  if (control.tagName === "TEXTAREA") return text;
  if (type === "boolean" && text in BOOLEANS) return text === "true";
  const number = Number(text);
  return NUMBERS.has(type) && !Number.isNaN(number) ? number : text.trim();
}
