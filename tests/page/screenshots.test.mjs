// The screenshots in the documentation show the current page: `npm run screencast` updates them.
import assert from "node:assert/strict";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PICTURES } from "./pictures.mjs";
import { assertPlays, chooseModel, generate, openPage, waitForState } from "./support.mjs";

const DESKTOP = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

/** Chromium takes its controls off a video that plays, some seconds after the last press. */
const CONTROLS_MS = 4_000;

async function lighthouse(page) {
  await page.getByRole("button", { name: /^Lighthouse/ }).click();
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
}

async function playing(page) {
  await lighthouse(page);
  const card = await generate(page);
  await waitForState(card, "completed");
  await assertPlays(card.locator("video"));
  await page.locator(".card-kept").waitFor();
  await page.waitForTimeout(CONTROLS_MS);
}

async function running(page) {
  await lighthouse(page);
  const progress = page.locator(".job .ring text", { hasText: /[3-9]\d%/ }).waitFor();
  await generate(page);
  await progress;
}

async function failed(page) {
  await page.locator("#prompt").fill("A cat yawns. [fail]");
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  await waitForState(await generate(page), "failed");
}

async function unknown(page) {
  await chooseModel(page, "p-video");
  await page.locator("#prompt").fill("A fox in the snow");
  await page.locator("input[name=provider][value=runpod]").check();
  await page.getByRole("tab", { name: "Break it" }).click();
  await page.getByRole("switch", { name: "Lose the answer to the submit" }).check();
  await waitForState(await generate(page), "failed");
  await page.getByRole("button", { name: "Continue the lost job with this id" }).waitFor();
}

async function offline(page) {
  await page.locator("#environments > summary").click();
  await page.check("input[name=environment][value=live]");
  await page.keyboard.press("Escape");
  await page.context().setOffline(true);
  await page.getByRole("heading", { name: "You are offline" }).waitFor();
}

async function compared(page) {
  await page.locator("#prompt").fill("A campfire in a pine forest at night, sparks rise into the stars");
  await page.getByLabel("Compare").check();
  await page.getByRole("button", { name: /^Generate 2 for/ }).click();
  await page.locator(".compared video").nth(1).waitFor();
  await page.getByRole("tab", { name: "Break it" }).click();
  await page.locator(".ledger li").nth(1).waitFor();
  await page.getByRole("button", { name: "Play in step" }).click();
  await page.waitForTimeout(CONTROLS_MS);
}

const SHOTS = {
  "screenshot.png": [DESKTOP, playing],
  "screenshot-empty.png": [DESKTOP, async () => {}],
  "screenshot-running.png": [{ ...DESKTOP, colorScheme: "dark" }, running],
  "screenshot-failed.png": [DESKTOP, failed],
  "screenshot-unknown.png": [DESKTOP, unknown],
  "screenshot-offline.png": [{ ...DESKTOP, colorScheme: "dark" }, offline],
  "screenshot-compared.png": [{ ...DESKTOP, colorScheme: "dark" }, compared],
  "screenshot-tablet.png": [{ viewport: { width: 900, height: 1100 } }, playing],
  "screenshot-phone.png": [PHONE, playing],
};

for (const [name, [context, act]] of Object.entries(SHOTS)) {
  test(name, async (t) => {
    const { page } = await openPage(t, { context });
    await act(page);
    await page.mouse.move(0, 0);
    await page.evaluate(() => {
      document.activeElement.blur();
      scrollTo(0, 0);
    });
    mkdirSync(PICTURES, { recursive: true });
    const path = join(PICTURES, name);
    await page.screenshot({ path });
    assert.ok(statSync(path).size > 10_000);
  });
}
