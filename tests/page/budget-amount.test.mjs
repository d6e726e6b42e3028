// A budget that is not an amount is said, and does not look like none.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openLocal, waitForPrice } from "./support.mjs";

const NOT_AN_AMOUNT = "Not an amount. Enter a number such as 2.50.";

test("it is marked, with its reason, and the form says that nothing is checked", async (t) => {
  const { page } = await openLocal(t);
  await page.locator("#prompt").fill("A lighthouse");
  await waitForPrice(page);
  await page.locator("#spending summary").click();
  const budget = page.locator("#budget");
  for (const text of ["0,10", "10 cents", "-1"]) {
    await budget.fill(text);
    assert.equal(await budget.getAttribute("aria-invalid"), "true", text);
    assert.equal(await page.locator("#budget-issues").textContent(), NOT_AN_AMOUNT);
    assert.equal(await page.locator("#budget-notice").textContent(), "The budget of the month is not an amount, so it is not checked.");
  }
  assert.match(await budget.getAttribute("aria-describedby"), /budget-issues/);
  await budget.fill("$ 100");
  assert.equal(await budget.getAttribute("aria-invalid"), null);
  assert.equal(await page.locator("#budget-notice").count(), 0);
});
