// axe reports no violation in any state of the page, light and dark, wide and narrow.
import assert from "node:assert/strict";
import { test } from "node:test";
import axe from "axe-core";
import {
  chooseModel,
  chooseEnvironment,
  generate,
  openLocal,
  IMAGE_FILE,
  waitForState,
  useExample,
  thumbnailOf,
} from "./support.mjs";

async function assertAccessible(page, state) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`,
  );
  assert.deepEqual(found, [], state);
}

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 360]) {
    test(`${colorScheme}, ${width} px`, async (t) => {
      // axe itself writes markup, which the page's policy would block.
      const context = { colorScheme, viewport: { width, height: 900 }, bypassCSP: true };
      const { page } = await openLocal(t, { context });
      await assertAccessible(page, "empty");

      await useExample(page, "Lighthouse");
      await page.locator("#quotes-more summary").click();
      await page.locator("#unavailable summary").click();
      await assertAccessible(page, "a comparison");
      await chooseModel(page, "kling-o1");
      await page.locator("#more summary").click();
      await page.locator("#referenceImages-file").setInputFiles(IMAGE_FILE);
      await thumbnailOf(page, "referenceImages").waitFor();
      await assertAccessible(page, "a model with lists");
      await page.locator("#more summary").click();

      await chooseModel(page, "sora-2-pro");
      await page.locator("#submit").click();
      await page.getByRole("alert").getByText("Nothing was billed.").waitFor();
      for (const summary of await page.locator("#request summary").all()) await summary.click();
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
      const bad = await generate(page);
      await Promise.all([waitForState(good, "completed"), waitForState(bad, "failed")]);
      await good.getByRole("link", { name: "Download" }).waitFor();
      await assertAccessible(page, "a completed and a failed job");

      await chooseEnvironment(page, "live");
      await page.getByText("Custom base URLs").click();
      await assertAccessible(page, "keys");
      await chooseEnvironment(page, "gateway");
      await assertAccessible(page, "a gateway");
    });
  }
}
