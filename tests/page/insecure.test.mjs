// Over plain http on another host a browser has no locks and no clipboard: the page works in one tab, and says so. What
// is simulated speaks of no bill and no console.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertPlays, control, videos, generate, openLocal, openPage, ready, useExample, waitForState } from "./support.mjs";

test("over http on another host the in-page simulator generates, and the page says what does not work", async (t) => {
  const { page, context, origin } = await openPage(t);
  await context.route("http://demo.test/**", async (route) => {
    const { pathname } = new URL(route.request().url());
    await route.fulfill({ response: await route.fetch({ url: origin + pathname }) });
  });
  await page.goto("http://demo.test/");
  await ready(page);
  assert.equal(await page.evaluate(() => isSecureContext || navigator.locks !== undefined), false);
  await page.getByText(/^Opened over http: use one tab only/).waitFor();
  assert.equal(await page.getByText("Opened over http").count(), 1);
  await useExample(page, "Mangrove");
  await generate(page);
  const card = await generate(page);
  await page.locator(".video-card[data-state=completed]").nth(1).waitFor();
  assert.equal(await videos(page).count(), 2);
  await assertPlays(card.locator("video"));
});

test("at localhost nothing of it is shown", async (t) => {
  const { page } = await openPage(t);
  assert.equal(await page.locator("#insecure").isVisible(), false);
});

for (const kind of ["resetAfter", "corsBlocked", "html"]) {
  test(`a simulated submit with ${kind} speaks of no bill and no console`, async (t) => {
    const { page, simulator } = await openLocal(t);
    await control(simulator, "faults", {
      rules: [{ provider: "runpod", operation: "submit", times: 1, fault: { kind } }],
    });
    await useExample(page, "Bakery");
    const card = await generate(page);
    await waitForState(card, "failed");
    assert.doesNotMatch(await card.innerText(), /\bbills|console|account|CORS/);
    assert.doesNotMatch(await page.locator("#submit-error").innerText(), /\bbills|console|account|CORS/);
  });
}
