// Chromium for the tests: one browser for each file of tests, an empty profile for each test.
import { after } from "node:test";
import { chromium } from "playwright-core";
import { BROWSER, PATIENCE } from "./chromium.mjs";

let launched;
after(async () => (await launched)?.close());

/** A profile, closed with the test or the file; `settings` are Playwright's own. */
export async function openContext(t, settings) {
  launched ??= chromium.launch(BROWSER);
  const context = await (await launched).newContext(settings);
  t.after(() => context.close());
  context.setDefaultTimeout(PATIENCE);
  return context;
}
