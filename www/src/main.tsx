// The entry: shows the form as soon as the catalog is there; filmgate and the simulator follow.

import { effect, untracked } from "@preact/signals";
import { render } from "preact";
import "./style.css";
import { App, drawZones } from "./shell/app.js";
import { loadChosen } from "./state/core.js";
import { keepDraft, restoreDraft } from "./state/draft-storage.js";
import { pageSimulator } from "./state/environment.js";
import { models } from "./state/models.js";
import type { PageModel } from "./state/models.js";
import { watchLinks } from "./state/sharing.js";
import { settings } from "./state/settings.js";
import { breathe, isFormWhole, painted } from "./state/ui.js";
import { watchJobs } from "./shell/title.js";

const root = document.getElementById("app")!;

void start().catch((error: unknown) => {
  const failure = document.getElementById("failure")!;
  failure.textContent = `The page could not start: ${error instanceof Error ? error.message : String(error)}. Reload it.`;
  failure.hidden = false;
});

async function start(): Promise<void> {
  const response = await fetch(new URL(CATALOG_URL, import.meta.url));
  if (!response.ok) throw new Error(`HTTP ${response.status} for the catalog`);
  models.value = (await response.json()) as PageModel[];
  restoreDraft();
  await breathe();
  root.replaceChildren();
  render(<App />, root);
  await painted();
  isFormWhole.value = true;
  await breathe();
  document.documentElement.dataset["ready"] = "";
  await drawZones();
  keepDraft();
  watchLinks();
  watchJobs();
  await breathe();
  effect(() => {
    settings.environment.value;
    untracked(() => void loadChosen());
  });
  await loadChosen();
  // It is needed at the first submit, which then does not wait for it.
  if (settings.environment.value === "page") void pageSimulator().catch(() => {});
}
