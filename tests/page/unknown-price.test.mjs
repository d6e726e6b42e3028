// A request that may go on to a listing of unknown price has no known price as a whole.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseModel, openLive, submitText, waitForPrice } from "./support.mjs";

/** RunPod's price is known; Runware's, which is next if RunPod rejects it, is not. */
async function fillIn(page) {
  await chooseModel(page, "wan-2.5");
  await page.locator("#prompt").fill("A lighthouse");
  await page.locator("#duration").selectOption("5");
  await page.locator("#image").fill("https://example.com/baker.jpeg");
  await page.locator("#resolution").selectOption("");
  await waitForPrice(page);
  await page.locator("#accept-resend").check();
}

test("the button does not promise the price of the first listing alone", async (t) => {
  const { page } = await openLive(t);
  await fillIn(page);
  assert.equal(await submitText(page), "Generate for $0.50 or more, a price is unknown");
  // Under a limit, a listing of unknown price is not tried.
  await page.locator("#limit").fill("0.60");
  assert.equal(await submitText(page), "Generate for $0.50");
});

test("no budget covers it", async (t) => {
  const { page } = await openLive(t);
  await page.locator("#spending summary").click();
  await page.locator("#budget").fill("100");
  await fillIn(page);
  assert.equal(await page.locator("#budget-notice").count(), 1);
});
