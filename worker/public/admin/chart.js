// Spending by day as stacked bars, with the day's parts beside them and all numbers in a table.
import { dollars, el, jobCount, table } from "./parts.js";

/** As many have a color of their own; the rest is "other". */
const MAX_SERIES = 7;

/** `partsOf(day)`: dollars by id; `nameOf(id)`: what the legend says. */
export function spendingChart(container, days, { partsOf, nameOf }) {
  const ordered = [...days].sort((a, b) => (a.day < b.day ? -1 : 1));
  const series = seriesOf(ordered, partsOf);
  const key = JSON.stringify([ordered, series.map(nameOf)]);
  if (container.dataset.key === key) return;
  const focused = container.querySelector(".day:focus")?.dataset.day;
  const isOpen = container.querySelector("details")?.open ?? false;
  container.dataset.key = key;
  const max = niceMax(Math.max(0, ...ordered.map(({ spentUsd, reservedUsd }) => spentUsd + reservedUsd)));
  const partsOfDay = (day) => splitDay(day, partsOf(day), series, nameOf);
  const readout = el("div", { class: "readout" });
  let shown;
  const show = (day) => {
    if (day === shown) return;
    shown = day;
    readout.replaceChildren(...readoutOf(day, partsOfDay(day)));
  };
  const bars = ordered.map((day) => barOf(day, partsOfDay(day), max, show));
  const plot = el(
    "div",
    { class: "plot", role: "group", "aria-label": "Spending by UTC day. Use the arrow keys." },
    ...bars,
  );
  plot.addEventListener("pointerleave", () => show(focusedIn(bars, ordered)));
  plot.addEventListener("keydown", (event) => moveFocus(event, bars));
  const scale = [max, max / 2, 0].map((usd) => el("span", {}, shortDollars(usd)));
  const numbers = el("details", { open: isOpen }, el("summary", {}, "Show the numbers"), el("div", {}));
  table(numbers.lastChild, NUMBERS)([...ordered].reverse().filter(({ jobs }) => jobs > 0));
  container.replaceChildren(
    el("div", { class: "chart" }, el("div", { class: "scale", "aria-hidden": "true" }, ...scale), plot),
    el("div", { class: "axis", "aria-hidden": "true" }, ...axisOf(ordered)),
    readout,
    numbers,
  );
  bars.at(-1)?.setAttribute("tabindex", "0");
  if (ordered.length > 0) show(ordered.find(({ day }) => day === focused) ?? ordered.at(-1));
  bars.find((bar) => bar.dataset.day === focused)?.focus();
}

/** The ids that cost most, in the order of their cost. */
function seriesOf(days, partsOf) {
  const sums = new Map();
  for (const day of days) {
    for (const [id, usd] of Object.entries(partsOf(day))) sums.set(id, (sums.get(id) ?? 0) + usd);
  }
  const ids = [...sums].filter(([, usd]) => usd > 0).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return ids.slice(0, MAX_SERIES).map(([id]) => id);
}

/** The parts of a day's bar, from its foot: the series, the rest of what was spent, and what is reserved. */
function splitDay({ spentUsd, reservedUsd }, usdOf, series, nameOf) {
  const parts = series.map((id, at) => ({ color: `series-${at + 1}`, name: nameOf(id), usd: usdOf[id] ?? 0 }));
  const named = parts.reduce((sum, { usd }) => sum + usd, 0);
  const rest = Math.max(0, Math.round((spentUsd - named) * 1e6) / 1e6);
  return [
    ...parts,
    { color: "series-other", name: "other", usd: rest },
    { color: "series-reserved", name: "reserved", usd: reservedUsd },
  ];
}

function barOf(day, parts, max, show) {
  const used = parts.filter(({ usd }) => usd > 0);
  const blocks = used.map(({ color, usd }) => {
    const block = el("span", { class: color });
    block.style.height = `${(100 * usd) / max}%`;
    return block;
  });
  const words = used.map(({ name, usd }) => `${name} ${dollars(usd)}`);
  const label = `${day.day}: ${dollars(day.spentUsd)} spent, ${jobCount(day.jobs)}${words.length > 0 ? `; ${words.join(", ")}` : ""}`;
  return el(
    "button",
    {
      type: "button",
      class: "day",
      tabindex: "-1",
      "data-day": day.day,
      "aria-label": label,
      onpointermove: () => show(day),
      onfocus: () => show(day),
    },
    ...blocks,
  );
}

function readoutOf({ day, spentUsd, jobs }, parts) {
  const entries = parts
    .filter(({ usd }) => usd > 0)
    .map(({ color, name, usd }) =>
      el("li", {}, el("span", { class: `swatch ${color}` }), el("span", { class: "name" }, name), el("span", { class: "usd" }, dollars(usd))),
    );
  return [
    el("p", {}, el("strong", {}, dayWords(day)), ` ${dollars(spentUsd)} in ${jobCount(jobs)}`),
    el("ul", {}, ...entries),
  ];
}

/** The day whose bar has the focus, or the last one. */
const focusedIn = (bars, days) => days[bars.indexOf(document.activeElement)] ?? days.at(-1);

function moveFocus(event, bars) {
  const at = bars.indexOf(document.activeElement);
  const next = {
    ArrowLeft: Math.max(0, at - 1),
    ArrowRight: Math.min(bars.length - 1, at + 1),
    Home: 0,
    End: bars.length - 1,
  }[event.key];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  bars[at].setAttribute("tabindex", "-1");
  bars[next].setAttribute("tabindex", "0");
  bars[next].focus();
}

const axisOf = (days) =>
  days.length === 0
    ? []
    : [days[0], days[Math.floor((days.length - 1) / 2)], days.at(-1)].map(({ day }) => el("span", {}, dayWords(day)));

const dayWords = (day) =>
  new Date(`${day}T12:00:00Z`).toLocaleDateString(undefined, { month: "short", day: "numeric", timeZone: "UTC" });

/** The next round amount, whose half is round, too. */
function niceMax(usd) {
  if (usd <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(usd));
  return [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].map((factor) => factor * power).find((step) => step >= usd);
}

const shortDollars = (usd) => (Number.isInteger(usd) ? `$${usd}` : dollars(Number(usd.toPrecision(3))));

const NUMBERS = {
  label: "Spending by UTC day",
  empty: "No spending yet.",
  keyOf: ({ day }) => day,
  columns: [
    { label: "Day", isTitle: true, cell: ({ day }) => day },
    { label: "Jobs", isNumber: true, cell: ({ jobs }) => String(jobs) },
    { label: "Spent", isNumber: true, cell: ({ spentUsd }) => dollars(spentUsd) },
    { label: "Reserved", isNumber: true, cell: ({ reservedUsd }) => dollars(reservedUsd) },
  ],
};
