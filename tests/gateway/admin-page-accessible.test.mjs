// axe finds nothing on the admin page, light and dark, on a desktop and on a phone, where it also fits.
import assert from "node:assert/strict";
import { test } from "node:test";
import axe from "axe-core";
import { openAdmin, openGateway, rowOf, signIn } from "./admin-page/scene.mjs";

async function assertFine(page, state) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`,
  );
  assert.deepEqual(found, [], state);
  const beyond = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.equal(beyond, 0, `${state}: pixels that stick out to the right`);
}

test("accessible, and no wider than the screen", async (t) => {
  const { gateway, order, settled, orderUnknown } = await openGateway(t);
  const webhook = { url: `https://team.example/${"hooks".repeat(20)}` };
  const { apiKey } = await gateway.createKey({ name: "n".repeat(100), dailyBudgetUsd: 50, webhook });
  await settled(await order(apiKey, "[fail] " + "unbroken".repeat(30)), apiKey);
  await settled(await order(apiKey, "A fox in the snow"), apiKey);
  await orderUnknown(apiKey, "A lost letter");

  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 360]) {
      await t.test(`${colorScheme}, ${width} px`, async (t) => {
        // axe itself writes markup, which the page's policy would refuse it.
        const settings = { colorScheme, viewport: { width, height: 800 }, bypassCSP: true };
        const page = await openAdmin(t, gateway, settings);
        await assertFine(page, "signed out");
        await signIn(page, "wrong");
        await page.getByRole("alert").getByText("This needs the admin token").waitFor();
        await assertFine(page, "refused");
        await signIn(page, gateway.adminToken);
        await rowOf(page, "keys", "nnn").getByRole("button", { name: "Jobs" }).click();
        await rowOf(page, "jobs", "A lost letter").waitFor();
        await assertFine(page, "everything shown");
        await page.getByRole("button", { name: "New API key" }).click();
        await assertFine(page, "a new token");
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "detached" });
        await rowOf(page, "attention", "nnn").getByRole("button", { name: /^Reconcile/ }).click();
        await assertFine(page, "reconciling");
      });
    }
  }
});
