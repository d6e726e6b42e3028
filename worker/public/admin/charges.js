// Jobs whose charge is unknown, grouped by the reason, and reconciled together.
import { request, withQuery } from "./api.js";
import { openForm } from "./dialogs.js";
import { reasonWords, reconcileJob } from "./job-details.js";
import { badge, button, byId, copyableId, dollars, el, jobCount, moment, providerName, showItems, table } from "./parts.js";

/** As many jobs of a group are listed; all of them are reconciled. */
const MAX_LISTED = 20;

const chosen = new Set();
let groups = [];
let view;

async function refresh() {
  const pending = await fetchPending();
  return () => show(pending);
}

function show(pending) {
  const byReason = Map.groupBy(pending, groupKey);
  groups = [...byReason].map(([key, jobs]) => groupOf(key, jobs)).sort((a, b) => b.usd - a.usd);
  for (const key of chosen) if (!byReason.has(key)) chosen.delete(key);
  const count = byId("charges-count");
  count.hidden = pending.length === 0;
  count.textContent = String(pending.length);
  view ??= viewIn(byId("charges-list"));
  view();
}

async function fetchPending() {
  const pending = [];
  for (let after; ; ) {
    const page = await request("GET", withQuery("/usage", { after }));
    pending.push(...page.open.filter(({ state }) => state === "pending"));
    if (!page.has_more) return pending;
    after = page.last_id;
  }
}

/** What the API's filter can tell apart. */
const filterOf = ({ reason, code, provider }) => ({ reason, ...(code && { code }), ...(provider && { provider }) });
const groupKey = (job) => JSON.stringify(filterOf(job));

const groupOf = (key, jobs) => ({
  key,
  filter: JSON.parse(key),
  count: jobs.length,
  usd: sumUsd(jobs.map(({ reservedUsd }) => reservedUsd)),
  oldest: Math.min(...jobs.map(({ reservedAt }) => reservedAt)),
  jobs: jobs.slice(0, MAX_LISTED),
});

/** In micro-dollars, so that no sum has a float's digits. */
const sumUsd = (amounts) => amounts.reduce((sum, usd) => sum + Math.round(usd * 1e6), 0) / 1e6;

function viewIn(container) {
  const list = el("div", { class: "stack" });
  const empty = el("p", { class: "panel empty" }, "No charge is pending. All is reconciled.");
  const words = el("p", {});
  const bar = el(
    "div",
    { class: "panel chosen" },
    words,
    el(
      "div",
      { class: "actions" },
      button("Not charged…", () => openBulk("not_charged")),
      button("Charged as reserved…", () => openBulk("charged")),
    ),
  );
  container.replaceChildren(list, empty, bar);
  const showBar = () => {
    const selected = groups.filter(({ key }) => chosen.has(key));
    bar.hidden = selected.length === 0;
    const count = selected.reduce((sum, group) => sum + group.count, 0);
    words.textContent = `${jobCount(count)}, ${dollars(sumUsd(selected.map(({ usd }) => usd)))} reserved`;
  };
  const groupCard = ({ key, filter, count, usd, oldest, jobs }) => {
    const box = el("input", { type: "checkbox", checked: chosen.has(key), "data-action": "choose" });
    box.addEventListener("change", () => {
      if (box.checked) chosen.add(key);
      else chosen.delete(key);
      showBar();
    });
    const rows = el("div", {});
    table(rows, jobColumns(reasonWords(filter.reason)))(jobs);
    return el(
      "article",
      { class: "panel" },
      el(
        "div",
        { class: "heading" },
        el("label", { class: "check" }, box, el("span", {}, el("strong", {}, sentence(reasonWords(filter.reason))), " ", labelsOf(filter))),
        el("p", {}, el("strong", {}, dollars(usd)), ` in ${jobCount(count)}, since `, moment(oldest)),
      ),
      rows,
      count > jobs.length && el("p", { class: "hint" }, `The oldest ${jobs.length} of ${count} are listed.`),
    );
  };
  return () => {
    showItems(list, groups, ({ key }) => key, groupCard);
    empty.hidden = groups.length > 0;
    showBar();
  };
}

/** What tells groups of the same reason apart. */
const labelsOf = ({ reason, code, provider }) => [
  provider && [badge(provider, providerName(provider)), " "],
  code && code !== reason && badge(code),
];

const sentence = (words) => words.charAt(0).toUpperCase() + words.slice(1);

const jobColumns = (label) => ({
  label,
  empty: "None.",
  keyOf: ({ id }) => id,
  columns: [
    { label: "Job", isTitle: true, cell: ({ id }) => copyableId(id, `the job ${id.slice(-6)}`) },
    { label: "Account", cell: ({ accountName, keyName }) => accountName ?? keyName ?? "" },
    { label: "Model", cell: ({ model }) => model },
    { label: "Since", cell: ({ reservedAt }) => moment(reservedAt) },
    { label: "Reserved", isNumber: true, cell: ({ reservedUsd }) => dollars(reservedUsd) },
    {
      label: "Actions",
      isEnd: true,
      cell: (job) => button("Reconcile", () => reconcileJob(job), { "aria-label": `Reconcile the job ${job.id.slice(-6)}` }),
    },
  ],
});

/** First a dry run: what it says is what is then recorded, also if more charges become pending meanwhile. */
async function openBulk(decision) {
  const filters = groups.filter(({ key }) => chosen.has(key)).map(({ filter }) => filter);
  // When the dry run began, by the gateway's clock.
  let pendingBefore;
  const run = async (more) => {
    const results = [];
    for (const filter of filters) {
      // One call looks at so many jobs; the next one continues.
      for (let after; after !== null; ) {
        const body = { decision, filter: { ...filter, pendingBefore }, ...more, after };
        const result = await request("POST", "/reconcile", body);
        pendingBefore ??= result.pendingBefore;
        results.push(result);
        after = result.next;
      }
    }
    return results;
  };
  const found = await run({ dryRun: true });
  const matched = found.reduce((sum, result) => sum + result.matched, 0);
  const jobs = jobCount(matched);
  const amount = dollars(sumUsd(found.map(({ usd }) => usd)));
  const words =
    decision === "charged"
      ? `${jobs} will be recorded as charged with the reserved ${amount}, as an estimate.`
      : `${jobs} will be recorded as not charged, and ${amount} returns to the budgets.`;
  openForm(decision === "charged" ? "Charged as reserved?" : "Not charged?", {
    fields: [el("p", {}, words), el("p", { class: "hint" }, "Nothing is recorded yet.")],
    label: `Reconcile ${jobs}`,
    send: async () => {
      await run({});
      chosen.clear();
      return () => dispatchEvent(new Event("changed"));
    },
  });
}

export const charges = { refresh };
