// A browser resends a POST by itself if a reused connection, for example the preflight's, breaks before
// the first byte of the response. The page cannot detect it. These tests pin down the damage and the
// protection.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openContext } from "../browser.mjs";
import { BarePage, serveBare } from "./bare-page.mjs";
import { openScenario } from "./scenario.mjs";
import {
  chooseEnvironment,
  chooseModel,
  chooseProvider,
  control,
  enterSettings,
  videos,
  generate,
  ledger,
  openLocal,
  openPage,
  reload,
  simulatorFor,
  waitFor,
  waitForState,
  withoutStreams,
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
  await waitFor(async () => (await scenario.counts()).submissions >= 2);
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

async function fillWan(page) {
  await chooseModel(page, "wan-2.6");
  await page.locator("#prompt").fill("A lighthouse");
  await page.locator("#duration").selectOption("5");
  await page.locator("#resolution").selectOption("720p");
}

test("the local simulator's connections are not reused, so the page's dropped submit is billed once", async (t) => {
  const { page, simulator } = await openLocal(t, { jobDurationMs: 500 });
  await fillWan(page);
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

const notice = (page) => page.getByText("this browser may send a submit twice by itself");

async function openLive(t, { baseURL, streams = true } = {}) {
  const simulator = await simulatorFor(t, { jobDurationMs: 500 });
  const { page, context } = await openPage(t);
  if (!streams) {
    await context.addInitScript(withoutStreams);
    await reload(page);
  }
  await chooseEnvironment(page, "live");
  await enterSettings(page, { "key-runpod": "any-key", ...(baseURL && { "base-runpod": simulator.runpod }) });
  await fillWan(page);
  return { page, simulator };
}

test("where a browser may resend, the page says so beside the price, and submits to RunPod only if that is accepted", async (t) => {
  const { page, simulator } = await openLive(t, { baseURL: true });
  await chooseProvider(page, "runpod");
  await notice(page).waitFor();
  await page.locator("#submit").click();
  await page.locator("#submit-error").getByText(/may send the submit twice/).waitFor();
  assert.equal((await ledger(simulator)).submissions.length, 0);
  assert.equal(await videos(page).count(), 0);
  await page.getByLabel("Submit to RunPod all the same").check();
  await waitForState(await generate(page), "completed");
  assert.equal((await ledger(simulator)).submissions.length, 1);
});

test("Chromium over TLS sends once: nothing is asked", async (t) => {
  const { page } = await openLive(t);
  await chooseProvider(page, "runpod");
  assert.equal(await notice(page).isVisible(), false);
});

test("a browser that sends no streams asks, over TLS too", async (t) => {
  const { page } = await openLive(t, { streams: false });
  await chooseProvider(page, "runpod");
  await notice(page).waitFor();
});
