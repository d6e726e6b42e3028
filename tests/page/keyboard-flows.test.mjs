// Every flow beside the first video, by keyboard alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { focused, press, tabTo, waitForFocus } from "./keys-only.mjs";
import { openLocal, openPage, ready, submitText, videos, waitForState } from "./support.mjs";

const PROMPT = "A fox in the snow";
const SHORT = { jobDurationMs: 500 };
const WITH_CLIPBOARD = { context: { permissions: ["clipboard-read", "clipboard-write"] } };
const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

/** Writes a prompt, and generates with Ctrl+Enter; the job is on the stage. */
async function generate(page, prompt = PROMPT, state = "completed") {
  const before = await videos(page).count();
  await page.locator("#prompt").focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type(prompt);
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  await page.keyboard.press("Control+Enter");
  await videos(page).nth(before).waitFor();
  const card = page.locator(".job");
  await waitForState(card, state);
  return card;
}

test("retry a failed job, edit its request, and vary a video", async (t) => {
  const { page } = await openLocal(t, SHORT);
  await generate(page, "A cat yawns. [fail]", "failed");
  await press(page, /^Generate again/);
  await videos(page).nth(1).waitFor();
  await waitForState(page.locator(".job"), "failed");
  await press(page, "Edit");
  await waitForFocus(page, "prompt");
  assert.equal(await page.locator("#prompt").inputValue(), "A cat yawns. [fail]");
  const card = await generate(page);
  await card.locator("video").waitFor();
  await press(page, /^Vary/);
  await videos(page).nth(3).waitFor();
  await waitForState(page.locator(".job"), "completed");
});

test("use a video's settings for another prompt, and its last frame for the next shot", async (t) => {
  const { page } = await openLocal(t, SHORT);
  await page.locator("#model").focus();
  await page.keyboard.type("Vidu Q3");
  const card = await generate(page);
  await card.getByRole("button", { name: "Next shot" }).waitFor();
  await page.locator("#model").focus();
  await page.keyboard.press("Home");
  await page.locator("#prompt").focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("An owl at night");
  await press(page, "More");
  await press(page, "Use its settings");
  await waitForFocus(page, "prompt");
  assert.equal(await page.locator("#model").inputValue(), "vidu-q3");
  assert.equal(await page.locator("#prompt").inputValue(), "An owl at night");

  await press(page, "Next shot");
  await waitForFocus(page, "prompt");
  await page.locator("[data-field=image] figcaption", { hasText: "Last frame of" }).waitFor();
  await generate(page, "The fox looks up");
});

test("compare two offers, and play them in step", async (t) => {
  const { page } = await openLocal(t, SHORT);
  await page.locator("#prompt").fill(PROMPT);
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  await press(page, "compare", "Space");
  await press(page, "submit");
  await page.locator(".compared video").nth(1).waitFor();
  await press(page, "Play in step");
  await page.waitForFunction(() => [...document.querySelectorAll(".compared video")].every(({ currentTime }) => currentTime > 0.2));
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => [...document.querySelectorAll(".compared video")].every(({ paused }) => paused));
});

test("search and filter the gallery, choose in it, and leave it by Escape", async (t) => {
  const { page } = await openLocal(t, SHORT);
  await generate(page);
  await generate(page, "A cat yawns. [fail]", "failed");
  await press(page, "All (2)");
  const gallery = page.getByRole("dialog", { name: "Videos" });
  await gallery.locator(".video-card").nth(1).waitFor();
  await tabTo(page, "gallery-search");
  await page.keyboard.type("fox");
  await gallery.getByText("1 video.").waitFor();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await tabTo(page, "gallery-state");
  await page.keyboard.type("Failed");
  await gallery.getByText("1 video.").waitFor();
  await page.keyboard.press("Escape");
  await gallery.waitFor({ state: "hidden" });
  assert.equal((await focused(page)).name, "All (2)");
  await page.keyboard.press("Enter");
  await gallery.locator(".video-card").nth(1).waitFor();
  await press(page, /Completed/);
  await gallery.waitFor({ state: "hidden" });
  await page.locator(".job h3", { hasText: PROMPT }).waitFor();
});

test("a kept video plays after a reload", async (t) => {
  const { page } = await openLocal(t, SHORT);
  await generate(page);
  await page.locator(".card-kept").waitFor();
  await page.reload();
  await ready(page);
  await press(page, "Show the video");
  await page.getByText("kept on this device").waitFor();
  await page.locator(".job video").waitFor();
});

test("share a link", async (t) => {
  const { page } = await openPage(t, WITH_CLIPBOARD);
  await page.locator("#prompt").focus();
  await page.keyboard.type(PROMPT);
  await press(page, "share");
  await page.getByRole("button", { name: "Link copied" }).waitFor();
  assert.match(await clipboard(page), /#video=/);
});

test("set a budget, and leave the menu by Escape", async (t) => {
  const { page } = await openLocal(t, SHORT);
  await generate(page);
  await page.locator("#spending").waitFor();
  await tabTo(page, /^Spending today/);
  await page.keyboard.press("Enter");
  await tabTo(page, "budget");
  await page.keyboard.type("0.01");
  await page.getByText("This would go beyond the budget of the month.").waitFor();
  await page.keyboard.press("Escape");
  assert.match((await focused(page)).name, /^Spending today/);
  assert.equal(await page.locator("#budget").isVisible(), false);
});

test("delete, and undo it", async (t) => {
  const { page } = await openLocal(t, SHORT);
  await generate(page);
  await press(page, "More");
  await press(page, "Delete");
  await videos(page).waitFor({ state: "detached" });
  await waitForFocus(page, "undo");
  await page.keyboard.press("Enter");
  await videos(page).waitFor();
  await waitForFocus(page, "jobs-title");
});

test("break it: lose an answer, and continue the job from the ledger", async (t) => {
  const { page } = await openPage(t);
  await page.locator("#model").focus();
  await page.keyboard.type("P-Video");
  await page.getByRole("radio", { name: /RunPod/ }).focus();
  await page.keyboard.press("Space");
  await page.getByRole("tab", { name: "Offers" }).focus();
  await page.keyboard.press("ArrowLeft");
  await waitForFocus(page, "tab-break-it");
  const fault = page.getByRole("switch", { name: "Lose the answer to the submit" });
  await fault.waitFor();
  for (let presses = 0; presses < 9 && !(await fault.evaluate((node) => node === document.activeElement)); presses += 1) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Space");
  assert.ok(await fault.isChecked());
  await generate(page, PROMPT, "failed");
  // The ledger shows the job with its next refresh.
  await page.getByRole("button", { name: "Continue the lost job with this id" }).waitFor();
  await press(page, "Continue the lost job with this id");
  await waitForState(page.locator(".job"), "completed");
});

test("the code of another client, and its copy", async (t) => {
  const { page } = await openPage(t, WITH_CLIPBOARD);
  await page.locator("#prompt").focus();
  await page.keyboard.type(PROMPT);
  await page.getByRole("tab", { name: "Offers" }).focus();
  await page.keyboard.press("ArrowRight");
  await waitForFocus(page, "tab-code");
  await tabTo(page, "code-node");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await waitForFocus(page, "code-curl");
  await page.locator("#code", { hasText: /^curl/m }).waitFor();
  await press(page, "copy-code");
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await clipboard(page), await page.locator("#code").textContent());
});

test("another environment and its keys, and Escape back to the bar", async (t) => {
  const { page } = await openPage(t);
  await tabTo(page, "Environment: Simulated");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  await page.locator("#live-settings").waitFor();
  await tabTo(page, "key-runware");
  await page.keyboard.type("a-key");
  await page.keyboard.press("Escape");
  assert.equal((await focused(page)).name, "Environment: My keys");
  await page.locator("#prompt").fill(PROMPT);
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  assert.match(await submitText(page), /^Generate for/);
  assert.equal(await page.locator("#key-runware").inputValue(), "a-key");
});
