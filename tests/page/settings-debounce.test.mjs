// A press uses the settings as they are then, also those that were typed a moment before.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseEnvironment, chooseModel, enterSettings, ledger, openPage, openSettings, simulatorFor, videos, waitForState } from "./support.mjs";

test("a base URL that was typed just before the press is the one that the job is sent to", async (t) => {
  const [first, second] = [await simulatorFor(t, { jobDurationMs: 500 }), await simulatorFor(t, { jobDurationMs: 500 })];
  const { page } = await openPage(t);
  await chooseEnvironment(page, "live");
  await enterSettings(page, { "key-runware": "a-key", "base-runware": first.runware });
  await chooseModel(page, "p-video");
  await page.locator("#prompt").fill("A fox in the snow");
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  await openSettings(page);
  // In one turn: no pause is over between the input and the press.
  await page.evaluate((url) => {
    const input = document.getElementById("base-runware");
    input.value = url;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    document.getElementById("submit").click();
  }, second.runware);
  await videos(page).first().waitFor();
  await waitForState(videos(page).first(), "completed");
  assert.equal((await ledger(first)).submissions.length, 0);
  assert.equal((await ledger(second)).submissions.length, 1);
});
