// The page in Firefox, and what its console says.
import assert from "node:assert/strict";
import { serve } from "../../scripts/lib/serve.mjs";
import { checkLast } from "../browser.mjs";
import { chooseEnvironment, ready, simulatorFor } from "../page/support.mjs";
import { openContext } from "./firefox.mjs";

/**
 * Opens the page in an empty profile. `local`: the duration of the jobs of a local simulator, in milliseconds; without it
 * the providers are simulated in the page. `tab()` opens another tab. The test fails if a tab throws or reports an error.
 */
export async function openPage(t, { local } = {}) {
  const simulator = local === undefined ? undefined : await simulatorFor(t, { jobDurationMs: local });
  const server = await serve({ config: simulator && { runpod: simulator.runpod, runware: simulator.runware } });
  t.after(() => server.close());
  const context = await openContext(t);
  const errors = [];
  checkLast(t, () => assert.deepEqual(errors, [], "the console has errors"));
  const tab = async (path = "") => {
    const page = await context.newPage();
    const requests = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("pageerror", (error) => errors.push(error.stack ?? String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(server.origin + path);
    await ready(page);
    return { page, requests };
  };
  const first = await tab();
  if (simulator) await chooseEnvironment(first.page, "local");
  return { ...first, context, simulator, tab };
}

/** Fills in a prompt, and waits for its price. */
export async function prompt(page, text) {
  await page.locator("#prompt").fill(text);
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
}
