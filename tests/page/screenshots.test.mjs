// The screenshots in the documentation show the current page: `SCREENSHOTS=docs npm test -- page` updates them.
import assert from "node:assert/strict";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/lib/run.mjs";
import { assertPlays, generate, openLocal, waitForState, useExample } from "./support.mjs";

const FOLDER = join(root, process.env.SCREENSHOTS ?? join("target", "screenshots"));
const SHOTS = {
  "screenshot.png": { viewport: { width: 1280, height: 1400 } },
  "screenshot-phone.png": {
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
    isMobile: true,
  },
};

for (const [name, context] of Object.entries(SHOTS)) {
  test(name, async (t) => {
    const { page } = await openLocal(t, { context });
    await useExample(page, "Lighthouse");
    const card = await generate(page);
    await waitForState(card, "completed");
    await assertPlays(card.locator("video"));
    await page.mouse.move(0, 0);
    await page.evaluate((isPhone) => {
      document.activeElement.blur();
      if (isPhone) document.getElementById("jobs-title").scrollIntoView();
      else scrollTo(0, 0);
    }, context.isMobile === true);
    mkdirSync(FOLDER, { recursive: true });
    const path = join(FOLDER, name);
    await page.screenshot({ path });
    assert.ok(statSync(path).size > 10_000);
  });
}
