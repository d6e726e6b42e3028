// The page: the form is checked and priced at every change, and sent to the place that is chosen.

import { composePrompt } from "../vendor/filmgate/index.js";
import { adviceFor, chargeWords } from "./advice.js";
import { codeFor } from "./code.js";
import { createDraft } from "./draft.js";
import { announce, byId, debounce, wireCopy } from "./dom.js";
import { EXAMPLES } from "./examples.js";
import { createFilms } from "./films.js";
import {
  applyFix,
  fillChoices,
  fillForm,
  fillModels,
  focusField,
  readRequest,
  wireParts,
} from "./form.js";
import { providerName } from "./format.js";
import { createImage } from "./image.js";
import { watchNotes } from "./notes.js";
import { countUnderWay, findLocal, openPlace } from "./places.js";
import { chosenProvider, showPrices, spendingLimit } from "./prices.js";
import { problemsFor, showProblems } from "./problems.js";
import { createSettings } from "./settings.js";

const form = byId("request");
const touched = new Set();
let attempted = false;
let open;

const refreshSoon = debounce(refresh, 120);
const image = createImage(() => {
  touched.add("image");
  refreshSoon();
});
const draft = createDraft(form, image);
const films = createFilms({
  onRemix(id) {
    for (const path of ["image", "size", "resolution", "aspectRatio"])
      applyFix(form, image, { path });
    applyFix(form, image, { path: "remix", value: id });
    focusField(form, "prompt");
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
  await Promise.all([films.show(open), showUnderWay()]);
}

/** Tells of films at the places that are not shown: after a reload nobody follows them. */
async function showUnderWay() {
  for (const note of document.querySelectorAll("[data-under-way]")) {
    const place = note.dataset.underWay;
    const count = place === open.place ? 0 : await countUnderWay(place);
    note.hidden = count === 0;
    note.textContent = count === 1 ? "1 film is under way here." : `${count} films are under way here.`;
  }
}

/** The simulator in the page needs no network. */
function showConnection() {
  byId("offline").hidden = navigator.onLine || open.place === "page";
}

function wire(models) {
  fillModels(form, models);
  fillChoices(form, models, providerName);
  wireParts(form, composePrompt);
  wireCopy(byId("copy-code"), () => byId("code").textContent);
  form.elements.model.addEventListener("change", () => fillChoices(form, models, providerName));
  draft.restore();
  form.addEventListener("input", ({ target }) => {
    if (target.name) touched.add(target.name);
    hideRefusal();
    refreshSoon();
  });
  byId("limit").addEventListener("input", refreshSoon);
  byId("offers").addEventListener("change", refresh);
  for (const button of document.querySelectorAll("[data-example]")) {
    button.addEventListener("click", () => fillExample(button.dataset.example));
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    film();
  });
  wireOnce();
  for (const change of ["online", "offline"]) addEventListener(change, showConnection);
  watchNotes(() => films.refresh());
  // What was typed just now is kept too.
  addEventListener("pagehide", () => draft.keep(readRequest(form, image)));
}

/** One press is one film: the second click of a double click is none, nor is a key that is held. */
function wireOnce() {
  byId("submit").addEventListener("click", (event) => {
    if (event.detail > 1) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const submits = event.target.form === form && event.target.tagName !== "TEXTAREA";
    if (event.repeat && event.key === "Enter" && submits) event.preventDefault();
  });
}

function fillExample(name) {
  fillForm(form, image, { model: form.elements.model.value, ...EXAMPLES[name] });
  touched.clear();
  attempted = false;
  refresh();
  announce("The form holds the example.");
}

/** Checks and prices what the form holds now. */
function refresh() {
  const request = readRequest(form, image);
  const choice = chosenProvider();
  const onFix = (fix) => {
    applyFix(form, image, fix);
    refresh();
  };
  showProblems(form, problemsFor(open.client.check(request), choice), {
    // What is missing is no reproach before the user has been there.
    isQuiet: (field, { code }) => code === "missing" && !attempted && !touched.has(field),
    onFix,
  });
  showPrices(form, open.client.quote(request), onFix);
  byId("code").textContent = codeFor(request, {
    choice,
    limit: spendingLimit(),
    place: open.place,
    local,
    settings,
    fileName: image.fileName(),
  });
  draft.keep(request);
  return request;
}

async function film() {
  const button = byId("submit");
  if (button.getAttribute("aria-disabled") === "true") return;
  attempted = true;
  const request = refresh();
  const limit = spendingLimit();
  if (Number.isNaN(limit)) return byId("limit").focus();

  button.setAttribute("aria-disabled", "true");
  hideRefusal();
  refresh();
  try {
    const options = { provider: chosenProvider(), maxCostUsd: limit };
    const { client } = open;
    await films.watch(open, request.prompt ?? "", () => client.submit(request, options));
    // A task id is for one job: used again, it may be paid for again.
    applyFix(form, image, { path: "taskUUID" });
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
  const invalid = form.querySelector("[aria-invalid]");
  if (error.code === "invalid_request" && invalid) focusField(form, invalid.name);
}

function hideRefusal() {
  byId("refusal").hidden = true;
}

function showFailure(error) {
  byId("failure").textContent = `filmgate could not start here: ${error.message}`;
  byId("failure").hidden = false;
}
