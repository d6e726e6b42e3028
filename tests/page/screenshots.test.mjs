// The pictures in the documentation come from the page as it is.
import assert from "node:assert/strict";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/lib/run.mjs";
import { assertPlays, film, openPage, stateOf, takeExample } from "./support.mjs";

const SHOTS = {
  "screenshot.png": { viewport: { width: 1280, height: 900 } },
  "screenshot-phone.png": { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true },
};

for (const [name, context] of Object.entries(SHOTS)) {
  test(name, async (t) => {
    const { page } = await openPage(t, { context });
    await takeExample(page, "Mangrove");
    const card = await film(page);
    await stateOf(card, "completed");
    await assertPlays(card.locator("video"));
    await takeExample(page, "Bakery");
    if (!context.isMobile) {
      const running = await film(page);
      await running.getByText(/^Filming/).waitFor();
    }
    await page.evaluate((isPhone) => {
      document.activeElement.blur();
      if (isPhone) document.getElementById("price-title").scrollIntoView();
      else scrollTo(0, 0);
    }, context.isMobile === true);
    const path = join(root, "docs", name);
    mkdirSync(join(root, "docs"), { recursive: true });
    await page.screenshot({ path });
    assert.ok(statSync(path).size > 10_000);
  });
}
