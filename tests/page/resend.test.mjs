// A browser resends a POST by itself if a reused connection, for example the preflight's, breaks before
// the first byte of the response. The page cannot detect it. These tests pin down the damage and the
// protection.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openContext } from "../browser.mjs";
import { BarePage, serveBare } from "./bare-page.mjs";
import { openScenario } from "./scenario.mjs";
import { waitFor } from "./support.mjs";

/** A job whose submit is processed, and whose response is cut off. */
async function dropSubmitResponse(t, provider) {
  const context = await openContext(t);
  const page = await context.newPage();
  await page.goto(await serveBare(t));
  const view = new BarePage(() => page);
  const scenario = await openScenario(t, { name: provider, view, provider, keepsAlive: true });
  const held = scenario.proxy.hold("submit", "response");
  await scenario.submit();
  await held.reached;
  held.drop();
  await waitFor(async () => (await scenario.counts()).submissions === 2);
  await scenario.waitUntilAccepted();
  await scenario.finish();
  await view.reload(scenario);
  assert.equal((await scenario.result()).status, "completed");
  return scenario;
}

describe("a dropped submit, resent by the browser over HTTP/1.1", { concurrency: true }, () => {
  test("Runware recognizes the task id, and bills once", async (t) => {
    const scenario = await dropSubmitResponse(t, "runware");
    assert.deepEqual(await scenario.counts(), { submissions: 2, jobs: 1, charges: 1 });
  });

  test("RunPod runs and bills two jobs, which the page cannot detect", async (t) => {
    const scenario = await dropSubmitResponse(t, "runpod");
    assert.deepEqual(await scenario.counts(), { submissions: 2, jobs: 2, charges: 2 });
  });
});
