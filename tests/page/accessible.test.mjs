// axe finds nothing in any state of the page, light and dark, wide and narrow.
import assert from "node:assert/strict";
import { test } from "node:test";
import axe from "axe-core";
import {
  chooseModel,
  choosePlace,
  film,
  openLocal,
  PICTURE,
  stateOf,
  takeExample,
  thumbOf,
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
      // axe itself writes markup, which the page's policy would refuse it.
      const context = { colorScheme, viewport: { width, height: 900 }, bypassCSP: true };
      const { page } = await openLocal(t, { context });
      await assertAccessible(page, "empty");

      await takeExample(page, "Lighthouse");
      await page.locator("#offers-more summary").click();
      await page.locator("#refused summary").click();
      await assertAccessible(page, "a comparison");
      await chooseModel(page, "kling-o1");
      await page.locator("#more summary").click();
      await page.locator("#referenceImages-file").setInputFiles(PICTURE);
      await thumbOf(page, "referenceImages").waitFor();
      await assertAccessible(page, "a model with lists");
      await page.locator("#more summary").click();

      await chooseModel(page, "sora-2-pro");
      await page.locator("#submit").click();
      await page.getByRole("alert").getByText("Nothing was billed.").waitFor();
      for (const summary of await page.locator("#request summary").all()) await summary.click();
      await page.locator("#output-quality").fill("3");
      await page.locator("#output-quality[aria-invalid]").waitFor();
      await page.locator("#limit").fill("no");
      await assertAccessible(page, "problems everywhere");

      await page.locator("#limit").fill("");
      await takeExample(page, "Bakery");
      await page.locator("#image-file").setInputFiles(PICTURE);
      await thumbOf(page, "image").waitFor();
      await assertAccessible(page, "a picture");

      await takeExample(page, "Mangrove");
      const good = await film(page);
      await good.getByText(/^Filming/).waitFor();
      await assertAccessible(page, "filming");
      await page.locator("#prompt").fill("A cat yawns. [fail]");
      const bad = await film(page);
      await Promise.all([stateOf(good, "completed"), stateOf(bad, "failed")]);
      await good.getByRole("link", { name: "Download" }).waitFor();
      await assertAccessible(page, "a film and a failure");

      await choosePlace(page, "live");
      await page.getByText("At other addresses").click();
      await assertAccessible(page, "keys");
      await choosePlace(page, "gateway");
      await assertAccessible(page, "a gateway");
    });
  }
}
