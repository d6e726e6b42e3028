// A second press of Enter that follows at once is not meant, as the second click of a double click.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openLocal, videos, waitForPrice } from "./support.mjs";

const NOW = Date.parse("2026-03-01T12:00:00Z");

/** Opens the form with a price, in a page whose clock stands still. */
async function openForm(t) {
  const { page } = await openLocal(t, { jobDurationMs: 300 });
  await page.locator("#prompt").fill("A lighthouse");
  await waitForPrice(page);
  await page.clock.setFixedTime(NOW);
  return page;
}

const isFree = (page) => page.locator("#submit:not([aria-disabled])").waitFor();

/** Presses Enter where the focus is, and waits until that is answered. */
async function pressEnter(page, key = "Enter") {
  await page.keyboard.press(key);
  await isFree(page);
}

for (const [name, id, key] of [["the button", "submit", "Enter"], ["the prompt, with Ctrl", "prompt", "Control+Enter"]]) {
  test(`on ${name}`, async (t) => {
    const page = await openForm(t);
    await page.locator(`#${id}`).focus();
    await pressEnter(page, key);
    await videos(page).first().waitFor();
    await page.clock.setFixedTime(NOW + 250);
    await pressEnter(page, key);
    assert.equal(await videos(page).count(), 1);
    await page.clock.setFixedTime(NOW + 1_000);
    await pressEnter(page, key);
    await videos(page).nth(1).waitFor();
    assert.equal(await videos(page).count(), 2);
  });
}
