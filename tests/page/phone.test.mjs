// At 360 px: nothing is wider than the screen, in any state.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chooseEnvironment,
  chooseModel,
  closeOffers,
  control,
  generate,
  openMore,
  openOffers,
  openSettings,
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
  const { page, simulator } = await openLocal(t, { context, jobDurationMs: 600_000 });
  await control(simulator, "config", { queueShare: 0 });
  await assertFits(page, "empty");
  await useExample(page, "Lighthouse");
  await openOffers(page);
  await page.locator("#quotes-more > summary").click();
  await page.locator("#unavailable > summary").click();
  await assertFits(page, "a comparison");
  await page.getByRole("tab", { name: "Code" }).click();
  await page.locator("#code", { hasText: "createFilmgate" }).waitFor();
  await assertFits(page, "code");
  await closeOffers(page);
  for (const model of ["kling-o1", "kling-2.6-standard", "ray-3.2", "sora-2-pro"]) {
    await chooseModel(page, model);
    await assertFits(page, model);
  }
  await page.locator("#prompt").fill("");
  await openMore(page);
  await page.locator("#parts summary").click();
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
  await control(simulator, "advance", { ms: 600_000 });
  await waitForState(card, "completed");
  await card.getByRole("link", { name: "Download" }).waitFor();
  await assertFits(page, "completed");
  await chooseEnvironment(page, "live");
  await openSettings(page);
  await assertFits(page, "keys");
});

test("the price and the button are in reach wherever the page is scrolled", async (t) => {
  const { page } = await openPage(t, { context });
  for (const place of [0, 400, 100_000]) {
    await page.evaluate((top) => scrollTo(0, top), place);
    const { top, bottom } = await page.locator("#submit").evaluate((node) => node.getBoundingClientRect());
    assert.ok(top > 0 && bottom <= 740, `${place}: ${top} to ${bottom}`);
  }
});

test("every target is at least 44 px high on a coarse pointer", async (t) => {
  const { page } = await openPage(t, { context });
  await useExample(page, "Lighthouse");
  const small = await page.evaluate(() =>
    [...document.querySelectorAll("button, select, summary, input:not(.hidden, [type=checkbox], [type=radio]), .button")]
      .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < 44)
      .map((node) => node.outerHTML.slice(0, 120)),
  );
  assert.deepEqual(small, []);
});

test("at 390 px: an example, its video, another offer, two side by side, the gallery and a fault", async (t) => {
  const { page } = await openPage(t, { context: { ...context, viewport: { width: 390, height: 844 } } });
  await page.getByRole("button", { name: /^Lighthouse/ }).tap();
  await page.getByRole("button", { name: /^Generate for/ }).tap();
  const card = page.locator(".job");
  await waitForState(card, "completed");
  await card.locator("video").waitFor();
  await card.getByRole("button", { name: "Vary" }).tap();
  await page.locator(".video-card").nth(1).waitFor();

  await openOffers(page);
  await page.locator("#quote-rows .quote").nth(1).locator("label").tap();
  await page.getByLabel("Compare").check();
  await page.getByRole("tab", { name: "Break it" }).tap();
  await page.getByRole("switch", { name: "503 to three polls" }).check();
  await closeOffers(page);
  await page.getByRole("button", { name: /^Generate 2 for/ }).tap();
  await page.locator(".compared video").nth(1).waitFor();

  await page.getByRole("button", { name: "All (4)" }).tap();
  const gallery = page.getByRole("dialog", { name: "Videos" });
  await gallery.locator(".video-card").nth(3).waitFor();
  const { width } = await gallery.boundingBox();
  assert.ok(width <= 390);
  await gallery.getByRole("button", { name: "Close the gallery" }).tap();
});
