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
  return prepared(context);
}

/**
 * Checks what a test has seen after all its other hooks: the hooks behind a failing one do not run, and a server that they
 * would have closed keeps the file from ending.
 */
export const checkLast = (t, check) => t.after(() => t.after(check));

/** Sets what all contexts have. */
export async function prepared(context) {
  context.setDefaultTimeout(TIMEOUT_MS);
  await context.addInitScript(endAnimations);
  return context;
}

/** Runs in a page: what turns while the page waits ends after one turn. Sixty pictures a second keep a core busy. */
function endAnimations() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { animation-iteration-count: 1 !important; }");
  document.adoptedStyleSheets.push(sheet);
}
