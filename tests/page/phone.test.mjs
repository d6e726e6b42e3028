// At 360 px: nothing is wider than the screen, in any state.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chooseModel,
  chooseEnvironment,
  generate,
  openLocal,
  openPage,
  IMAGE_FILE,
  waitForState,
  useExample,
  thumbnailOf,
} from "./support.mjs";

const context = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

async function assertFits(page, state) {
  const wide = await page.evaluate(() => {
    const overflows = (node) =>
      node.getBoundingClientRect().right > innerWidth + 1 && !node.closest("pre, .hidden");
    return {
      scroll: document.documentElement.scrollWidth,
      nodes: [...document.querySelectorAll("body *")]
        .filter(overflows)
        .map((node) => node.outerHTML),
    };
  });
  assert.deepEqual(wide, { scroll: 360, nodes: [] }, state);
}

test("nothing is wider than 360 px", async (t) => {
  const { page } = await openLocal(t, { context });
  await assertFits(page, "empty");
  await useExample(page, "Lighthouse");
  await page.locator("#quotes-more summary").click();
  await page.locator("#unavailable summary").click();
  await assertFits(page, "a comparison");
  for (const model of ["kling-o1", "kling-2.6-standard", "ray-3.2", "sora-2-pro"]) {
    await chooseModel(page, model);
    await assertFits(page, model);
  }
  await page.locator("#prompt").fill("");
  for (const summary of await page.locator("#request summary").all()) await summary.click();
  await page.locator("#submit").click();
  await page.locator("#prompt[aria-invalid]").waitFor();
  await assertFits(page, "issues");
  await page.locator("#prompt").fill("x".repeat(300));
  await page.locator("#image-file").setInputFiles({ ...IMAGE_FILE, name: `${"long".repeat(40)}.png` });
  await thumbnailOf(page, "image").waitFor();
  await assertFits(page, "long words");
  await useExample(page, "Mangrove");
  const card = await generate(page);
  await card.getByText(/^Generating/).waitFor();
  await assertFits(page, "a running job");
  await waitForState(card, "completed");
  await card.getByRole("link", { name: "Download" }).waitFor();
  await assertFits(page, "completed");
  await chooseEnvironment(page, "live");
  await assertFits(page, "keys");
});

test("on a narrow screen the price and the jobs come before the code", async (t) => {
  const { page } = await openPage(t, { context });
  const top = (selector) =>
    page.locator(selector).evaluate((node) => node.getBoundingClientRect().top);
  assert.ok((await top("#jobs-title")) < (await top("#code-title")));
  assert.ok((await top("#submit")) < (await top("#jobs-title")));
});
