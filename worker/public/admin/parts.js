// Elements and formatting. Data from outside is always set as text, never as markup.

export const byId = (id) => document.getElementById(id);

/** Creates an element: attributes by name, functions as listeners. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== undefined));
  return node;
}

/** A button that is disabled while its action runs, and shows its error. */
export function button(label, action, properties = {}) {
  const node = el("button", { type: "button", ...properties }, label);
  node.addEventListener("click", () => withBusy(node, action));
  return node;
}

/** Runs an action with its control disabled; an error is shown in `target`, by default at the top of the page. */
export async function withBusy(control, action, target = byId("failure")) {
  control.disabled = true;
  showMessage(target, "");
  try {
    await action();
  } catch (error) {
    showMessage(target, error.message);
  } finally {
    control.disabled = false;
  }
}

export function showMessage(target, text) {
  target.textContent = text;
  target.hidden = text === "";
}

/**
 * A table; on a phone each row is a card. Columns are `{ label, cell, isNumber }`. Roles are explicit, because a browser
 * drops them if a row is laid out as a card.
 */
export function table(label, columns, rows, emptyText) {
  if (rows.length === 0) return el("p", { class: "hint" }, emptyText);
  const heads = columns.map((column) =>
    el("th", { scope: "col", role: "columnheader", class: column.isNumber && "number" }, column.label),
  );
  const cells = (row) =>
    columns.map((column) =>
      el(
        "td",
        { role: "cell", "data-label": column.label, class: column.isNumber && "number" },
        el("div", {}, ...[column.cell(row)].flat()),
      ),
    );
  const group = (tag, ...children) => el(tag, { role: "rowgroup" }, ...children);
  return el(
    "table",
    { role: "table", "aria-label": label },
    group("thead", el("tr", { role: "row" }, ...heads)),
    group("tbody", ...rows.map((row) => el("tr", { role: "row" }, ...cells(row)))),
  );
}

/** An amount in dollars with all of its decimals, at least two. */
export function dollars(usd) {
  const [whole, fraction = ""] = String(usd).split(".");
  return `$${whole}.${fraction.padEnd(2, "0")}`;
}

/** Micro-dollars, by their digits. */
export function microDollars(microUsd) {
  const digits = String(microUsd).padStart(7, "0");
  const fraction = digits.slice(-6).replace(/0+$/, "").padEnd(2, "0");
  return `$${digits.slice(0, -6)}.${fraction}`;
}

/** A time in the reader's time zone, with the exact one as its title. */
export function moment(ms) {
  const at = new Date(ms);
  const words = at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  return el("time", { datetime: at.toISOString(), title: at.toISOString() }, words);
}

/** The approximate age. */
export function since(ms) {
  const minutes = Math.max(0, Math.round((Date.now() - ms) / 60_000));
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

/** A video's id, truncated in the middle. */
export const shortId = (id) => el("code", { title: id }, `${id.slice(0, 14)}…${id.slice(-6)}`);

let dialogs = 0;

/** Opens a dialog that is removed when it is closed. Escape closes it. */
export function openDialog(title, ...children) {
  const heading = el("h2", { id: `dialog-${++dialogs}` }, title);
  const dialog = el("dialog", { "aria-labelledby": heading.id }, heading, ...children);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** A text that is shown once, with a button to copy it. */
export function secret(label, text) {
  const copy = button(
    "Copy",
    async () => {
      await navigator.clipboard.writeText(text);
      copy.textContent = "Copied";
    },
    { "aria-label": `Copy the ${label}` },
  );
  const code = el("code", { class: "secret" }, text);
  return el("div", { class: "fields" }, el("strong", {}, label), code, copy);
}
