// The price at both providers while the user types, the cheapest of them, and the limit.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseProvider, videos, ledger, openLocal, openPage, submitText, useExample } from "./support.mjs";

const price = (page, provider) => page.locator(`#price-${provider}`);

test("both prices, the cheapest marked, and why one is unavailable", async (t) => {
  const { page } = await openPage(t);
  await useExample(page, "Bakery");
  // With a first frame, the image determines Runware's resolution: a range, whose upper end decides.
  assert.match(await price(page, "runpod").textContent(), /^\$1\.20/);
  assert.match(await price(page, "runware").textContent(), /^\$1\.20 to \$2\.00/);
  assert.equal(await price(page, "cheapest").textContent(), "RunPod, $1.20");
  assert.equal(await page.locator("#quote-rows .tag.good").count(), 1);

  await page.locator("#duration").selectOption("20");
  await page.waitForFunction(
    () => document.getElementById("price-runpod").textContent === "unavailable",
  );
  assert.match(await page.locator("#why-runpod").textContent(), /4.*8.*12/);
  assert.match(await price(page, "runware").textContent(), /^\$6\.00 to \$10\.00/);
  assert.equal(await submitText(page), "Generate for up to $10.00");
});

test("the limit applies to the upper end, and nothing is sent above it", async (t) => {
  const { page, simulator } = await openLocal(t);
  await useExample(page, "Bakery");
  await chooseProvider(page, "runware");
  await page.locator("#limit").fill("1.50");
  await page.locator("#limit[aria-invalid=true]").waitFor();
  await page.locator("#limit-issues", { hasText: "$2.00" }).waitFor();
  await page.locator("#submit").click();
  await page.getByRole("alert").getByText("Nothing was billed.").waitFor();
  assert.equal(await videos(page).count(), 0);
  assert.deepEqual((await ledger(simulator)).submissions, []);

  await page.locator("#limit").fill("2");
  await page.waitForFunction(() => !document.querySelector("#limit[aria-invalid]"));
});

test("a limit that is not an amount is not treated as no limit", async (t) => {
  const { page } = await openPage(t);
  await useExample(page, "Bakery");
  for (const text of ["two", "1,5", "-1", "1e9"]) {
    await page.locator("#limit").fill(text);
    await page.locator("#submit").click();
    await page.waitForFunction(() => document.activeElement.id === "limit");
    assert.equal(await page.locator("#limit").getAttribute("aria-invalid"), "true");
  }
  assert.equal(await videos(page).count(), 0);
});
