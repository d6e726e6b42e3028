// Jobs of all accounts, newest first, live.
import { fetchAll, request, withQuery } from "./api.js";
import { followEvents } from "./events.js";
import { actionsOf, costOf, openJob, reportJob, statusOf } from "./job-details.js";
import { catalogModels } from "./models.js";
import { posterOf } from "./posters.js";
import { button, byId, copyableId, el, moment, showItems, withBusy } from "./parts.js";

const PAGE = 25;

const filters = byId("jobs-filters");
let videos = [];
let hasMore = false;
/** Counts the filters that were set: what was asked with an earlier one is not shown. */
let filterings = 0;
let stopEvents;
/** Names of accounts and keys by id. */
const names = new Map();

async function refresh() {
  const [page] = await Promise.all([fetchPage(), fillChoices()]);
  await learnNames([...page.data, ...videos]);
  return () => {
    const older = olderThan(page);
    hasMore = older.length > 0 ? hasMore : page.has_more;
    videos = [...page.data, ...older];
    show();
    stopEvents ??= followEvents({ onEvent, onState: showLive });
  };
}

function fetchPage(after) {
  const query = Object.fromEntries(new FormData(filters));
  return request("GET", withQuery("/videos", { ...query, search: query.search.trim(), limit: PAGE, after }));
}

/** What was shown beyond the first page stays; what is missing from that page is gone. */
function olderThan({ data, has_more }) {
  const last = data.at(-1);
  const ids = new Set(data.map(({ id }) => id));
  return videos.filter(({ id, created_at }) => has_more && !ids.has(id) && created_at <= last.created_at);
}

async function showMore() {
  const asked = filterings;
  const page = await fetchPage(videos.at(-1)?.id);
  await learnNames(page.data);
  if (asked !== filterings) return;
  videos = [...videos, ...page.data];
  hasMore = page.has_more;
  show();
}

function show() {
  byId("more-jobs").hidden = !hasMore;
  const rows = videos.map((video) => ({ video, account: nameOf(video.accountId), key: nameOf(video.keyId) }));
  list ??= listIn(byId("jobs-list"));
  list(rows);
}

let list;

function listIn(container) {
  const node = el("ul", { class: "jobs" });
  const empty = el("p", { class: "empty" }, "No jobs match.");
  container.replaceChildren(node, empty);
  return (rows) => {
    node.hidden = rows.length === 0;
    empty.hidden = rows.length > 0;
    showItems(node, rows, ({ video }) => video.id, jobRow);
  };
}

function jobRow({ video, account, key }) {
  const { id, prompt, model, created_at } = video;
  const short = id.slice(-6);
  const open = async () => openJob(video, { account, key });
  const poster = button("Open", open, { class: "poster", "aria-label": `Open the job ${short}` });
  poster.replaceChildren(posterOf(video));
  return el(
    "li",
    { class: "job" },
    poster,
    el(
      "div",
      { class: "job-text" },
      el("p", { class: "prompt" }, prompt || "No prompt"),
      el("p", { class: "hint" }, el("span", {}, model), el("span", {}, `${account} / ${key}`), moment(created_at * 1000)),
      copyableId(id, `the job ${short}`),
    ),
    el("div", { class: "job-state" }, statusOf(video), el("p", {}, costOf(video))),
    el("div", { class: "actions" }, actionsOf(video)),
  );
}

const nameOf = (id) => (id === undefined ? "" : (names.get(id) ?? id));

/** A key that was minted is in no list: it is shown by its id. */
async function learnNames(list) {
  if (names.size === 0) remember((await Promise.all([fetchAll("/accounts"), fetchAll("/keys")])).flat());
  const ids = new Set(list.flatMap(({ accountId, keyId }) => [accountId, keyId]).filter(Boolean));
  const unknown = [...ids].filter((id) => !names.has(id));
  await Promise.all(unknown.map(learnName));
}

async function learnName(id) {
  const path = id.startsWith("acct_") ? "/accounts" : "/keys";
  remember([{ id, name: id }, ...(await request("GET", withQuery(path, { search: id, limit: 1 }))).data]);
}

function remember(entries) {
  for (const { id, name } of entries) names.set(id, name);
}

let areChoicesFilled = false;

async function fillChoices() {
  if (areChoicesFilled) return;
  const [accounts, models] = await Promise.all([fetchAll("/accounts"), catalogModels()]);
  const { account, model } = filters.elements;
  fill(account, accounts.map(({ id, name }) => [id, name]));
  fill(model, models.map(({ id }) => [id, id]));
  areChoicesFilled = true;
}

function fill(select, options) {
  const { value } = select;
  const known = new Set([...select.options].map((option) => option.value));
  for (const [id, words] of options) if (!known.has(id)) select.append(el("option", { value: id }, words));
  select.value = value;
}

function onEvent(name, data) {
  const at = videos.findIndex(({ id }) => id === data.id);
  if (name === "deleted") videos = videos.filter(({ id }) => id !== data.id);
  else if (at >= 0) videos = videos.with(at, data);
  else if (matches(data)) videos = [data, ...videos];
  reportJob(data);
  void learnNames([data]).catch(() => {}).then(show);
}

/** A new job is shown at once if it passes the filters; words of a prompt are left to the server's search. */
function matches({ status, accountId, model, created_at }) {
  const { search, ...query } = Object.fromEntries(new FormData(filters));
  const isNewest = videos.length === 0 || created_at >= videos[0].created_at;
  const isChosen = (chosen, value) => chosen === "" || chosen === value;
  return (
    search.trim() === "" &&
    isNewest &&
    isChosen(query.status, status) &&
    isChosen(query.account, accountId) &&
    isChosen(query.model, model)
  );
}

function showLive(isOpen) {
  byId("live").dataset.live = String(isOpen);
  byId("live").textContent = isOpen ? "Live" : "Not live";
}

function leave() {
  stopEvents?.();
  stopEvents = undefined;
}

/** A link sets the filters: `#/jobs?account=…`. */
function enter(params) {
  if (Object.keys(params).length > 0) {
    filters.reset();
    forget();
  }
  for (const [name, value] of Object.entries(params)) {
    const control = filters.elements.namedItem(name);
    if (!control) continue;
    if (control.tagName === "SELECT") fill(control, [[value, nameOf(value)]]);
    control.value = value;
  }
}

function forget() {
  videos = [];
  filterings++;
}

document.addEventListener("visibilitychange", () => document.hidden && leave());

let typing;
filters.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    forget();
    dispatchEvent(new Event("changed"));
  }, 250);
});
filters.addEventListener("submit", (event) => event.preventDefault());
byId("more-jobs").addEventListener("click", ({ target }) => withBusy(target, showMore));

export const jobs = { enter, leave, refresh };
