// Spending by day and API key: a row each, with a bar.
import { byId, dollars, el, table } from "./parts.js";

const INITIAL_DAYS = 14;

export function showSpending(keys) {
  const choice = byId("spending-key");
  const more = byId("more-days");
  const chosen = choice.value;
  let shown = INITIAL_DAYS;
  const options = keys.map(({ id, name }) => el("option", { value: id }, `${name} (${id})`));
  choice.replaceChildren(el("option", { value: "" }, "all"), ...options);
  choice.value = keys.some(({ id }) => id === chosen) ? chosen : "";

  const show = () => {
    const rows = rowsOf(keys.filter(({ id }) => !choice.value || id === choice.value));
    const days = [...new Set(rows.map(({ day }) => day))];
    const visible = rows.filter(({ day }) => days.indexOf(day) < shown);
    byId("spending-list").replaceChildren(tableOf(visible));
    more.hidden = days.length <= shown;
  };
  choice.onchange = show;
  more.onclick = () => {
    shown = Infinity;
    show();
  };
  show();
}

const rowsOf = (keys) =>
  keys
    .flatMap(({ name, days }) => days.map((day) => ({ name, ...day })))
    .sort((a, b) => (a.day === b.day ? b.spentUsd - a.spentUsd : a.day < b.day ? 1 : -1));

function tableOf(rows) {
  const max = Math.max(...rows.map(({ spentUsd, reservedUsd }) => spentUsd + reservedUsd), 0);
  const columns = [
    { label: "Day", cell: ({ day }) => day },
    { label: "API key", cell: ({ name }) => name },
    { label: "Jobs", cell: ({ jobs }) => String(jobs), isNumber: true },
    { label: "Spent", cell: ({ spentUsd }) => dollars(spentUsd), isNumber: true },
    { label: "Reserved", cell: ({ reservedUsd }) => dollars(reservedUsd), isNumber: true },
    { label: "Share", cell: (row) => bar(row, max) },
  ];
  return table("Spent by UTC day", columns, rows, "No spending yet.");
}

/** Decorative: the numbers are beside it. */
function bar({ spentUsd, reservedUsd }, max) {
  const part = (kind, usd) => {
    const node = el("span", { class: kind });
    node.style.width = `${max > 0 ? (100 * usd) / max : 0}%`;
    return node;
  };
  return el(
    "div",
    { class: "bar", "aria-hidden": "true" },
    part("spent", spentUsd),
    part("reserved", reservedUsd),
  );
}
