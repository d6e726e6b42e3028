// The page: the form is checked and priced at every change, and sent to the place that is chosen.

import { composePrompt } from "../vendor/filmgate/index.js";
import { adviceFor, chargeWords } from "./messages.js";
import { codeFor } from "./code.js";
import { createDraft } from "./draft.js";
import { announce, byId, debounce, wireCopy } from "./dom.js";
import { EXAMPLES } from "./examples.js";
import { createFilms } from "./job-list.js";
import { createForm, wireParts } from "./form.js";
import { showGateway } from "./gateway.js";
import { providerName } from "./format.js";
import { createModelChoice } from "./model-select.js";
import { watchNotes } from "./prompt-notes.js";
import { createOffers, spendingLimit } from "./quotes-panel.js";
import { countUnderWay, findLocal, openPlace } from "./environments.js";
import { problemsFor, showProblems } from "./issues.js";
import { createSettings } from "./settings.js";

// Without a model and an offer for it there is nothing that could be sent.
const NO_OFFER = {
  code: "invalid_request",
  message: "No offer is chosen, and none that is still sold can make this video.",
  charge: "none",
};

const touched = new Set();
let attempted = false;
let open;
// Made once the catalog is there.
let form;
let models;
let offers;
let draft;

const refreshSoon = debounce(refresh, 120);
const films = createFilms({
  onRemix(id, model) {
    if (form.model() !== model) models.choose(model);
    for (const path of ["image", "size", "resolution", "aspectRatio"]) form.fix({ path });
    form.fix({ path: "remixId", value: id });
    form.focus("prompt");
    refresh();
  },
});
const local = await findLocal();
const settings = createSettings({ local, onChange: () => enter().catch(showFailure) });

await enter().catch(showFailure);

/** Opens the chosen place and shows its films. */
async function enter() {
  const next = await openPlace(settings.place(), { local, settings });
  if (next.place !== settings.place()) return;
  const isFirst = open === undefined;
  open = next;
  if (isFirst) wire(open.client.models());
  hideRefusal();
  refresh();
  showConnection();
  if (open.place === "gateway") void showGateway(settings.gateway());
  await Promise.all([films.show(open), showUnderWay()]);
}

/** Tells of films at the places that are not shown: after a reload nobody follows them. */
async function showUnderWay() {
  for (const note of document.querySelectorAll("[data-under-way]")) {
    const place = note.dataset.underWay;
    const count = place === open.place ? 0 : await countUnderWay(place, settings);
    note.hidden = count === 0;
    note.textContent = count === 1 ? "1 film is under way here." : `${count} films are under way here.`;
  }
}

/** The simulator in the page needs no network. */
function showConnection() {
  byId("offline").hidden = navigator.onLine || open.place === "page";
}

function wire(catalog) {
  form = createForm(catalog, {
    onPicture(path) {
      touched.add(path);
      refreshSoon();
    },
  });
  models = createModelChoice(form, catalog, refresh);
  offers = createOffers(form, {
    nameOf: models.name,
    onPick: refresh,
    onModel: models.choose,
    onFix: mend,
  });
  form.arrange();
  draft = createDraft(form, offers);
  draft.restore();
  models.refresh();
  wireParts(form, composePrompt);
  wireCopy(byId("copy-code"), () => byId("code").textContent);
  form.node.addEventListener("input", ({ target }) => {
    if (target.name) touched.add(target.name);
    hideRefusal();
    refreshSoon();
  });
  byId("limit").addEventListener("input", refreshSoon);
  for (const button of document.querySelectorAll("[data-example]")) {
    button.addEventListener("click", () => fillExample(button.dataset.example));
  }
  form.node.addEventListener("submit", (event) => {
    event.preventDefault();
    film();
  });
  wireOnce();
  for (const change of ["online", "offline"]) addEventListener(change, showConnection);
  watchNotes(() => films.refresh());
  // What was typed just now is kept too.
  addEventListener("pagehide", () => draft.keep(form.read()));
}

/** One press is one film: the second click of a double click is none, nor is a key that is held. */
function wireOnce() {
  byId("submit").addEventListener("click", (event) => {
    if (event.detail > 1) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const submissions = event.target.form === form.node && event.target.tagName !== "TEXTAREA";
    if (event.repeat && event.key === "Enter" && submissions) event.preventDefault();
  });
}

function fillExample(name) {
  form.fill(EXAMPLES[name]);
  models.refresh();
  touched.clear();
  attempted = false;
  refresh();
  announce("The form holds the example.");
}

function mend(fix) {
  form.fix(fix);
  refresh();
}

/** Checks and prices what the form holds now. */
function refresh() {
  const request = form.read();
  const isAny = request.model === undefined;
  offers.show(open.client.quote(request), { isAny, lacksKey: open.lacksKey });
  const target = offers.target();
  const sent = { model: target.model, ...request };
  const problems = problemsFor(open.client.validate(request), {
    target,
    isAny,
    nameOf: (listing) => (isAny ? models.name(listing.model) : providerName(listing.provider)),
  });
  showProblems(form, byId("summary"), problems, {
    // What is missing is no reproach before the user has been there.
    isQuiet: (path, { code }) => code === "required" && !attempted && !touched.has(path),
    onFix: mend,
  });
  showFolded();
  byId("code").textContent = codeFor(sent, {
    provider: target.provider,
    limit: spendingLimit(),
    place: open.place,
    local,
    settings,
    pictures: form.pictures(),
  });
  draft.keep(request);
  return { request: sent, provider: target.provider };
}

/** What is folded away is not to be overlooked. */
function showFolded() {
  const given = form.countFolded();
  const remarks = document.querySelectorAll("#more .problems li").length;
  const words = [given > 0 && `${given} given`, remarks > 0 && `${remarks} to look at`];
  const text = words.filter(Boolean).join(", ");
  byId("more-count").textContent = text && ` (${text})`;
}

async function film() {
  const button = byId("submit");
  if (button.getAttribute("aria-disabled") === "true") return;
  attempted = true;
  const { request, provider } = refresh();
  const limit = spendingLimit();
  if (Number.isNaN(limit)) return byId("limit").focus();
  if (request.model === undefined) return showRefusal(NO_OFFER);

  button.setAttribute("aria-disabled", "true");
  hideRefusal();
  refresh();
  try {
    const options = { provider, maxCostUsd: limit };
    const { client } = open;
    await films.watch(open, request.prompt ?? "", () => client.submit(request, options));
    // A task id is for one job: used again, it may be paid for again.
    form.fix({ path: "taskUUID" });
  } catch (error) {
    showRefusal(error);
  } finally {
    button.removeAttribute("aria-disabled");
    refresh();
  }
}

/** A submit that came to nothing; its job, if there was one, is among the films. */
function showRefusal(error) {
  const box = byId("refusal");
  const words = [
    error.message,
    chargeWords(error.charge, error.provider),
    adviceFor(error.code).text,
  ];
  box.textContent = words.join(" ");
  box.hidden = false;
  const invalid = form.node.querySelector("[aria-invalid]");
  if (error.code === "invalid_request" && invalid) form.focus(invalid.name);
}

function hideRefusal() {
  byId("refusal").hidden = true;
}

function showFailure(error) {
  byId("failure").textContent = `filmgate could not start here: ${error.message}`;
  byId("failure").hidden = false;
}
