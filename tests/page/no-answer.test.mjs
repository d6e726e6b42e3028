// A provider that cannot be reached from the page, or refuses pages (CORS), blocks neither the button nor another
// environment; its card says what the browser knows, and takes a cancel. Offline, nothing is begun.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chooseEnvironment,
  chooseModel,
  chooseProvider,
  videos,
  control,
  generate,
  ledger,
  openLocal,
  waitFor,
  waitForState,
} from "./support.mjs";

const isFree = (page) => page.locator("#submit:not([aria-disabled])").waitFor();

async function fillIn(page, provider) {
  await chooseModel(page, "wan-2.6");
  await page.locator("#prompt").fill("A lighthouse");
  await page.locator("#duration").selectOption("5");
  await page.locator("#resolution").selectOption("720p");
  if (provider) await chooseProvider(page, provider);
}

test("Runware refuses pages: the button is free, the card says so and answers a cancel", async (t) => {
  const { page, simulator } = await openLocal(t);
  await control(simulator, "config", { cors: false });
  await fillIn(page, "runware");
  await page.locator("#submit").click();
  await isFree(page);
  const card = page.locator(".job");
  const words =
    "No answer from Runware. The browser cannot say why: no network, or Runware refuses pages (CORS). Use a gateway.";
  await card.getByText(words).waitFor();
  await card.getByRole("button", { name: "Cancel" }).click();
  await card.getByText(/Will be cancelled once Runware can be asked|does not support cancelling/).waitFor();

  await chooseEnvironment(page, "page");
  await fillIn(page, "runware");
  await isFree(page);
  await waitForState(await generate(page), "completed");
});

test("two jobs of one environment are submitted at the same time, each under its own prompt", async (t) => {
  const { page, simulator } = await openLocal(t);
  // Neither is answered before both are sent.
  let sent = 0;
  let goOn;
  const bothSent = new Promise((resolve) => (goOn = resolve));
  await page.route(`${simulator.runware}**`, async (route) => {
    if (route.request().postData()?.includes("videoInference")) {
      if (++sent === 2) goOn();
      await bothSent;
    }
    await route.continue();
  });
  await fillIn(page, "runware");
  for (const prompt of ["The first fox", "The second fox"]) {
    await page.locator("#prompt").fill(prompt);
    await isFree(page);
    await generate(page);
  }
  await waitFor(async () => (await ledger(simulator)).submissions.length >= 2);
  const titles = await page.locator(".card-title").allTextContents();
  assert.deepEqual(titles, ["The second fox", "The first fox"]);
  await page.locator(".video-card[data-state=completed]").nth(1).waitFor();
  assert.equal((await ledger(simulator)).charges.length, 2);
});

test("a job that the first provider rejects has one card, with the provider that made it", async (t) => {
  const { page, simulator } = await openLocal(t);
  await control(simulator, "faults", {
    rules: [{ provider: "runware", operation: "submit", times: 1, fault: { kind: "empty401" } }],
  });
  await fillIn(page);
  await page.locator("#submit").click();
  await page.locator(".job[data-state=completed]").waitFor();
  assert.equal(await videos(page).count(), 1);
  await page.locator(".job h3", { hasText: "A lighthouse" }).waitFor();
  await page.locator(".job .meta", { hasText: "RunPod" }).waitFor();
});

test("offline, a press stores and sends nothing, and the button says why", async (t) => {
  const { page, context, simulator } = await openLocal(t);
  await fillIn(page, "runpod");
  await context.setOffline(true);
  const button = page.locator("#submit");
  await button.getByText("Offline").waitFor();
  await button.click();
  await page.locator("#submit-error").getByText("You are offline. Nothing was sent.").waitFor();
  assert.equal(await videos(page).count(), 0);
  await chooseEnvironment(page, "page");
  await page.locator("#submit:not([aria-disabled])").waitFor();
  await chooseEnvironment(page, "local");
  await context.setOffline(false);
  await button.getByText(/^Generate for/).waitFor();
  await page.locator("#submit-error").waitFor({ state: "hidden" });
  await waitForState(await generate(page), "completed");
  assert.equal((await ledger(simulator)).submissions.length, 1);
});
