// The simulator inside the page: the only server is the static file server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { testSeeds } from "./seeds.mjs";
import { openPage, openSettings } from "./support.mjs";

testSeeds("page", () => ({}));

test("a static host offers only the other environments", async (t) => {
  const { page } = await openPage(t);
  await openSettings(page);
  assert.equal(await page.getByText("Simulated, local server").isVisible(), false);
  assert.equal(await page.locator("input[name=environment]:visible").count(), 3);
});
