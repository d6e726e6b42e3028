// Problems beside the fields they belong to, as `film.check` finds them. A problem of one provider
// that leaves the other free is a remark, not an error.

import { byId, el, prose, setInvalid } from "./dom.js";
import { canFix, focusField } from "./form.js";
import { providerName } from "./format.js";

/**
 * The problems that matter for `choice`, each once: `blocks` where the request cannot be filmed as
 * long as it stands; `provider` only where it does not concern all of them.
 */
export function problemsFor(check, choice) {
  const listings = check.listings.filter(
    ({ provider }) => choice === "cheapest" || choice === provider,
  );
  const able = listings.some(({ ok }) => ok);
  const found = new Map();
  const add = (issue, provider, blocks) => {
    const key = JSON.stringify([issue.path, issue.code, issue.message]);
    const known = found.get(key);
    found.set(key, { issue, blocks, provider: known ? undefined : provider });
  };
  for (const issue of check.issues) add(issue, undefined, issue.severity === "error");
  for (const { provider, issues } of listings) {
    for (const issue of issues) add(issue, provider, issue.severity === "error" && !able);
  }
  return [...found.values()];
}

/** The control that a path belongs to: its own, or that of the nearest field around it. */
export function fieldOf(form, path) {
  const names = path.split(/[.[]/);
  for (let length = names.length; length > 0; length -= 1) {
    const name = names.slice(0, length).join(".");
    if (form.elements.namedItem(name)) return name;
  }
  return undefined;
}

/**
 * Shows the problems. `isQuiet(field, issue)` tells which ones not to show yet; `onFix(fix)` is called
 * when the user takes one up.
 */
export function showProblems(form, problems, { isQuiet, onFix }) {
  const byField = new Map();
  for (const problem of problems) {
    const field = fieldOf(form, problem.issue.path);
    if (field !== undefined && isQuiet(field, problem.issue)) continue;
    byField.set(field, [...(byField.get(field) ?? []), problem]);
  }
  const item = (problem) => renderProblem(form, problem, onFix);
  renderList(byId("summary"), byField.get(undefined) ?? [], item);
  for (const control of form.querySelectorAll("[aria-describedby]")) {
    const list = problemList(control);
    if (!list) continue;
    const here = byField.get(control.name) ?? [];
    setInvalid(
      control,
      here.some(({ blocks }) => blocks),
    );
    renderList(list, here, item);
  }
}

/** The list that a control says describes it. */
function problemList(control) {
  const id = control
    .getAttribute("aria-describedby")
    .split(" ")
    .find((name) => name.endsWith("-problems"));
  return id && byId(id);
}

/** Draws a list anew only where it has changed, so that a button in it keeps the keyboard. */
function renderList(list, problems, item) {
  const state = JSON.stringify(problems);
  if (list.dataset.state === state) return;
  list.dataset.state = state;
  list.replaceChildren(...problems.map(item));
}

function renderProblem(form, { issue, blocks, provider }, onFix) {
  const kind = blocks ? "error" : issue.severity === "error" ? "remark" : "warning";
  return el(
    "li",
    { class: kind },
    providerTag(issue, provider),
    ...issueText(issue),
    fixButton(form, issue, onFix),
  );
}

/** Whose problem it is, where the message does not begin with that itself. */
function providerTag({ message }, provider) {
  const name = provider && providerName(provider);
  return name && !message.startsWith(name) ? el("span", { class: "tag" }, name) : undefined;
}

/** What is wrong, and which values would not be. */
export function issueText({ message, allowed }) {
  const values = allowed?.length > 0 ? ` Allowed: ${allowed.join(", ")}.` : "";
  return prose(`${message}${values}`);
}

/** A button that mends a problem, where the form can. */
export function fixButton(form, { path, fix }, onFix) {
  if (!fix || !canFix(form, fix)) return undefined;
  const fixIt = () => {
    onFix(fix);
    focusField(form, fix.path);
  };
  return el("button", { type: "button", class: "small", onclick: fixIt }, fixLabel(fix, path));
}

function fixLabel({ path, value, remove }, problemPath) {
  if (value === undefined) return path === problemPath ? "Remove it" : `Remove ${path}`;
  if (value === true) return "Allow it";
  return `Use ${String(value).slice(0, 40)}${remove === undefined ? "" : " instead"}`;
}
