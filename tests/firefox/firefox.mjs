// Debian's own Firefox over WebDriver BiDi: one browser per test file, an empty profile per test. The rest of the tests have
// a newer Playwright, which sends a command that Firefox 153 (ESR) does not know.
import { after } from "node:test";
import { firefox } from "playwright-core";
import { TIMEOUT_MS } from "../chromium.mjs";

/** `moz-firefox` is Playwright's name for a Firefox that Mozilla or a distribution built. */
const BROWSER = {
  channel: "moz-firefox",
  executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
  // The test's own timeout ends a vain wait.
  timeout: 0,
};
let launched;
after(async () => (await launched)?.close());

/** Opens a profile, closed with the test or the file; `settings` are Playwright's context options. */
export async function openContext(t, settings) {
  launched ??= firefox.launch(BROWSER);
  const context = await (await launched).newContext(settings);
  t.after(() => context.close());
  context.setDefaultTimeout(TIMEOUT_MS);
  return context;
}
