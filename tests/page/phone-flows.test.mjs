// Every flow beside the first video at 390 px, by touch; nothing is wider than the screen meanwhile.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseMore, closeOffers, closeSettings, hide, openLocal, openOffers, openPage, openSettings, ready, videos, waitForState } from "./support.mjs";

const PROMPT = "A fox in the snow";
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const SHORT = { jobDurationMs: 500, context: PHONE };
const WITH_CLIPBOARD = { ...PHONE, permissions: ["clipboard-read", "clipboard-write"] };

async function generate(page, prompt = PROMPT, state = "completed") {
  const before = await videos(page).count();
  await page.locator("#prompt").tap();
  await page.locator("#prompt").fill(prompt);
  await page.getByRole("button", { name: /^Generate for/ }).tap();
  await videos(page).nth(before).waitFor();
  const card = page.locator(".job");
  await waitForState(card, state);
  return card;
}

async function assertFits(page, state) {
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(width, 390, state);
}

test("retry, edit, vary, and the settings for another prompt", async (t) => {
  const { page } = await openLocal(t, SHORT);
  const failed = await generate(page, "A cat yawns. [fail]", "failed");
  await assertFits(page, "failed");
  await failed.getByRole("button", { name: /^Generate again/ }).tap();
  await videos(page).nth(1).waitFor();
  await waitForState(failed, "failed");
  await failed.getByRole("button", { name: "Edit" }).tap();
  assert.equal(await page.locator("#prompt").inputValue(), "A cat yawns. [fail]");
  const card = await generate(page);
  await card.getByRole("button", { name: /^Vary/ }).tap();
  await videos(page).nth(3).waitFor();
  await waitForState(card, "completed");
  await page.locator("#prompt").fill("An owl at night");
  await page.locator("#duration").fill("8");
  await chooseMore(card, "Use its settings");
  await page.waitForFunction(() => document.getElementById("duration").value === "5");
  assert.equal(await page.locator("#prompt").inputValue(), "An owl at night");
});

test("the next shot from the last frame", async (t) => {
  const { page } = await openLocal(t, SHORT);
  const card = await generate(page);
  await card.getByRole("button", { name: "Next shot" }).tap();
  await page.locator("[data-field=image] figcaption", { hasText: "Last frame of" }).waitFor();
  await assertFits(page, "a frame");
  await generate(page, "The fox looks up");
});

test("search and filter, and a kept video after a reload", async (t) => {
  const { page } = await openLocal(t, SHORT);
  await generate(page);
  await page.locator(".card-kept").waitFor();
  await generate(page, "A cat yawns. [fail]", "failed");
  await page.getByRole("button", { name: "All (2)" }).tap();
  const gallery = page.getByRole("dialog", { name: "Videos" });
  await gallery.getByLabel("Search").fill("fox");
  await gallery.getByText("1 video.").waitFor();
  await gallery.getByLabel("Search").fill("");
  await gallery.getByLabel("State").selectOption("completed");
  await gallery.getByText("1 video.").waitFor();
  await assertFits(page, "gallery");
  await gallery.locator(".video-card button").tap();
  await gallery.waitFor({ state: "hidden" });
  await page.reload();
  await ready(page);
  await videos(page).nth(1).getByRole("button").tap();
  await page.getByRole("button", { name: "Show the video" }).tap();
  await page.getByText("kept on this device").waitFor();
});

test("share a link, set a budget, delete and undo", async (t) => {
  const { page } = await openLocal(t, { ...SHORT, context: WITH_CLIPBOARD });
  const card = await generate(page);
  await page.getByRole("button", { name: "Share" }).tap();
  await page.getByRole("button", { name: "Link copied" }).waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /#video=/);
  await page.locator("#spending > summary").tap();
  await page.getByLabel("Budget of the month").fill("0.01");
  await assertFits(page, "spending");
  await page.getByText("This would go beyond the budget of the month.").waitFor();
  await page.locator("#spending > summary").tap();
  await hide(page);
  await chooseMore(card, "Delete");
  await videos(page).waitFor({ state: "detached" });
  await assertFits(page, "a message");
  await page.getByRole("button", { name: "Undo" }).tap();
  await videos(page).waitFor();
});

test("the code of another client, and its copy", async (t) => {
  const { page } = await openPage(t, { context: WITH_CLIPBOARD });
  await page.locator("#prompt").fill(PROMPT);
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  await openOffers(page);
  await page.getByRole("tab", { name: "Code", exact: true }).tap();
  await page.getByRole("tab", { name: "curl" }).tap();
  await page.locator("#code", { hasText: /^curl/m }).waitFor();
  await page.locator("#copy-code").tap();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  await assertFits(page, "code");
  await closeOffers(page);
});

test("another environment, its keys, and offline", async (t) => {
  const { page, context } = await openPage(t, { context: PHONE });
  await openSettings(page);
  await page.getByLabel(/^My keys/).tap();
  await page.locator("#key-runware").fill("a-key");
  await assertFits(page, "keys");
  await page.getByLabel(/^Gateway/).tap();
  await page.locator("#gateway-url").waitFor();
  await assertFits(page, "a gateway");
  await closeSettings(page);
  await openOffers(page);
  await page.getByRole("button", { name: "Open the environment menu" }).tap();
  assert.equal(await page.evaluate(() => document.activeElement.id), "gateway-url");
  await assertFits(page, "no prices");
  await context.setOffline(true);
  await page.getByRole("heading", { name: "You are offline" }).waitFor();
  await assertFits(page, "offline");
  await closeSettings(page);
  await page.getByRole("button", { name: "Simulate in this page" }).tap();
  await page.getByRole("heading", { name: "You are offline" }).waitFor({ state: "detached" });
});
