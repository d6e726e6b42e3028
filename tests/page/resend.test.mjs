// A browser sends a POST again by itself where a connection breaks that was used before, as it was for
// the preflight, and no byte of the answer has come. No page sees it: what there is to lose, and what
// protects from it, is pinned down here.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openContext } from "../browser.mjs";
import { BarePage, serveBare } from "./bare-page.mjs";
import { openScenario } from "./scenario.mjs";
import { waitFor } from "./support.mjs";

/** A film whose submit was carried out, and whose answer is torn off. */
async function tornAfterSubmit(t, provider) {
  const context = await openContext(t);
  const page = await context.newPage();
  await page.goto(await serveBare(t));
  const view = new BarePage(() => page);
  const scenario = await openScenario(t, { name: provider, view, provider, keepsAlive: true });
  const held = scenario.proxy.hold("submit", "answering");
  await scenario.begin();
  await held.reached;
  held.drop();
  await waitFor(async () => (await scenario.counts()).submissions === 2);
  await scenario.accepted();
  await scenario.finish();
  await view.reload(scenario);
  assert.equal((await scenario.end()).status, "completed");
  return scenario;
}

describe("a torn submit, sent again by the browser over HTTP/1.1", { concurrency: true }, () => {
  test("Runware knows the task by its id, and bills it once", async (t) => {
    const scenario = await tornAfterSubmit(t, "runware");
    assert.deepEqual(await scenario.counts(), { submissions: 2, jobs: 1, charges: 1 });
  });

  test("RunPod makes and bills two jobs, which no page can see", async (t) => {
    const scenario = await tornAfterSubmit(t, "runpod");
    assert.deepEqual(await scenario.counts(), { submissions: 2, jobs: 2, charges: 2 });
  });
});
