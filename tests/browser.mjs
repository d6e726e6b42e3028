// Chromium for the tests: one browser per test file, an empty profile per test.
import { after } from "node:test";
import { chromium } from "playwright-core";
import { BROWSER, TIMEOUT_MS } from "./chromium.mjs";

let launched;
after(async () => (await launched)?.close());

/** Opens a profile, closed with the test or the file; `settings` are Playwright's context options. */
export async function openContext(t, settings) {
  launched ??= chromium.launch(BROWSER);
  const context = await (await launched).newContext(settings);
  t.after(() => context.close());
  context.setDefaultTimeout(TIMEOUT_MS);
  return context;
}
