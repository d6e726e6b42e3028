// Problems beside the fields they belong to, as `film.check` finds them. A problem of one listing that
// leaves another free is a remark, not an error.

import { el, prose, setInvalid } from "./dom.js";

/**
 * The problems that matter, each once: `blocks` where the request cannot be filmed as long as it stands;
 * `whose` only where it does not concern all. `target` is what would be sent: with a `model`, that one
 * alone matters. `isAny`: no model is chosen, so where none can, the nearest one matters.
 */
export function problemsFor(check, { target, isAny, nameOf }) {
  const listings = listingsThatMatter(check.listings, target, isAny);
  const able = listings.some(({ ok }) => ok);
  const found = new Map();
  const add = (issue, whose, blocks) => {
    const key = JSON.stringify([issue.path, issue.code, issue.message]);
    const known = found.get(key);
    found.set(key, { issue, blocks, whose: known ? undefined : whose });
  };
  for (const issue of check.issues) add(issue, undefined, issue.severity === "error");
  for (const { provider, model, ok, issues } of listings) {
    const whose = nameOf(isAny ? { model, provider } : { provider });
    for (const issue of issues) {
      const isError = issue.severity === "error";
      // What is retired is told beside the choice of the model; a listing that cannot warns in vain.
      if (issue.code === "deprecated_model" || (!isError && !ok && able)) continue;
      add(issue, whose, isError && !able);
    }
  }
  return [...found.values()];
}

function listingsThatMatter(listings, { model, provider }, isAny) {
  const ordered = listings.toSorted((a, b) => countErrors(a) - countErrors(b));
  if (isAny && model === undefined) return ordered.slice(0, 1);
  const wanted = ordered.filter(
    (listing) =>
      (model === undefined || listing.model === model) &&
      (provider === "cheapest" || listing.provider === provider),
  );
  // Of a provider's listings of one model, the nearest speaks for the others.
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
 * Shows the problems. `isQuiet(path, issue)` tells which ones not to show yet; `onFix(fix)` is called
 * when the user takes one up. What no field is shown for stands in `summary`.
 */
export function showProblems(form, summary, problems, { isQuiet, onFix }) {
  const byField = new Map();
  for (const problem of problems) {
    const path = fieldOf(form, problem.issue.path);
    if (isQuiet(path, problem.issue)) continue;
    byField.set(path, [...(byField.get(path) ?? []), problem]);
  }
  const item = (problem) => renderProblem(form, problem, onFix);
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

/** Draws a list anew only where it has changed, so that a button in it keeps the keyboard. */
function renderList(list, problems, item) {
  const state = JSON.stringify(problems);
  if (list.dataset.state === state) return;
  list.dataset.state = state;
  list.replaceChildren(...problems.map(item));
}

function renderProblem(form, { issue, blocks, whose }, onFix) {
  const kind = blocks ? "error" : issue.severity === "error" ? "remark" : "warning";
  const isSaid = whose === undefined || issue.message.startsWith(whose);
  return el(
    "li",
    { class: kind },
    isSaid ? undefined : el("span", { class: "tag" }, whose),
    ...issueText(issue),
    fixButton(form, issue, onFix),
  );
}

/** What is wrong, and which values would not be. */
export function issueText({ message, allowed }) {
  const values = allowed?.length > 0 ? ` Allowed: ${allowed.join(", ")}.` : "";
  return prose(`${message}${values}`);
}

/** A button that mends a problem, where the form can. */
export function fixButton(form, { path, fix }, onFix) {
  if (!fix || !form.canFix(fix)) return undefined;
  const fixIt = () => {
    onFix(fix);
    form.focus(fix.path);
  };
  return el("button", { type: "button", class: "small", onclick: fixIt }, fixLabel(fix, path));
}

function fixLabel({ path, value, remove }, problemPath) {
  if (value === undefined) return path === problemPath ? "Remove it" : `Remove ${path}`;
  if (value === true) return "Allow it";
  if (value === false) return "Switch it off";
  return `Use ${String(value).slice(0, 40)}${remove === undefined ? "" : " instead"}`;
}
