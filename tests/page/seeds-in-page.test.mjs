// The simulator inside the page: no server but the one that hands out the files.
import assert from "node:assert/strict";
import { test } from "node:test";
import { testSeeds } from "./seeds.mjs";
import { openPage } from "./support.mjs";

testSeeds("page", () => ({}));

test("on a static host only the other places are offered", async (t) => {
  const { page } = await openPage(t);
  assert.equal(await page.getByText("Simulated, local server").isVisible(), false);
  assert.equal(await page.locator("input[name=environment]:visible").count(), 3);
});
