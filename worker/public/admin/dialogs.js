// Dialogs: forms whose input is not lost by a key press, questions, and secrets that are shown once.
import { button, copyButton, el, showMessage, withBusy } from "./parts.js";

let dialogs = 0;

/** Opens a dialog that is removed when it is closed. `isSticky`: only its own buttons close it. */
export function openDialog(title, { isSticky = false, isWide = false } = {}, ...children) {
  const heading = el("h2", { id: `dialog-${++dialogs}` }, title);
  const properties = {
    "aria-labelledby": heading.id,
    class: isWide && "wide",
    ...(isSticky && { closedby: "none" }),
  };
  const dialog = el("dialog", properties, heading, ...children);
  dialog.addEventListener("close", () => dialog.remove());
  if (isSticky) dialog.addEventListener("cancel", (event) => event.preventDefault());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/**
 * A form in a dialog. `send()` is called on submit and may throw what is then shown. Escape does not discard what was
 * typed, unless it is pressed twice.
 */
export function openForm(title, { fields, label, isDangerous = false, hint, send }) {
  const failure = el("p", { class: "failure", role: "alert", hidden: true });
  const submit = el("button", { class: isDangerous ? "primary danger" : "primary" }, label);
  const run = async () => {
    const finish = await send();
    dialog.close();
    finish?.();
  };
  const onsubmit = (event) => {
    event.preventDefault();
    void withBusy(submit, run, failure);
  };
  const form = el(
    "form",
    { class: "fields", onsubmit },
    ...fields,
    hint && el("p", { class: "hint" }, hint),
    failure,
    el("div", { class: "actions" }, submit, button("Cancel", async () => dialog.close())),
  );
  let isDirty = false;
  form.addEventListener("input", () => (isDirty = true));
  const dialog = openDialog(title, {}, form);
  dialog.addEventListener("cancel", (event) => {
    if (!isDirty) return;
    isDirty = false;
    event.preventDefault();
    showMessage(failure, "What you typed is not saved. Press Escape again to discard it.");
  });
  return dialog;
}

/** Says that something is done. */
export function openNotice(title, words) {
  const close = button("Close", async () => dialog.close(), { class: "primary" });
  const dialog = openDialog(title, {}, el("p", {}, words), el("div", { class: "actions" }, close));
}

/** Shows secrets once. Each is `{ label, text }`. */
export function showSecrets(title, secrets) {
  const rows = secrets.map(({ label, text }) =>
    el(
      "div",
      { class: "secret" },
      el("strong", {}, label),
      el("code", {}, text),
      copyButton(text, `Copy the ${label}`),
    ),
  );
  const done = button("I have copied it", async () => dialog.close(), { class: "primary" });
  const dialog = openDialog(
    title,
    { isSticky: true },
    el("p", {}, "Copy it now: it cannot be shown again."),
    ...rows,
    el("div", { class: "actions" }, done),
  );
}

/** A labeled control; `hint` is read with it. */
export function field(label, control, hint) {
  const id = `field-${control.name}`;
  control.id = id;
  if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
  return el(
    "div",
    { class: "field" },
    el("label", { for: id }, label),
    control.classList.contains("usd") ? el("div", { class: "money" }, el("span", { "aria-hidden": "true" }, "$"), control) : control,
    hint && el("p", { class: "hint", id: `${id}-hint` }, hint),
  );
}

export const textInput = (name, properties = {}) =>
  el("input", { name, autocomplete: "off", spellcheck: "false", ...properties });

/** An amount in dollars. It is sent as typed: the API refuses what is none. */
export const usdInput = (name, usd) =>
  textInput(name, { inputmode: "decimal", class: "usd", value: usd, placeholder: "no limit" });

export function selectInput(name, options, selected) {
  const nodes = options.map(([value, words]) =>
    el("option", { value, selected: String(value) === String(selected) }, words),
  );
  return el("select", { name }, ...nodes);
}
