// axe reports no violation in any state of the page, light and dark, wide and narrow.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AXE_CONTEXT, assertAccessible } from "./axe.mjs";
import {
  chooseEnvironment,
  chooseModel,
  control,
  closeSettings,
  videoOf,
  generate,
  idOf,
  IMAGE_FILE,
  openLocal,
  openMore,
  openOffers,
  closeOffers,
  openSettings,
  select,
  thumbnailOf,
  useExample,
  waitForAccepted,
  waitForState,
} from "./support.mjs";

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 360]) {
    test(`${colorScheme}, ${width} px`, async (t) => {
      const context = { ...AXE_CONTEXT, colorScheme, viewport: { width, height: 900 } };
      // Jobs end when the test says so: axe takes its time on each state.
      const { page, simulator } = await openLocal(t, { context, jobDurationMs: 600_000 });
      await control(simulator, "config", { queueShare: 0, statusSync: false });
      await assertAccessible(page, "empty");

      await useExample(page, "Lighthouse");
      await openOffers(page);
      await page.locator("#quotes-more > summary").click();
      await page.locator("#unavailable > summary").click();
      await assertAccessible(page, "a comparison");
      await page.getByRole("tab", { name: "Code" }).click();
      await page.locator("#code", { hasText: "createFilmgate" }).waitFor();
      await assertAccessible(page, "code");
      await page.getByRole("tab", { name: "Offers" }).click();
      await closeOffers(page);
      await chooseModel(page, "kling-o1");
      await openMore(page);
      await page.locator("#referenceImages-file").setInputFiles(IMAGE_FILE);
      await thumbnailOf(page, "referenceImages").waitFor();
      await assertAccessible(page, "a model with lists");

      await chooseModel(page, "sora-2-pro");
      await page.locator("#prompt").fill("");
      await page.locator("#submit").click();
      await page.getByRole("alert").getByText("Nothing was billed.").waitFor();
      await openMore(page);
      await page.locator("#parts summary").click();
      await page.locator("#output-quality").fill("3");
      await page.locator("#output-quality[aria-invalid]").waitFor();
      await page.locator("#limit").fill("no");
      await assertAccessible(page, "issues everywhere");

      await page.locator("#limit").fill("");
      await useExample(page, "Bakery");
      await page.locator("#image-file").setInputFiles(IMAGE_FILE);
      await thumbnailOf(page, "image").waitFor();
      await assertAccessible(page, "an image");

      await useExample(page, "Mangrove");
      const good = await generate(page);
      await good.getByText(/^Generating/).waitFor();
      await assertAccessible(page, "a running job");
      await page.locator("#prompt").fill("A cat yawns. [fail]");
      const id = await idOf(good);
      const bad = await generate(page);
      await waitForAccepted(bad);
      await control(simulator, "advance", { ms: 600_000 });
      await waitForState(bad, "failed");
      await assertAccessible(page, "a failed job");
      await waitForState(videoOf(page, id), "completed");
      await select(page, id);
      await good.getByRole("link", { name: "Download" }).waitFor();
      await assertAccessible(page, "a completed job");

      await chooseEnvironment(page, "live");
      await openSettings(page);
      await page.getByText("Custom base URLs").click();
      await assertAccessible(page, "keys");
      await closeSettings(page);
      await chooseEnvironment(page, "gateway");
      await openSettings(page);
      await assertAccessible(page, "a gateway");
    });
  }
}
