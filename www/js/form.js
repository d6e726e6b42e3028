// The form and the request it stands for. A control's `name` is its path in the request, so reading,
// filling and mending need no list of fields.

const controls = (form) => [...form.elements].filter((control) => control.name);

/** The request as typed. What is empty is left out; what is not a number is passed on as it is. */
export function readRequest(form, image) {
  const request = {};
  for (const control of controls(form)) {
    const value = control.name === "image" ? image.value() : valueOf(control);
    if (value !== undefined) assign(request, control.name, value);
  }
  return request;
}

function valueOf(control) {
  if (control.type === "checkbox") {
    return control.checked === control.defaultChecked ? undefined : control.checked;
  }
  const text = control.value;
  if (text.trim() === "") return undefined;
  if (control.dataset.type !== "number") return control.tagName === "TEXTAREA" ? text : text.trim();
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}

function assign(request, path, value) {
  const names = path.split(".");
  const last = names.pop();
  let part = request;
  for (const name of names) part = part[name] ??= {};
  part[last] = value;
}

/** Fills in `request`, and empties every other field. */
export function fillForm(form, image, request) {
  form.reset();
  for (const control of controls(form)) {
    const value = control.name.split(".").reduce((part, name) => part?.[name], request);
    setControl(control, image, value);
  }
}

/** Whether a fix can be made here: it names controls of this form. */
export const canFix = (form, { path, remove = path }) =>
  [path, remove].every((name) => form.elements.namedItem(name) !== null);

/** Sets `path` to `value`, or empties it; empties `remove` too, whose place it may take. */
export function applyFix(form, image, { path, value, remove }) {
  setControl(form.elements.namedItem(path), image, value);
  if (remove !== undefined) setControl(form.elements.namedItem(remove), image, undefined);
}

function setControl(control, image, value) {
  if (control.name === "image") image.set(value);
  else if (control.type === "checkbox") control.checked = value ?? control.defaultChecked;
  else control.value = value ?? "";
}

/** Three parts make one prompt, as RunPod advises. */
export function wireParts(form, composePrompt) {
  const inputs = [...form.querySelectorAll("[data-part]")];
  const compose = () => {
    const parts = Object.fromEntries(
      inputs.map((input) => [input.dataset.part, input.value.trim() || undefined]),
    );
    if (parts.action !== undefined) form.elements.prompt.value = composePrompt(parts);
  };
  for (const input of inputs) input.addEventListener("input", compose);
}

// ------------------------------------------------------------------ what the catalogue says of it

/** Fills the choice of models. */
export function fillModels(form, models) {
  const choices = models.map(({ id, name, creator }) => option(id, `${name} (${creator})`));
  form.elements.model.replaceChildren(...choices);
}

/** Fills the choices and hints of every field from the listings of the chosen model. */
export function fillChoices(form, models, providerName) {
  const { listings } = models.find(({ id }) => id === form.elements.model.value);
  const ofField = (field) =>
    listings.flatMap(({ provider, params }) =>
      params.filter((param) => param.field === field).map((param) => ({ provider, ...param })),
    );
  // A listing that takes a size takes a resolution and an aspect ratio in its place (`data-shared`).
  const only = (control, params) =>
    params.length === 1 && listings.length > 1 && !("shared" in control.dataset)
      ? `${providerName(params[0].provider)} only`
      : "";

  for (const control of controls(form)) {
    const params = ofField(control.name);
    const values = [...new Set(params.flatMap(choicesOf))];
    if (values.length === 0) continue;
    const choices = values.map((value) => {
      const text = [value, control.dataset.unit].filter(Boolean).join(" ");
      const takers = params.filter((param) => choicesOf(param).includes(value));
      return option(value, [text, only(control, takers)].filter(Boolean).join(" · "));
    });
    if (control.list) control.list.replaceChildren(...choices);
    else if (control.tagName === "SELECT") replaceChoices(control, choices, params);
  }
  for (const hint of form.querySelectorAll("[data-limits]")) {
    hint.textContent = ofField(hint.dataset.limits)
      .map((param) => limits(param, providerName))
      .join(" · ");
  }
}

/** The values of a choice; of a number with few values, each of them. */
function choicesOf({ type, allowed, min, max }) {
  if (allowed) return allowed;
  if (type !== "integer" || min === undefined || !(max - min < 10)) return [];
  return Array.from({ length: max - min + 1 }, (_, index) => min + index);
}

function replaceChoices(select, choices, params) {
  const before = select.value;
  const empty = select.querySelector("option[value='']");
  const defaults = [...new Set(params.map((param) => param.default))];
  const isKnown = defaults.length === 1 && defaults[0] !== undefined;
  if (empty && isKnown && !("shared" in select.dataset)) {
    empty.textContent = `Default (${defaults[0]})`;
  }
  select.replaceChildren(...(empty ? [empty] : []), ...choices);
  if (choices.some(({ value }) => value === before)) select.value = before;
}

function limits({ provider, type, min, max, default: standard }, providerName) {
  const range =
    type === "text" && min === 1 && max === undefined
      ? undefined
      : min !== undefined && max !== undefined
        ? `${min} to ${max}`
        : min !== undefined
          ? `at least ${min}`
          : max !== undefined
            ? `at most ${max}`
            : undefined;
  if (range === undefined) return `${providerName(provider)}: any length`;
  const unit = type === "text" ? " characters" : "";
  const usual = standard === undefined ? "" : `, ${standard} by default`;
  return `${providerName(provider)}: ${range}${unit}${usual}`;
}

const option = (value, text) => new Option(text, value);

/** Puts the keyboard on a field, and opens the part of the form that hides it. */
export function focusField(form, path) {
  const control = form.elements.namedItem(path);
  const details = control?.closest("details");
  if (details) details.open = true;
  control?.focus();
}
