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
  node.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

/** A button that is disabled while its action runs, and shows its error. */
export function button(label, action, properties = {}) {
  const node = el("button", { type: "button", "data-action": label, ...properties }, label);
  node.addEventListener("click", () => withBusy(node, action));
  return node;
}

/** Runs an action with its control disabled; an error is shown in `target`, by default at the top of the page. */
export async function withBusy(control, action, target = byId("failure")) {
  const hadFocus = document.activeElement === control;
  control.disabled = true;
  showMessage(target, "");
  try {
    await action();
  } catch (error) {
    showMessage(target, error.message);
    target.scrollIntoView({ block: "nearest" });
  } finally {
    control.disabled = false;
    if (hadFocus && document.activeElement === document.body) control.focus();
  }
}

export function showMessage(target, text) {
  target.textContent = text;
  target.hidden = text === "";
}

const shown = new WeakMap();

/**
 * Shows items in a container. The node of an item that has not changed stays, so that focus and playing videos survive
 * a refresh; of one that has, the control with the focus keeps it.
 */
export function showItems(container, items, keyOf, build) {
  const known = shown.get(container) ?? new Map();
  const next = new Map();
  const active = document.activeElement;
  let focus;
  for (const item of items) {
    const key = keyOf(item);
    const text = JSON.stringify(item);
    const old = known.get(key);
    if (old?.text === text) {
      next.set(key, old);
      continue;
    }
    const node = build(item);
    if (old?.node.contains(active) && active.dataset.action) {
      focus = () => node.querySelector(`[data-action="${CSS.escape(active.dataset.action)}"]`)?.focus();
    }
    next.set(key, { node, text });
  }
  for (const [key, { node }] of known) if (next.get(key)?.node !== node) node.remove();
  let at = 0;
  for (const { node } of next.values()) {
    if (container.children[at] !== node) container.insertBefore(node, container.children[at] ?? null);
    at++;
  }
  shown.set(container, next);
  focus?.();
}

/**
 * A table whose rows are shown by the returned function; where there is no room each row is a card. Columns are
 * `{ label, cell, isNumber, isTitle, isEnd }`. Roles are explicit, because a browser drops them if a row is laid out as a card.
 */
export function table(container, { label, columns, keyOf, empty }) {
  const heads = columns.map((column) =>
    el("th", { scope: "col", role: "columnheader", class: column.isNumber ? "number" : column.isEnd && "end" }, column.label),
  );
  const body = el("tbody", { role: "rowgroup" });
  const head = el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, ...heads));
  const node = el("table", { role: "table", "aria-label": label, hidden: true }, head, body);
  const hint = el("p", { class: "empty" }, empty);
  container.replaceChildren(node, hint);
  const cellOf = (column, row) =>
    el(
      "td",
      {
        role: "cell",
        "data-label": column.label,
        class: column.isNumber ? "number" : column.isTitle ? "title-cell" : column.isEnd && "end",
      },
      el("div", {}, column.cell(row)),
    );
  const rowOf = (row) => el("tr", { role: "row" }, ...columns.map((column) => cellOf(column, row)));
  return (rows) => {
    node.hidden = rows.length === 0;
    hint.hidden = rows.length > 0;
    showItems(body, rows, keyOf, rowOf);
  };
}

/** An amount in dollars with all of its decimals, at least two. */
export function dollars(usd) {
  const [whole, fraction = ""] = plainDecimal(usd).split(".");
  return `$${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${fraction.padEnd(2, "0")}`;
}

/** A micro-dollar is 0.000001; JavaScript prints less than that as `1e-7`. */
const plainDecimal = (usd) => Number(usd).toFixed(6).replace(/0+$/, "").replace(/\.$/, "");

/** Micro-dollars, by their digits. */
export const microDollars = (microUsd) => dollars(Number(microUsd) / 1e6);

/** A time in the reader's time zone, with the exact one as its title. */
export function moment(ms) {
  const at = new Date(ms);
  const words = at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  return el("time", { datetime: at.toISOString(), title: at.toISOString() }, words);
}

/** How long ago, or until then. */
export function span(ms) {
  const minutes = Math.max(0, Math.round(Math.abs(ms) / 60_000));
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

const PROVIDERS = { runpod: "RunPod", runware: "Runware" };

export const providerName = (id) => PROVIDERS[id] ?? id;

/** A number of jobs, in words. */
export const jobCount = (count) => `${count} ${count === 1 ? "job" : "jobs"}`;

export const badge = (kind, words = kind) =>
  el("span", { class: "badge", "data-kind": kind }, String(words).replaceAll("_", " "));

/** An id, truncated in the middle, with a button that copies all of it. */
export function copyableId(id, name) {
  const short = id.length > 24 ? `${id.slice(0, 12)}…${id.slice(-6)}` : id;
  return el("span", { class: "id" }, el("code", { title: id }, short), copyButton(id, `Copy the id of ${name}`));
}

/** Copies a text; it says so for a moment. */
export function copyButton(text, label, words = "Copy") {
  const node = button(
    words,
    async () => {
      await navigator.clipboard.writeText(text);
      node.textContent = "Copied";
      setTimeout(() => (node.textContent = words), 2_000);
    },
    { "aria-label": label, class: "copy" },
  );
  return node;
}
