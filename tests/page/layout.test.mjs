// The layout on a wide screen: only the zones scroll, the button stays, and a person's text size and colors count.
import assert from "node:assert/strict";
import { test } from "node:test";
import { generate, openLocal, openMore, openPage, useExample, waitForState } from "./support.mjs";

const WIDE = { viewport: { width: 1280, height: 800 } };

const pageHeight = (page) => page.evaluate(() => document.documentElement.scrollHeight);
const sizeOf = (locator) => locator.evaluate((node) => parseFloat(getComputedStyle(node).fontSize));

test("the page itself never scrolls, and the price and the button stay in place", async (t) => {
  const { page } = await openPage(t, { context: WIDE });
  const before = await page.locator("#submit").boundingBox();
  await useExample(page, "Lighthouse");
  await page.locator("#unavailable > summary").click();
  await page.locator("#quotes-more > summary").click();
  await openMore(page);
  assert.equal(await pageHeight(page), WIDE.viewport.height);
  assert.deepEqual(await page.locator("#submit").boundingBox(), before);
});

test("a whole offer can be pressed, not its name alone", async (t) => {
  const { page } = await openPage(t, { context: WIDE });
  await useExample(page, "Lighthouse");
  const second = page.locator("#quote-rows .quote").nth(1);
  const { x, y, width, height } = await second.locator("label").boundingBox();
  assert.ok(height >= 44, `${height} px`);
  await page.mouse.click(x + width - 4, y + height - 4);
  assert.ok(await second.getByRole("radio").isChecked());
});

test("with the browser's text at twice its size, labels and controls grow alike", async (t) => {
  const { page } = await openPage(t, { context: WIDE });
  const [label, control] = [page.locator("label[for=limit]"), page.locator("#limit")];
  const before = [await sizeOf(label), await sizeOf(control)];
  // What the browser's setting changes.
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(":root { font-size: 32px }");
    document.adoptedStyleSheets.push(sheet);
  });
  assert.deepEqual([await sizeOf(label), await sizeOf(control)], before.map((size) => 2 * size));
});

test("in forced colors the progress and the chosen offer are seen", async (t) => {
  const { page } = await openLocal(t, { jobDurationMs: 600_000, context: { ...WIDE, forcedColors: "active" } });
  await useExample(page, "Lighthouse");
  await waitForState(await generate(page), "running");
  const strokes = await page.locator(".ring circle").evaluateAll((all) => all.map((node) => getComputedStyle(node).stroke));
  assert.equal(new Set(strokes).size, 2, strokes.join());
  const outline = await page.locator(".quote[data-selected]").first().evaluate((node) => getComputedStyle(node).outlineStyle);
  assert.equal(outline, "solid");
});

test("a simulated job in the page is promised no time of a real model", async (t) => {
  const { page } = await openPage(t, { context: WIDE });
  await useExample(page, "Lighthouse");
  // Awaited before there is a job: it may end before a slow test looks.
  const progress = page.locator(".job .ring text", { hasText: "%" }).waitFor();
  const card = await generate(page);
  await progress;
  assert.doesNotMatch(await card.innerText(), /Expected/);
});

test("what makes the cheapest offer unavailable is told", async (t) => {
  const { page } = await openPage(t, { context: WIDE });
  await page.locator("#prompt").fill("A fox in the snow");
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  assert.equal(await page.locator("#displaced").count(), 0);
  await page.locator("#generateAudio").selectOption("true");
  await page.locator("#displaced", { hasText: "Seedance 1.0 Pro Fast at Runware was the cheapest" }).waitFor();
  await page.locator("#generateAudio").selectOption("");
  await page.locator("#displaced").waitFor({ state: "detached" });
});

test("the end of a job is a notification, if the page is not looked at and may tell it", async (t) => {
  const { page, context } = await openPage(t, { context: { ...WIDE, permissions: ["notifications"] } });
  await context.addInitScript(() => {
    Object.defineProperty(document, "hidden", { get: () => true });
    globalThis.told = [];
    const { Notification } = globalThis;
    globalThis.Notification = class extends Notification {
      // A browser without a window denies it, whatever the context allows.
      static permission = "granted";
      constructor(title, options) {
        super(title, options);
        globalThis.told.push(options.body);
      }
    };
  });
  await page.reload();
  await page.locator("#prompt").fill("A fox in the snow");
  await page.getByRole("button", { name: /^Generate for/ }).click();
  await page.waitForFunction(() => globalThis.told[0] === "Ready: A fox in the snow");
  assert.equal(await page.title(), "✓ filmgate");
});
