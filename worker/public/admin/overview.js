// What was spent by day, budgets, what needs attention, and the providers' states.
import { request, withQuery } from "./api.js";
import { spendingChart } from "./chart.js";
import { byId, dollars, el, jobCount, moment, providerName, showItems, table } from "./parts.js";

const today = () => new Date().toISOString().slice(0, 10);

let showBudgets;
let names = {};
let latest;

async function refresh() {
  const days = byId("stack-days").value;
  const newest = await request("GET", withQuery("/overview", { days }));
  const known = await keyNames(newest.days);
  return () => {
    latest = newest;
    names = known;
    showTiles(latest);
    showChart();
    showAttention(latest.attention);
    showProviders(latest.providers);
    showBudgets ??= table(byId("budgets"), BUDGETS);
    showBudgets(latest.budgets);
  };
}

/** Names of the keys in the chart; asked for again only if one is unknown. */
async function keyNames(days) {
  const ids = new Set(days.flatMap(({ byKey }) => Object.keys(byKey)));
  if ([...ids].every((id) => Object.hasOwn(names, id))) return names;
  const { data } = await request("GET", "/keys?limit=100");
  const known = Object.fromEntries(data.map(({ id, name }) => [id, name]));
  return Object.fromEntries([...ids].map((id) => [id, known[id] ?? id]));
}

function showTiles({ days, budgets, attention }) {
  const sum = (rows, field) => rows.reduce((total, row) => total + row[field], 0);
  const todays = days.filter(({ day }) => day === today());
  const tiles = [
    { label: "Spent today", value: dollars(sum(todays, "spentUsd")), note: jobCount(sum(todays, "jobs")) },
    { label: "Spent this month", value: dollars(sum(budgets, "spentMonthUsd")), note: today().slice(0, 7) },
    { label: "Reserved", value: dollars(sum(days, "reservedUsd")), note: "running, or not reconciled" },
    { label: "Jobs", value: String(sum(days, "jobs")), note: `in ${byId("stack-days").value} days` },
  ];
  const pending = attention.find(({ kind }) => kind === "pending_charges")?.count ?? 0;
  showCount(pending);
  showItems(byId("tiles"), tiles, ({ label }) => label, ({ label, value, note }) =>
    el("div", { class: "tile" }, el("dt", {}, label), el("dd", {}, el("strong", {}, value), " ", el("span", {}, note))),
  );
}

function showCount(pending) {
  const count = byId("charges-count");
  count.hidden = pending === 0;
  count.textContent = String(pending);
}

function showChart() {
  const by = byId("stack-by").value;
  spendingChart(byId("chart"), latest.days, {
    partsOf: (day) => day[by],
    nameOf: (id) => (by === "byKey" ? (names[id] ?? id) : id),
  });
}

const showAttention = (attention) =>
  showItems(
    byId("attention"),
    attention.length > 0 ? attention : [{ kind: "none", message: "Nothing. All is well." }],
    ({ kind, link = "", message }) => kind + link + message,
    ({ kind, message, link, usd }) =>
      el(
        "li",
        { "data-kind": kind },
        el("span", {}, message),
        usd > 0 && el("strong", {}, dollars(usd)),
        link?.startsWith("#/") && el("a", { href: link, "aria-label": `Show: ${message}` }, "Show"),
      ),
  );

const showProviders = (providers) =>
  showItems(byId("providers"), providers, ({ provider }) => provider, ({ provider, state, since, waitingJobs }) =>
    el(
      "li",
      { "data-state": state },
      el("strong", {}, providerName(provider)),
      el("span", {}, state === "up" ? "answers" : "does not answer"),
      el(
        "span",
        { class: "hint" },
        state !== "up" && since && ["since ", moment(since)],
        waitingJobs > 0 && `; ${waitingJobs} ${waitingJobs === 1 ? "job waits" : "jobs wait"}`,
      ),
    ),
  );

const BUDGETS = {
  label: "Budgets",
  empty: ["No accounts yet. ", el("a", { href: "#/keys" }, "Create an API key"), " to begin."],
  keyOf: ({ accountId }) => accountId,
  columns: [
    { label: "Account", isTitle: true, cell: ({ accountId, name }) => el("a", { href: `#/keys?account=${accountId}` }, name) },
    { label: "Today", cell: (row) => meter(row.spentTodayUsd, row.reservedTodayUsd, row.dailyBudgetUsd) },
    { label: "This month", cell: (row) => meter(row.spentMonthUsd, row.reservedMonthUsd, row.monthlyBudgetUsd) },
  ],
};

/** How much of a budget is used: what is reserved counts, too. Without a budget, only the amounts. */
function meter(spentUsd, reservedUsd = 0, budgetUsd) {
  const reserved = reservedUsd > 0 && `, ${dollars(reservedUsd)} reserved`;
  const note = (words) => el("span", { class: "hint" }, reserved, reserved ? "; " : " ", words);
  if (budgetUsd === undefined) {
    return el("div", { class: "meter" }, el("span", {}, dollars(spentUsd), note("no limit")));
  }
  const share = (usd) => (budgetUsd > 0 ? usd / budgetUsd : 1);
  const used = share(spentUsd + reservedUsd);
  const part = (name, usd) => {
    const node = el("span", { class: name });
    node.style.width = `${Math.min(100, 100 * share(usd))}%`;
    return node;
  };
  const track = el("div", { class: "track", "aria-hidden": "true" }, part("used", spentUsd), reserved && part("series-reserved", reservedUsd));
  track.dataset.level = used >= 1 ? "full" : used >= 0.8 ? "high" : "normal";
  return el(
    "div",
    { class: "meter" },
    el("span", {}, `${dollars(spentUsd)} of ${dollars(budgetUsd)}`, note(`${Math.floor(100 * used)}\u00a0%`)),
    track,
  );
}

byId("stack-by").addEventListener("change", () => latest && showChart());
byId("stack-days").addEventListener("change", () => dispatchEvent(new Event("changed")));

export const overview = { refresh };
