// A press of the button while the price of the request is asked for, of an element without a limit.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { holdPrices, serveElement } from "./element-page.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const open = await serveElement({ after });
const events = (page) => page.evaluate(() => globalThis.events);

test("sends nothing, by mouse or keyboard, and the price is shown in place of it", async (t) => {
  const { page, submissions, problems } = await open(t);
  await holdPrices(page);
  const pending = page.getByRole("button", { name: "Generate video", exact: true });
  await pending.click({ force: true });
  await page.evaluate(() => document.querySelector("filmgate-video").shadowRoot.querySelector("[part~=generate-button]").focus());
  await page.keyboard.press("Enter");
  await page.keyboard.press("Space");
  assert.deepEqual(await events(page), []);
  assert.equal(await pending.isDisabled(), true);
  await page.evaluate(AXE);
  assert.deepEqual(await page.evaluate(async () => (await axe.run()).violations.map(({ id }) => id)), []);
  await page.evaluate(() => price());
  await page.getByRole("button", { name: "Generate video · $0.50", disabled: false }).waitFor();
  assert.deepEqual([await events(page), await submissions()], [[], 0]);
  assert.ok(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.part.contains("generate-button")), "it has the focus");
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("The video is ready").waitFor();
  assert.equal(await submissions(), 1);
  assert.deepEqual(problems, []);
});

test("sends once it is known that there is no price", async (t) => {
  const { page, submissions } = await open(t);
  await holdPrices(page, "none");
  await page.getByRole("button", { name: "Generate video", exact: true, disabled: true }).waitFor();
  await page.evaluate(() => price());
  await page.getByRole("button", { name: "Generate video", exact: true, disabled: false }).click();
  await page.getByRole("status").getByText("The video is ready").waitFor();
  assert.equal(await submissions(), 1);
});

test("sends with a limit, which holds at any price", async (t) => {
  const { page, submissions } = await open(t);
  await holdPrices(page);
  await page.evaluate(() => document.querySelector("filmgate-video").setAttribute("max-cost-usd", "1"));
  await page.getByRole("button", { name: "Generate video", exact: true, disabled: false }).click();
  await page.getByRole("status").getByText("The video is ready").waitFor();
  assert.equal(await submissions(), 1);
});
