// The page: validates and prices the form at every change, and submits it in the chosen environment.

import { composePrompt } from "../vendor/filmgate/index.js";
import { describeError } from "./messages.js";
import { codeFor } from "./code.js";
import { createDraft } from "./draft.js";
import { announce, bindCopy, byId, debounce } from "./dom.js";
import { EXAMPLES } from "./examples.js";
import { createJobList } from "./job-list.js";
import { bindParts, createForm } from "./form.js";
import { showGateway } from "./gateway.js";
import { providerName } from "./format.js";
import { createModelSelect } from "./model-select.js";
import { watchPromptNotes } from "./prompt-notes.js";
import { createQuotesPanel, spendingLimit } from "./quotes-panel.js";
import { countPending, createEnvironment, findLocal } from "./environments.js";
import { issuesFor, showIssues } from "./issues.js";
import { createSettings } from "./settings.js";

// Without a model and a quote for it there is nothing to submit.
const NO_QUOTE = {
  code: "invalid_request",
  message: "No quote is selected, and no current listing can generate this video.",
  charge: "none",
};

// Before anything is stored: it works offline only at the simulator in the page.
const OFFLINE = "You are offline. Nothing was sent.";

// Fields that the user has edited.
const touched = new Set();
let attempted = false;
// The environments in which a job is about to be stored.
const storing = new Set();
let environment;
// Created once the catalog is available.
let form;
let modelSelect;
let quotesPanel;
let draft;

const refreshSoon = debounce(refresh, 120);
const jobList = createJobList({
  onRemix(id, model) {
    if (form.model() !== model) modelSelect.choose(model);
    for (const path of ["image", "size", "resolution", "aspectRatio"]) form.fix({ path });
    form.fix({ path: "remixId", value: id });
    form.focus("prompt");
    refresh();
  },
});
if (!isSecureContext) {
  byId("insecure").textContent =
    "Opened over http: use one tab only, and copy by hand. Both work in every tab over https, or at localhost.";
  byId("insecure").hidden = false;
}
const local = await findLocal();
const settings = createSettings({ local, onChange: () => openEnvironment().catch(showFailure) });

await openEnvironment().catch(showFailure);

/** Opens the chosen environment and shows its jobs. */
async function openEnvironment() {
  const next = await createEnvironment(settings.environment(), { local, settings });
  if (next.id !== settings.environment()) return;
  const isFirst = environment === undefined;
  environment = next;
  if (isFirst) bind(environment.client.models());
  hideSubmitError();
  showConnection();
  if (environment.id === "gateway") void showGateway(settings.gateway());
  await Promise.all([jobList.show(environment), showPendingCounts()]);
}

/** Shows how many jobs are pending in the other environments: after a reload they are not polled. */
async function showPendingCounts() {
  for (const note of document.querySelectorAll("[data-pending]")) {
    const id = note.dataset.pending;
    const count = id === environment.id ? 0 : await countPending(id, settings);
    note.hidden = count === 0;
    note.textContent = count === 1 ? "1 job in progress." : `${count} jobs in progress.`;
  }
}

/** The simulator in the page needs no network. */
function isOffline() {
  return navigator.onLine === false && environment.id !== "page";
}

function showConnection() {
  byId("offline").hidden = !isOffline();
  if (!isOffline() && byId("submit-error").textContent === OFFLINE) hideSubmitError();
  refresh();
}

function bind(catalog) {
  form = createForm(catalog, {
    onImage(path) {
      touched.add(path);
      refreshSoon();
    },
  });
  modelSelect = createModelSelect(form, catalog, refresh);
  quotesPanel = createQuotesPanel(form, {
    nameOf: modelSelect.name,
    onPick: refresh,
    onModel: modelSelect.choose,
    onFix: applyFix,
  });
  form.arrange();
  draft = createDraft(form, quotesPanel);
  draft.restore();
  modelSelect.refresh();
  bindParts(form, composePrompt);
  bindCopy(byId("copy-code"), () => byId("code").textContent);
  form.node.addEventListener("input", ({ target }) => {
    if (target.name) touched.add(target.name);
    hideSubmitError();
    refreshSoon();
  });
  byId("limit").addEventListener("input", refreshSoon);
  for (const button of document.querySelectorAll("[data-example]")) {
    button.addEventListener("click", () => fillExample(button.dataset.example));
  }
  form.node.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  bindSubmitOnce();
  for (const change of ["online", "offline"]) addEventListener(change, showConnection);
  watchPromptNotes(() => jobList.refresh());
  // Saves what was typed since the last refresh.
  addEventListener("pagehide", () => draft.save(form.read()));
}

/** One press submits once: the second click of a double click and a held key are ignored. */
function bindSubmitOnce() {
  byId("submit").addEventListener("click", (event) => {
    if (event.detail > 1) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const isSubmit = event.target.form === form.node && event.target.tagName !== "TEXTAREA";
    if (event.repeat && event.key === "Enter" && isSubmit) event.preventDefault();
  });
}

function fillExample(name) {
  form.fill(EXAMPLES[name]);
  modelSelect.refresh();
  touched.clear();
  attempted = false;
  refresh();
  announce("Example loaded.");
}

function applyFix(fix) {
  form.fix(fix);
  refresh();
}

/** Validates and prices the current form. */
function refresh() {
  const request = form.read();
  const { client, lacksKey } = environment;
  const isAny = request.model === undefined;
  const isBusy = storing.has(environment.id);
  const label = isOffline() ? "Offline" : isBusy ? "Submitting…" : undefined;
  if (isBusy) byId("submit").setAttribute("aria-disabled", "true");
  else byId("submit").removeAttribute("aria-disabled");
  quotesPanel.show(client.quote(request), { isAny, lacksKey, label });
  const target = quotesPanel.target();
  const sent = { model: target.model, ...request };
  const issues = issuesFor(client.validate(request), {
    target,
    isAny,
    nameOf: (listing) => (isAny ? modelSelect.name(listing.model) : providerName(listing.provider)),
  });
  showIssues(form, byId("summary"), issues, {
    // A required field is not reported before the user has edited it or tried to submit.
    isQuiet: (path, { code }) => code === "required" && !attempted && !touched.has(path),
    onFix: applyFix,
  });
  showCollapsedCounts();
  byId("resend").hidden = !environment.mayResend || lacksKey("runpod") || target.provider === "runware";
  byId("code").textContent = codeFor(sent, {
    provider: target.provider,
    limit: spendingLimit(),
    environment: environment.id,
    local,
    settings,
    images: form.images(),
  });
  draft.save(request);
  return { request: sent, provider: target.provider };
}

/** Counts fields and issues in the collapsed part, so that they are not overlooked. */
function showCollapsedCounts() {
  const set = form.countCollapsed();
  const issues = document.querySelectorAll("#more .issues li").length;
  const counts = [
    set > 0 && `${set} set`,
    issues > 0 && (issues === 1 ? "1 issue" : `${issues} issues`),
  ];
  const text = counts.filter(Boolean).join(", ");
  byId("more-count").textContent = text && ` (${text})`;
}

async function submit() {
  const current = environment;
  if (storing.has(current.id)) return;
  if (isOffline()) return showSubmitText(OFFLINE);
  attempted = true;
  const { request, provider } = refresh();
  const limit = spendingLimit();
  if (Number.isNaN(limit)) return byId("limit").focus();
  if (request.model === undefined) return showSubmitError(NO_QUOTE);

  hideSubmitError();
  storing.add(current.id);
  refresh();
  try {
    const { submitted } = await jobList.submit(current, request, { provider, maxCostUsd: limit });
    // A task id belongs to one job: a reused one may be billed again.
    form.fix({ path: "taskUUID" });
    submitted.catch((error) => environment === current && showSubmitError(error));
  } catch (error) {
    showSubmitError(error);
  } finally {
    storing.delete(current.id);
    refresh();
  }
}

/** Shows a failed submit; its job, if there was one, is in the list. */
function showSubmitError(error) {
  const { message, charge, advice } = describeError(error, error.provider, environment);
  showSubmitText([message, charge, advice.text].join(" "));
  const invalid = form.node.querySelector("[aria-invalid]");
  if (error.code === "invalid_request" && invalid) form.focus(invalid.name);
}

function showSubmitText(text) {
  byId("submit-error").textContent = text;
  byId("submit-error").hidden = false;
}

function hideSubmitError() {
  byId("submit-error").hidden = true;
}

function showFailure(error) {
  byId("failure").textContent = `filmgate could not start: ${error.message}`;
  byId("failure").hidden = false;
}
