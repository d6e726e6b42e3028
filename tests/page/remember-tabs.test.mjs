// "Remember" belongs to the device: what one tab chooses holds in every tab.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseEnvironment, enterSettings, openPage, openSettings, ready } from "./support.mjs";

const FIELDS = {
  live: { box: "#remember", key: "key-runware" },
  gateway: { box: "#remember-api-key", key: "gateway-api-key" },
};

for (const [environment, { box, key }] of Object.entries(FIELDS)) {
  test(`${environment}: a key that one tab has forgotten is not stored again by another`, async (t) => {
    const { page, context, origin } = await openPage(t);
    await openSettings(page);
    await page.check(`input[name=environment][value=${environment}]`);
    await enterSettings(page, { [key]: "secret-key-77" });
    await openSettings(page);
    await page.locator(box).check();
    const hasKey = () => page.evaluate(() => JSON.stringify({ ...localStorage }).includes("secret-key-77"));
    assert.equal(await hasKey(), true);
    const other = await context.newPage();
    await other.goto(origin);
    await other.locator("#environments").waitFor();
    await openSettings(other);
    const told = page.evaluate(() => new Promise((resolve) => addEventListener("storage", () => setTimeout(resolve))));
    await other.locator(box).uncheck();
    await told;
    assert.equal(await hasKey(), false);
    await page.check("input[name=environment][value=page]");
    await ready(page);
    assert.equal(await hasKey(), false);
    // It is forgotten by the device, not by the tab that uses it.
    await page.check(`input[name=environment][value=${environment}]`);
    assert.equal(await page.locator(`#${key}`).inputValue(), "secret-key-77");
  });
}

test("a key that one tab remembers stays, also if another tab changes its settings", async (t) => {
  const { page, context, origin } = await openPage(t);
  const other = await context.newPage();
  await other.goto(origin);
  await ready(other);
  await chooseEnvironment(other, "live");
  await enterSettings(other, { "key-runware": "secret-key-78" });
  await openSettings(other);
  const told = page.evaluate(() => new Promise((resolve) => addEventListener("storage", () => setTimeout(resolve))));
  await other.locator("#remember").check();
  await told;
  await chooseEnvironment(page, "live");
  assert.equal(await page.locator("#remember").isChecked(), true);
  assert.equal(await page.evaluate(() => localStorage.getItem("filmgate.settings").includes("secret-key-78")), true);
});
