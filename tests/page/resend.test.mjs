// A browser resends a POST by itself if a reused connection, for example the preflight's, breaks before
// the first byte of the response. The page cannot detect it. These tests pin down the damage and the
// protection.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openContext } from "../browser.mjs";
import { BarePage, serveBare } from "./bare-page.mjs";
import { openScenario } from "./scenario.mjs";
import {
  chooseModel,
  chooseProvider,
  control,
  generate,
  ledger,
  openLocal,
  waitFor,
  waitForState,
} from "./support.mjs";

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

test("the local simulator's connections are not reused, so the page's dropped submit is billed once", async (t) => {
  const { page, simulator } = await openLocal(t, { jobDurationMs: 500 });
  await chooseModel(page, "wan-2.6");
  await page.locator("#prompt").fill("A lighthouse");
  await page.locator("#duration").selectOption("5");
  await page.locator("#resolution").selectOption("720p");
  await chooseProvider(page, "runpod");
  // Its connections are warm after the first job.
  await waitForState(await generate(page), "completed");
  await control(simulator, "faults", {
    rules: [{ provider: "runpod", operation: "submit", times: 1, fault: { kind: "resetAfter" } }],
  });
  await waitForState(await generate(page), "failed");
  const { submissions } = await ledger(simulator);
  assert.equal(submissions.length, 2);
});
