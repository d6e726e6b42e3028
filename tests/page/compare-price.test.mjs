// What is compared bills at most what the button says, also if a listing rejects its request.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ledger, openLive, submitText, waitForPrice } from "./support.mjs";

const tick = (page, key) => page.locator(`input[name=compared][value="${key}"]`);

test("an offer of two listings counts with the dearer one", async (t) => {
  const { page, simulator } = await openLive(t, { providers: ["runware"] });
  await page.locator("#prompt").fill("A lighthouse");
  await page.locator("#image").fill("https://example.com/baker.jpeg");
  await page.locator("#resolution").selectOption("");
  await page.locator("#aspectRatio").selectOption("");
  await waitForPrice(page);
  await page.getByLabel("Compare").check();
  await page.locator("#quotes-more").evaluate((details) => void (details.open = true));
  await tick(page, "kling-3.0-omni@runware").check();
  await page.locator("input[name=compared]:checked").nth(2).waitFor();
  for (const key of await page.locator("input[name=compared]:checked").evaluateAll((inputs) => inputs.map(({ value }) => value))) {
    if (key !== "kling-3.0-omni@runware" && key !== "wan-2.6-flash@runware") await tick(page, key).uncheck();
  }
  assert.equal(await submitText(page), "Generate 2 for up to $0.7475");

  // The cheaper listing of Kling 3.0 Omni rejects it.
  await page.route(`${simulator.runware}**`, (route) => {
    const body = route.request().postData() ?? "";
    if (!body.includes("videoInference") || !body.includes("o3-standard")) return route.continue();
    const errors = [{ code: "invalidModel", parameter: "model", message: "Invalid model.", taskUUID: JSON.parse(body)[0].taskUUID }];
    return route.fulfill({ status: 400, headers: { "access-control-allow-origin": "*" }, json: { errors } });
  });
  await page.locator("#submit").click();
  await page.locator(".video-card[data-state=completed]").nth(1).waitFor();
  const { submissions } = await ledger(simulator);
  assert.equal(submissions.reduce((sum, { billedMicroUsd }) => sum + billedMicroUsd, 0), 747_500);
});
