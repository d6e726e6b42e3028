// Accounts and their API keys.
import { fetchAll, request, withQuery } from "./api.js";
import { changeAccount, changeKey, closeAccount, createAccount, createKey, revokeKey, rotateKey, rotateSecrets } from "./key-forms.js";
import { badge, button, byId, copyableId, dollars, el, moment, showItems, span, table, withBusy } from "./parts.js";

const PAGE = 20;
/** As many accounts show their keys unasked. */
const MAX_OPEN = 6;
const SOON_MS = 7 * 24 * 60 * 60_000;

const filters = byId("keys-filters");
/** By account: the function that shows its keys. */
const keyTables = new Map();
/** Accounts that the admin has opened or closed. */
const toggled = new Map();
/** By account: as many minted keys are shown, if they are more than a page. */
const mintedShown = new Map();
let limit = PAGE;

async function refresh() {
  const search = filters.elements.search.value.trim();
  const { data, hasMore } = await upTo(limit, "/accounts", { search });
  const accounts = search ? await withThoseOfKeys(data, search) : data;
  const isOpen = ({ id }) => toggled.get(id) ?? accounts.length <= MAX_OPEN;
  const rows = accounts.map((account) => ({ ...account, isOpen: isOpen(account) }));
  const keys = await Promise.all(rows.filter((row) => row.isOpen).map(keysOf));
  return () => {
    showItems(byId("accounts"), rows, ({ id }) => id, accountCard);
    for (const { id, kept, minted } of keys) keyTables.get(id)?.(kept, minted);
    byId("more-accounts").hidden = !hasMore;
    const empty = byId("accounts-empty");
    empty.hidden = rows.length > 0;
    empty.textContent = search ? "Nothing matches." : "No accounts yet. Create an API key: its account is created with it.";
  };
}

/** As many entries as are shown; a page of the API has at most 100. */
async function upTo(count, path, params) {
  const data = [];
  for (let after; ; ) {
    const page = await request("GET", withQuery(path, { ...params, limit: Math.min(100, count - data.length), after }));
    data.push(...page.data);
    if (!page.has_more || data.length >= count) return { data, hasMore: page.has_more };
    after = page.last_id;
  }
}

/** A search also finds the accounts of the keys that match. */
async function withThoseOfKeys(accounts, search) {
  const found = [false, true].map((minted) => request("GET", withQuery("/keys", { search, minted, limit: PAGE })));
  const owners = (await Promise.all(found)).flatMap(({ data }) => data.map(({ accountId }) => accountId));
  const known = new Set(accounts.map(({ id }) => id));
  const others = [...new Set(owners)].filter((id) => !known.has(id));
  return [...accounts, ...(await Promise.all(others.map((id) => request("GET", `/accounts/${id}`))))];
}

/** The keys that match; of an account that matches itself, all. */
async function keysOf({ id, name }) {
  const state = filters.elements.state.value;
  const text = filters.elements.search.value.trim();
  const search = `${name} ${id}`.toLowerCase().includes(text.toLowerCase()) ? "" : text;
  const path = `/accounts/${id}/keys`;
  const [kept, minted] = await Promise.all([
    fetchAll(path, { state, search, minted: false }),
    upTo(mintedShown.get(id) ?? PAGE, path, { state, search, minted: true }),
  ]);
  return { id, kept, minted };
}

const stateOf = ({ revokedAt, expiresAt }) =>
  revokedAt ? "revoked" : expiresAt && expiresAt <= Date.now() ? "expired" : "active";

function accountCard(account) {
  const { id, name, isOpen, closedAt } = account;
  const of = (words) => ({ "aria-label": `${words} the account ${name}` });
  const list = el("div", { id: `keys-of-${id}`, hidden: !isOpen });
  const toggle = el(
    "button",
    { type: "button", class: "toggle", "aria-expanded": String(isOpen), "aria-controls": list.id, "data-action": "toggle" },
    name,
  );
  toggle.addEventListener("click", () => {
    toggled.set(id, !isOpen);
    dispatchEvent(new Event("changed"));
  });
  const [kept, minted] = [el("div", {}), el("div", {})];
  const more = button("More minted keys", async () => {
    mintedShown.set(id, (mintedShown.get(id) ?? PAGE) + PAGE);
    dispatchEvent(new Event("changed"));
  });
  list.append(kept, minted, more);
  const showKept = table(kept, keyColumns(`API keys of ${name}`));
  const showMinted = table(minted, { ...keyColumns(`Minted keys of ${name}`), empty: "" });
  keyTables.set(id, (keys, { data, hasMore }) => {
    showKept(keys);
    showMinted(data);
    minted.hidden = data.length === 0;
    more.hidden = !hasMore;
  });
  const actions = closedAt
    ? []
    : [
        button("New key", () => createKey(account), of("New key for")),
        button("Change", () => changeAccount(account), of("Change")),
        button("Close", async () => closeAccount(account), of("Close")),
      ];
  return el(
    "article",
    { class: "panel account" },
    el(
      "div",
      { class: "heading" },
      el("h3", {}, toggle),
      el("div", { class: "actions" }, el("a", { class: "button", href: `#/jobs?account=${id}`, ...of("Jobs of") }, "Jobs"), actions),
    ),
    el("div", { class: "facts" }, copyableId(id, name), factsOf(account)),
    list,
  );
}

function factsOf({ dailyBudgetUsd, monthlyBudgetUsd, maxConcurrentJobs, models, webhook, retentionDays, closedAt, isUnreadable }) {
  if (isUnreadable) return badge("failed", "unreadable");
  const facts = [
    closedAt && badge("failed", "closed"),
    fact("Per day", dailyBudgetUsd === undefined ? "no limit" : dollars(dailyBudgetUsd)),
    fact("Per month", monthlyBudgetUsd === undefined ? "no limit" : dollars(monthlyBudgetUsd)),
    fact("At once", maxConcurrentJobs === undefined ? "no limit" : `${maxConcurrentJobs} jobs`),
    fact("Models", models ? models.join(", ") : "all of the catalog"),
    webhook && fact("Webhook", webhook.url),
    retentionDays && fact("Kept for", `${retentionDays} days`),
  ];
  return facts.filter(Boolean);
}

const fact = (label, value) => el("span", { class: "fact" }, el("span", { class: "hint" }, label, " "), value);

const keyColumns = (label) => ({
  label,
  empty: "No such keys.",
  keyOf: (key) => key.id,
  columns: [
    { label: "Key", isTitle: true, cell: (key) => [el("strong", {}, key.name), copyableId(key.id, key.name)] },
    { label: "State", cell: stateCell },
    { label: "Scopes", cell: ({ scopes = [] }) => scopes.map((scope) => [badge(scope), " "]) },
    { label: "Limits", cell: limitsOf },
    { label: "Last used", cell: ({ lastUsedAt }) => (lastUsedAt ? moment(lastUsedAt) : el("span", { class: "hint" }, "never")) },
    { label: "Actions", isEnd: true, cell: keyActions },
  ],
});

function stateCell(key) {
  const state = stateOf(key);
  const until = key.revokedAt ?? key.expiresAt;
  if (state !== "active") return [badge("failed", state), el("br"), moment(until)];
  if (!until) return badge("completed", "active");
  const left = until - Date.now();
  return [badge(left < SOON_MS ? "pending" : "completed", `active for ${span(left)}`), el("br"), moment(until)];
}

function limitsOf({ maxSpendUsd, models, user, retentionDays }) {
  const limits = [
    maxSpendUsd !== undefined && fact("Spends at most", dollars(maxSpendUsd)),
    models && fact("Models", models.join(", ")),
    user && fact("User", user),
    retentionDays && fact("Kept for", `${retentionDays} days`),
  ].filter(Boolean);
  return limits.length > 0 ? limits : el("span", { class: "hint" }, "those of the account");
}

function keyActions(key) {
  if (stateOf(key) === "revoked") return [];
  const of = (words) => ({ "aria-label": `${words} the key ${key.name}` });
  return el(
    "div",
    { class: "actions" },
    button("Change", () => changeKey(key), of("Change")),
    button("Rotate", async () => rotateKey(key), of("Rotate")),
    button("Revoke", async () => revokeKey(key), of("Revoke")),
  );
}

function enter({ account }) {
  if (account) filters.elements.search.value = account;
}

let typing;
filters.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => dispatchEvent(new Event("changed")), 200);
});
filters.addEventListener("submit", (event) => event.preventDefault());
byId("new-account").addEventListener("click", ({ target }) => withBusy(target, createAccount));
byId("new-key").addEventListener("click", ({ target }) => withBusy(target, () => createKey()));
byId("rotate-secrets").addEventListener("click", () => rotateSecrets());
byId("more-accounts").addEventListener("click", () => {
  limit += PAGE;
  dispatchEvent(new Event("changed"));
});

export const keys = { enter, refresh };
