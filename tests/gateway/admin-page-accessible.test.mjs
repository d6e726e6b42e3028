// axe finds nothing on the admin page, light on a phone and dark on a desktop; from a phone to a wide screen it fits.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import axe from "axe-core";
import { broken, document, model } from "./catalog/documents.mjs";
import { cardOf, openAdmin, openGateway, rowOf, signIn } from "./admin-page/scene.mjs";

const HEIGHT = 900;
const JUDGED = [
  { colorScheme: "light", width: 390 },
  { colorScheme: "dark", width: 1440 },
];
const WIDTHS = [390, 768, 1440, 1920];

const { gateway, ask, order, settled, orderUnknown } = await openGateway({ after });

async function assertFine(page, state) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHT });
    const { beyond, cut } = await page.evaluate(() => ({
      beyond: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      cut: [...document.querySelectorAll("nav, .panel, .tile, dialog")].filter((node) => node.scrollWidth > node.clientWidth + 1).length,
    }));
    assert.deepEqual({ beyond, cut }, { beyond: 0, cut: 0 }, `${state}, ${width} px: pixels beyond the screen, cut panels`);
  }
  for (const { colorScheme, width } of JUDGED) {
    await page.setViewportSize({ width, height: HEIGHT });
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    assert.deepEqual(found, [], `${state}, ${colorScheme}`);
  }
}

const name = "n".repeat(100);
const webhook = { url: `https://team.example/${"hooks".repeat(20)}` };
const { apiKey } = await gateway.createKey({ name, dailyBudgetUsd: 50, maxSpendUsd: 20, webhook, models: ["wan-2.6", "p-video"] });
await settled(await order(apiKey, "[fail] " + "unbroken".repeat(30)), apiKey);
await settled(await order(apiKey, "A fox in the snow"), apiKey);
await ask("PUT", "/admin/api/catalog", gateway.adminToken, document(model("dream-9", 0.2), broken("dream-10")));
const held = await orderUnknown(apiKey, "A lost letter");

test("accessible, and no wider than the screen, in every state", async (t) => {
  // axe itself writes markup, which the page's policy would refuse it.
  const page = await openAdmin(t, gateway, { bypassCSP: true });
  await page.evaluate(axe.source);
  const dialog = page.getByRole("dialog");
  const go = (section) => page.getByRole("navigation").getByRole("link", { name: section }).click();
  await assertFine(page, "signed out");
  await signIn(page, "wrong");
  await page.getByRole("alert").getByText("This is not the admin token").waitFor();
  await assertFine(page, "refused");
  await signIn(page, gateway.adminToken);
  await rowOf(page, "budgets", "nnn").waitFor();
  await assertFine(page, "overview");
  await page.getByText("Show the numbers").click();
  await assertFine(page, "numbers");

  await go("Keys");
  await cardOf(page, "keys", "nnn").getByText("active", { exact: true }).waitFor();
  await assertFine(page, "keys");
  await page.getByRole("button", { name: "New API key" }).click();
  await dialog.getByLabel("Only these").check();
  await assertFine(page, "a new key");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Change the account" }).click();
  await dialog.waitFor();
  await assertFine(page, "an account");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Rotate the secrets…" }).click();
  await dialog.waitFor();
  await assertFine(page, "rotating the secrets");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });

  await go("Jobs");
  await page.locator("#jobs").getByText("A lost letter").waitFor();
  await assertFine(page, "jobs");
  await page.getByRole("button", { name: `Open the job ${held.id.slice(-6)}` }).click();
  await dialog.waitFor();
  await assertFine(page, "a job");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });

  await go("Charges");
  await page.locator("#charges").getByRole("checkbox").check();
  await assertFine(page, "charges");
  await page.getByRole("button", { name: "Not charged…" }).click();
  await dialog.waitFor();
  await assertFine(page, "reconciling");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await go("Overview");
  await page.getByRole("link", { name: "Show or replace the catalog" }).click();
  await rowOf(page, "left-out", "dream-10").waitFor();
  await assertFine(page, "catalog");
  await page.getByRole("button", { name: "Upload a catalog…" }).click();
  await dialog.waitFor();
  await assertFine(page, "uploading a catalog");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await go("Export");
  await assertFine(page, "export");
});
