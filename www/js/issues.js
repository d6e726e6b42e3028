// Shows the issues of `client.validate()` beside their fields. An error of one listing is only a remark
// while another listing accepts the request.

import { el, prose, setInvalid } from "./dom.js";

/**
 * The relevant issues, each once, as `{ issue, blocks, scope }`. `blocks`: the request cannot be submitted
 * with it. `scope`: the listing that it concerns, unless it concerns all. `target` is what would be
 * submitted: if it has a `model`, only that one is relevant. `isAny`: no model is chosen; if no listing
 * accepts the request, the closest one is relevant.
 */
export function issuesFor(validation, { target, isAny, nameOf }) {
  const listings = relevantListings(validation.listings, target, isAny);
  const isPossible = listings.some(({ ok }) => ok);
  const found = new Map();
  const add = (issue, scope, blocks) => {
    const key = JSON.stringify([issue.path, issue.code, issue.message]);
    const known = found.get(key);
    found.set(key, { issue, blocks, scope: known ? undefined : scope });
  };
  for (const issue of validation.issues) add(issue, undefined, issue.severity === "error");
  for (const { provider, model, ok, issues } of listings) {
    const scope = nameOf(isAny ? { model, provider } : { provider });
    for (const issue of issues) {
      const isError = issue.severity === "error";
      // Retirement is shown beside the model; warnings of a listing with errors are irrelevant.
      if (issue.code === "deprecated_model" || (!isError && !ok && isPossible)) continue;
      add(issue, scope, isError && !isPossible);
    }
  }
  return [...found.values()];
}

function relevantListings(listings, { model, provider }, isAny) {
  const ordered = listings.toSorted((a, b) => countErrors(a) - countErrors(b));
  if (isAny && model === undefined) return ordered.slice(0, 1);
  const wanted = ordered.filter(
    (listing) =>
      (model === undefined || listing.model === model) &&
      (provider === "cheapest" || listing.provider === provider),
  );
  // Of a provider's listings of one model, only the closest is relevant.
  return wanted.filter(
    (listing) => wanted.find((other) => other.provider === listing.provider) === listing,
  );
}

const countErrors = ({ issues }) => issues.filter(({ severity }) => severity === "error").length;

/** The field that a path belongs to: its own, or the nearest one around it. */
function fieldOf(form, path) {
  const names = path.split(/[.[]/);
  for (let length = names.length; length > 0; length -= 1) {
    const name = names.slice(0, length).join(".");
    if (form.field(name)) return name;
  }
  return undefined;
}

/**
 * Shows the issues. `isQuiet(path, issue)`: it is not shown yet. `onFix(fix)` is called when the user
 * applies a fix. Issues without a shown field are listed in `summary`.
 */
export function showIssues(form, summary, entries, { isQuiet, onFix }) {
  const byField = new Map();
  for (const entry of entries) {
    const path = fieldOf(form, entry.issue.path);
    if (isQuiet(path, entry.issue)) continue;
    byField.set(path, [...(byField.get(path) ?? []), entry]);
  }
  const item = (entry) => renderIssue(form, entry, onFix);
  renderList(summary, byField.get(undefined) ?? [], item);
  for (const { path, control, list } of form.shown()) {
    const here = byField.get(path) ?? [];
    setInvalid(
      control,
      here.some(({ blocks }) => blocks),
    );
    renderList(list, here, item);
  }
}

/** Renders a list only if it has changed, so that a button in it keeps the focus. */
function renderList(list, entries, item) {
  const state = JSON.stringify(entries);
  if (list.dataset.state === state) return;
  list.dataset.state = state;
  list.replaceChildren(...entries.map(item));
}

function renderIssue(form, { issue, blocks, scope }, onFix) {
  const kind = blocks ? "error" : issue.severity === "error" ? "remark" : "warning";
  const isNamed = scope === undefined || issue.message.startsWith(scope);
  return el(
    "li",
    { class: kind },
    isNamed ? undefined : el("span", { class: "tag" }, scope),
    ...issueText(issue),
    fixButton(form, issue, onFix),
  );
}

/** The message, with the allowed values. */
export function issueText({ message, allowed }) {
  const values = allowed?.length > 0 ? ` Allowed: ${allowed.join(", ")}.` : "";
  return prose(`${message}${values}`);
}

/** A button that applies the issue's fix, if the form can. */
export function fixButton(form, { path, fix }, onFix) {
  if (!fix || !form.canFix(fix)) return undefined;
  const fixIt = () => {
    onFix(fix);
    form.focus(fix.path);
  };
  return el("button", { type: "button", class: "small", onclick: fixIt }, fixLabel(fix, path));
}

function fixLabel({ path, value, remove }, issuePath) {
  if (value === undefined) return path === issuePath ? "Remove it" : `Remove ${path}`;
  if (value === true) return "Allow it";
  if (value === false) return "Turn it off";
  return `Use ${String(value).slice(0, 40)}${remove === undefined ? "" : " instead"}`;
}
