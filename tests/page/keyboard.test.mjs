// Keyboard only: every control is reachable in order with a visible focus, and a video can be generated.
import assert from "node:assert/strict";
import { test } from "node:test";
import { focused, tabTo, waitForFocus } from "./keys-only.mjs";
import { chooseModel, control, videos, generate, openLocal, openMore, openPage, waitForState, useExample } from "./support.mjs";

test("every control has a visible focus", async (t) => {
  const { page } = await openPage(t);
  await chooseModel(page, "sora-2-pro");
  await openMore(page);
  await page.getByRole("tab", { name: "Code" }).click();
  await page.locator("#copy-code").waitFor();
  await page.locator("h1").click();
  const passed = await tabTo(page, "copy-code");
  for (const control of passed) {
    assert.ok(control.outlined && control.visible, `${control.name} shows no focus`);
  }
  const names = passed.map((control) => control.name);
  for (const name of ["prompt", "image", "image-file", "duration", "taskUUID", "limit", "submit"]) {
    assert.ok(names.includes(name), `${name} is not reached: ${names.join(", ")}`);
  }
});

test("the skip link leads to the prompt", async (t) => {
  const { page } = await openPage(t);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal((await focused(page)).name, "prompt");
});

test("an example, a job and its cancel without a mouse", async (t) => {
  const { page, simulator } = await openLocal(t, { jobDurationMs: 600_000 });
  await control(simulator, "config", { queueShare: 0 });
  await page.locator("h1").click();
  await tabTo(page, "Lighthouse From words");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  // RunPod can cancel.
  await chooseModel(page, "p-video");
  await page.locator("input[name=provider][value=runpod]").check();
  await page.locator("#prompt").focus();
  await tabTo(page, "limit");
  await page.keyboard.type("5");
  await page.keyboard.press("Enter");
  const card = page.locator(".job");
  await card.getByText(/^Generating/).waitFor();
  await page.locator("#announcer", { hasText: "RunPod: Generating" }).waitFor({ state: "attached" });
  await tabTo(page, "Cancel");
  await page.keyboard.press("Enter");
  await waitForState(card, "failed");
  await page.locator("#announcer", { hasText: "Cancelled" }).waitFor({ state: "attached" });
  await tabTo(page, "More");
  await page.keyboard.press("Enter");
  await tabTo(page, "Delete");
  await page.keyboard.press("Space");
  await card.waitFor({ state: "detached" });
  await waitForFocus(page, "undo");
});

test("with reduced motion, no video starts by itself", async (t) => {
  const { page } = await openLocal(t, { context: { reducedMotion: "reduce" } });
  await useExample(page, "Bakery");
  await generate(page);
  const video = page.locator(".job video");
  await page.locator(".job", { hasText: "kept on this device" }).waitFor();
  await page.waitForFunction(() => document.querySelector(".job video").readyState >= 2);
  assert.equal(await video.evaluate((node) => node.paused), true);
});

test("the arrow keys select a quote among all, and it keeps the focus", async (t) => {
  const { page } = await openPage(t);
  await useExample(page, "Lighthouse");
  const rows = page.locator("#quote-rows .quote");
  await rows.first().getByRole("radio").focus();
  for (const index of [1, 2]) {
    await page.keyboard.press("ArrowDown");
    const value = await rows.nth(index).getAttribute("data-quote");
    assert.equal(await page.evaluate(() => document.activeElement.value), value);
    assert.equal(await page.locator("input[name=provider]:checked").inputValue(), value);
  }
  const [model, provider] = (await rows.nth(2).getAttribute("data-quote")).split("@");
  await page.getByRole("tab", { name: "Code" }).click();
  await page.locator("#code", { hasText: `"${model}"` }).waitFor();
  await page.locator("#code", { hasText: provider }).waitFor();
});

for (const key of ["Control+Enter", "Meta+Enter"]) {
  test(`${key} in the prompt generates, once`, async (t) => {
    const { page } = await openPage(t);
    await page.locator("#prompt").fill("A fox in the snow");
    await page.getByRole("button", { name: /^Generate for/ }).waitFor();
    await page.locator("#prompt").press(key);
    await videos(page).first().waitFor();
    assert.equal(await videos(page).count(), 1);
  });
}
