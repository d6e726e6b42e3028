// What was spent, by day and token: a line each, with a bar.
import { byId, dollars, el, table } from "./parts.js";

const DAYS_AT_FIRST = 14;

export function showSpending(tokens) {
  const choice = byId("spending-token");
  const more = byId("more-days");
  const chosen = choice.value;
  let shown = DAYS_AT_FIRST;
  const options = tokens.map(({ id, name }) => el("option", { value: id }, `${name} (${id})`));
  choice.replaceChildren(el("option", { value: "" }, "all"), ...options);
  choice.value = tokens.some(({ id }) => id === chosen) ? chosen : "";

  const show = () => {
    const rows = rowsOf(tokens.filter(({ id }) => !choice.value || id === choice.value));
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

const rowsOf = (tokens) =>
  tokens
    .flatMap(({ name, days }) => days.map((day) => ({ name, ...day })))
    .sort((a, b) => (a.day === b.day ? b.spentUsd - a.spentUsd : a.day < b.day ? 1 : -1));

function tableOf(rows) {
  const most = Math.max(...rows.map(({ spentUsd, reservedUsd }) => spentUsd + reservedUsd), 0);
  const columns = [
    { label: "Day", cell: ({ day }) => day },
    { label: "Token", cell: ({ name }) => name },
    { label: "Jobs", cell: ({ jobs }) => String(jobs), isNumber: true },
    { label: "Spent", cell: ({ spentUsd }) => dollars(spentUsd), isNumber: true },
    { label: "Reserved", cell: ({ reservedUsd }) => dollars(reservedUsd), isNumber: true },
    { label: "Share", cell: (row) => bar(row, most) },
  ];
  return table("Spent by UTC day", columns, rows, "Nothing was spent yet.");
}

/** The figures are beside it: it is for the eye alone. */
function bar({ spentUsd, reservedUsd }, most) {
  const part = (kind, usd) => {
    const node = el("span", { class: kind });
    node.style.width = `${most > 0 ? (100 * usd) / most : 0}%`;
    return node;
  };
  return el(
    "div",
    { class: "bar", "aria-hidden": "true" },
    part("spent", spentUsd),
    part("reserved", reservedUsd),
  );
}
