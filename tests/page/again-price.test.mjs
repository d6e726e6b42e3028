// "Vary" and "Generate again" bill at most what their button says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseModel, chooseProvider, enterSettings, generate, ledger, openLive, videos, waitFor, waitForPrice, waitForState } from "./support.mjs";

/** A video of Runware, the cheaper of two providers, with the button that repeats it. */
async function openVideo(t) {
  const { page, simulator } = await openLive(t);
  await chooseModel(page, "vidu-q3");
  await page.locator("#accept-resend").check();
  await page.locator("#prompt").fill("A lighthouse");
  await waitForPrice(page);
  await waitForState(await generate(page), "completed");
  return { page, simulator, vary: page.getByRole("button", { name: /^Vary/ }) };
}

const billed = async (simulator) =>
  (await ledger(simulator)).submissions.map(({ provider, billedMicroUsd }) => [provider, billedMicroUsd]);

test("what the first provider rejects does not go to a dearer one", async (t) => {
  const { page, simulator, vary } = await openVideo(t);
  await page.route(`${simulator.runware}**`, (route) => {
    if (!route.request().postData()?.includes("videoInference")) return route.continue();
    const errors = [{ code: "invalidApiKey", message: "Invalid API key." }];
    return route.fulfill({ status: 401, headers: { "access-control-allow-origin": "*" }, json: { errors } });
  });
  assert.equal((await vary.textContent()).trim(), "Vary for $0.4875");
  await vary.click();
  await videos(page).nth(1).waitFor();
  // When the next job is rejected, too, the one before it has come to its end.
  await chooseProvider(page, "runware");
  await page.locator("#submit").click();
  await videos(page).nth(2).waitFor();
  await waitForState(page.locator(".job"), "failed");
  assert.deepEqual(await billed(simulator), [["runware", 487_500]]);
});

test("a price that has risen is said, and paid at the second press", async (t) => {
  const { page, simulator, vary } = await openVideo(t);
  await enterSettings(page, { "key-runware": "", "base-runware": "" });
  await vary.click();
  const said = page.getByRole("alert").getByText("The price of this is $0.75. Nothing was sent: press again to generate it.");
  await waitFor(async () => (await said.count()) > 0 || (await videos(page).count()) > 1);
  assert.deepEqual(await billed(simulator), [["runware", 487_500]]);
  assert.equal((await vary.textContent()).trim(), "Vary for up to $0.75");
  await vary.click();
  await page.locator(".video-card[data-state=completed]").nth(1).waitFor();
  assert.deepEqual(await billed(simulator), [["runware", 487_500], ["runpod", 750_000]]);
});
