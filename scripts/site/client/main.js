// The search, and the navigation that is folded on a narrow screen.
import MiniSearch from "minisearch";
import { OPTIONS } from "./options.js";

const MAX_RESULTS = 12;
const { index: indexUrl, root } = document.body.dataset;
const search = document.querySelector(".search");
const input = document.querySelector("#search");
const list = document.querySelector("#found");
const count = document.querySelector("#found-count");
const panel = document.querySelector(".results");

const narrow = matchMedia("(max-width: 800px)");
const fold = document.querySelector(".fold");
const arrange = () => (fold.open = !narrow.matches);
narrow.addEventListener("change", arrange);
arrange();
if (!narrow.matches) document.querySelector(".pages [aria-current]")?.scrollIntoView({ block: "nearest" });

let loading;
/** The index, which is fetched once a reader turns to the search. */
function index() {
  loading ??= fetch(indexUrl)
    .then((response) => {
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      return response.text();
    })
    .then((json) => MiniSearch.loadJSON(json, OPTIONS));
  loading.catch(() => (loading = undefined));
  return loading;
}

let selected = -1;

async function find() {
  const words = input.value.trim();
  if (words === "") return close();
  let found;
  try {
    found = (await index()).search(words, { prefix: true, fuzzy: 0.15, boost: { heading: 3, title: 2 }, combineWith: "AND" });
  } catch {
    return show([], "The index could not be loaded. Check the connection, then search again.");
  }
  if (words !== input.value.trim()) return undefined; // Typed on meanwhile.
  const shown = found.slice(0, MAX_RESULTS);
  const all = found.length > shown.length ? `The first ${shown.length} of ${found.length} sections` : `${found.length} sections`;
  return show(shown, found.length === 0 ? `Nothing found for “${words}”` : found.length === 1 ? "1 section" : all);
}

function show(results, text) {
  list.replaceChildren(...results.map(option));
  count.textContent = text;
  panel.hidden = false;
  input.setAttribute("aria-expanded", "true");
  select(results.length > 0 ? 0 : -1);
}

function close() {
  panel.hidden = true;
  input.setAttribute("aria-expanded", "false");
  select(-1);
}

function option({ url, title, heading, excerpt }, at) {
  const item = element("a", { id: `found-${at}`, role: "option", href: root + url, tabIndex: -1 });
  const name = element("strong", { textContent: heading });
  item.append(name, ...(heading === title ? [] : [element("span", { textContent: title })]), element("small", { textContent: excerpt }));
  return item;
}

const element = (name, fields) => Object.assign(document.createElement(name), fields);

function select(at) {
  selected = at;
  for (const [index, item] of [...list.children].entries()) {
    item.setAttribute("aria-selected", String(index === at));
    if (index === at) item.scrollIntoView({ block: "nearest" });
  }
  if (at >= 0) input.setAttribute("aria-activedescendant", `found-${at}`);
  else input.removeAttribute("aria-activedescendant");
}

search.hidden = false;
input.addEventListener("focus", () => void index().catch(() => {}));
input.addEventListener("input", find);
input.addEventListener("keydown", (event) => {
  const last = list.children.length - 1;
  if (event.key === "Escape") {
    event.preventDefault();
    if (panel.hidden) input.blur();
    close();
  } else if (panel.hidden || last < 0) return;
  else if (event.key === "ArrowDown") select(selected === last ? 0 : selected + 1);
  else if (event.key === "ArrowUp") select(selected <= 0 ? last : selected - 1);
  else if (event.key === "Enter") list.children[selected].click();
  else return;
  event.preventDefault();
});
// A result on this page only moves the text: the list has to go.
list.addEventListener("click", close);
search.addEventListener("focusout", ({ relatedTarget }) => {
  if (!search.contains(relatedTarget)) close();
});
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
  const isWanted = event.key === "/" ? !event.ctrlKey && !event.metaKey && !event.altKey : event.key === "k" && (event.ctrlKey || event.metaKey);
  if (!isWanted || isTyping) return;
  event.preventDefault();
  input.focus();
  input.select();
});
